// The Vercel AI SDK 7, through the registry of integrations that it keeps in the global scope: no
// file is patched, and a bundle is seen as well. It speaks HTTP itself, so its call is the billed
// one. Versions 4 to 6 are recorded beside this file; 6 tells its tool calls here too.

import { context, type Attributes, type Context } from '@opentelemetry/api';
import { contextWith } from '../context/agent-context.ts';
import { LayeredCall } from '../calls/layered-call.ts';
import * as own from '../own-attributes.ts';
import { isRecording } from '../calls/recording.ts';
import { fields, put, text, type Fields } from '../calls/request.ts';
import { startAgentRun, type AgentRun } from '../agents/agent-run.ts';
import { startRun, type Run } from '../agents/run.ts';
import { stageOf } from '../agents/stage.ts';
import type { Watcher } from '../agents/within.ts';
import { safely } from '../safely.ts';
import * as names from '../semantic-conventions.ts';
import { putSize } from '../calls/tool-size.ts';
import { putToolSize } from './ai-sdk-spans.ts';
import { aiSdkAnswer, aiSdkFailure, aiSdkRequest } from './ai-sdk-reading.ts';

/** Operations under way; beyond these the oldest is ended as it stands. */
const OPERATIONS_LIMIT = 10_000;
/** As `withStage` names it. */
const STAGE_OF_CALLS = 'llm_call';

/** One generateText, streamText, embed and so on, by the SDK's own id. */
interface Operation {
  /** Null for a plain call: nobody would look for an agent behind it. */
  run: AgentRun | null;
  below: Context;
  streams: boolean;
  steps: number;
  /** The model call under way, and its HTTP requests; one step has one, retries included. */
  call: LayeredCall | null;
  /** What the agent is at while it waits for the model. */
  stage: Watcher | null;
  attempts: number;
  reasons: string[];
  /** Embeddings and rankings under way: of several parts of a list at once. */
  parts: Map<string, LayeredCall>;
  tools: Map<string, { run: Run | null; inner: Context }>;
}

const operations = new Map<string, Operation>();

/** A stream that the program leaves is never told of: its operation ends when it is collected. */
const dropped = new FinalizationRegistry<string>((id) => {
  safely('a dropped stream', () => leave(id));
});

type Listener = (event: unknown) => void;
type Step = { execute: () => PromiseLike<unknown> };

/** Whatever we do with an event, the SDK goes on. */
function listener(handle: (id: string, event: Fields) => void): Listener {
  return (given) => {
    safely('an event of the AI SDK', () => {
      const event = fields(given);
      const id = event['callId'];
      if (typeof id === 'string' && isRecording()) handle(id, event);
    });
  };
}

const integration = {
  onStart: listener(start),
  experimental_onDecideStart: listener(start),
  onLanguageModelCallStart: listener(callStarts),
  onObjectStepStart: listener(callStarts),
  experimental_onDecisionModelCallStart: listener(callStarts),
  onLanguageModelCallEnd: listener(callEnds),
  onObjectStepEnd: listener(callEnds),
  experimental_onDecisionModelCallEnd: listener(callEnds),
  onEmbedStart: listener((id, event) => partStarts(id, 'embeddings', event)),
  onEmbedEnd: listener(partEnds),
  onRerankStart: listener((id, event) => partStarts(id, 'rerank', event)),
  onRerankEnd: listener(partEnds),
  onToolExecutionStart: listener(toolStarts),
  onToolExecutionEnd: listener(toolEnds),
  onEnd: listener(ends),
  experimental_onDecideEnd: listener(ends),
  onStepError: listener((id, event) => fails(id, event['error'])),
  onError: listener((id, event) => fails(id, event['error'])),
  onAbort: listener(leave),
  executeLanguageModelCall: (options: Step) => execute(options, 'a model call'),
  executeTool: (options: Step) => execute(options, 'a tool'),
  // Version 6, whose events have no callId.
  onToolCallStart: (event: unknown) =>
    safely('a tool', () => putToolSize(own.TOOL_ARGUMENTS_SIZE, toolCall(event)['input'])),
  onToolCallFinish: (event: unknown) =>
    safely('a tool', () => putToolSize(own.TOOL_RESULT_SIZE, fields(event)['output'])),
};

export function watchAiSdk(): void {
  const registry = globalThis as { AI_SDK_TELEMETRY_INTEGRATIONS?: unknown[] };
  registry.AI_SDK_TELEMETRY_INTEGRATIONS ??= [];
  registry.AI_SDK_TELEMETRY_INTEGRATIONS.push(integration);
}

/** Tools, or a name for the function, make an agent of it; anything else is one plain call. */
function start(id: string, event: Fields): void {
  const active = context.active();
  const kind = text(event['operationId']) ?? '';
  const name = text(event['functionId']);
  const tools = Object.keys(fields(event['tools'])).length;
  const isAgent = kind.endsWith('Text') && (tools > 0 || name !== null);
  let run: AgentRun | null = null;
  let below = active;
  if (isAgent) {
    const attributes: Attributes = { [names.OPERATION_NAME]: 'invoke_agent' };
    put(attributes, names.AGENT_NAME, name);
    const outer = name === null ? active : contextWith(active, { agent_name: name, agent_id: '' });
    const title = name === null ? 'invoke_agent' : `invoke_agent ${name}`;
    ({ run, inner: below } = startAgentRun(title, attributes, outer));
  }
  const oldest = operations.size < OPERATIONS_LIMIT ? undefined : operations.keys().next().value;
  if (oldest !== undefined) leave(oldest);
  operations.set(id, {
    run,
    below,
    streams: kind.startsWith('ai.stream'),
    steps: 0,
    call: null,
    stage: null,
    attempts: 0,
    reasons: [],
    parts: new Map(),
    tools: new Map(),
  });
}

/** A stream says it again for each attempt: the first one stands for all. */
function callStarts(id: string, event: Fields): void {
  const operation = operations.get(id);
  if (operation === undefined || operation.call !== null) return;
  const attributes = aiSdkRequest(event);
  if (operation.streams) attributes[names.REQUEST_STREAM] = true;
  operation.steps += 1;
  operation.attempts = 0;
  operation.reasons = [];
  operation.stage = operation.run === null ? null : stageOf(operation.run, STAGE_OF_CALLS);
  operation.call = new LayeredCall('chat', text(event['modelId']), attributes, operation.below);
}

function callEnds(id: string, event: Fields): void {
  const operation = operations.get(id);
  const call = operation?.call;
  if (operation === undefined || call === null || call === undefined) return;
  operation.call = null;
  operation.stage?.end();
  call.succeed({ ...aiSdkAnswer(event), ...attempts(operation) });
}

function attempts({ attempts: made, reasons }: Operation): Attributes {
  if (made < 2) return {};
  return {
    [own.ATTEMPTS]: made,
    [names.HTTP_REQUEST_RESEND_COUNT]: made - 1,
    [own.RETRIES_REASONS]: reasons.slice(0, made - 1),
  };
}

function partStarts(id: string, kind: string, event: Fields): void {
  const operation = operations.get(id);
  if (operation === undefined) return;
  const call = new LayeredCall(kind, text(event['modelId']), aiSdkRequest(event), operation.below);
  operation.parts.set(text(event['embedCallId']) ?? id, call);
}

function partEnds(id: string, event: Fields): void {
  const operation = operations.get(id);
  const part = text(event['embedCallId']) ?? id;
  const attributes: Attributes = {};
  const tokens = fields(event['usage'])['tokens'];
  if (typeof tokens === 'number' && tokens >= 0) attributes[names.USAGE_INPUT_TOKENS] = tokens;
  const [vector] = Array.isArray(event['embeddings']) ? (event['embeddings'] as unknown[]) : [];
  if (Array.isArray(vector)) attributes[names.EMBEDDINGS_DIMENSION_COUNT] = vector.length;
  operation?.parts.get(part)?.succeed(attributes);
  operation?.parts.delete(part);
}

const toolCall = (event: unknown): Fields => fields(fields(event)['toolCall']);

function toolStarts(id: string, event: Fields): void {
  const operation = operations.get(id);
  if (operation === undefined) return;
  const call = toolCall(event);
  const callId = text(call['toolCallId']) ?? '';
  const name = text(call['toolName']) ?? 'unnamed';
  const attributes: Attributes = {
    [names.OPERATION_NAME]: 'execute_tool',
    [names.TOOL_NAME]: name,
    [names.TOOL_TYPE]: 'function',
    [names.TOOL_CALL_ID]: callId,
  };
  putSize(attributes, own.TOOL_ARGUMENTS_SIZE, call['input']);
  operation.tools.set(callId, startRun(`execute_tool ${name}`, attributes, operation.below));
}

function toolEnds(id: string, event: Fields): void {
  const operation = operations.get(id);
  const callId = text(toolCall(event)['toolCallId']) ?? '';
  const run = operation?.tools.get(callId)?.run;
  operation?.tools.delete(callId);
  if (run === null || run === undefined) return;
  const { type, output, error } = fields(event['toolOutput']);
  if (type === 'tool-error') return run.fail(error);
  const size: Attributes = {};
  putSize(size, own.TOOL_RESULT_SIZE, output);
  run.span.setAttributes(size);
  run.end();
}

/** Runs the SDK's own step within our context; it runs once, and its result is handed on as it is. */
function execute(options: Step, place: string): PromiseLike<unknown> {
  const step = options.execute;
  const found = safely(place, () => contextOf(options));
  if (found === undefined) return step();
  const { inner, operation, id } = found;
  if (operation === null) return context.with(inner, step);
  operation.attempts += 1;
  const answer = context.with(inner, step);
  return answer.then(
    (value) => {
      const { stream } = fields(value);
      if (typeof stream === 'object' && stream !== null) dropped.register(stream, id);
      return value;
    },
    (error: unknown) => {
      safely('an error', () => {
        const { status, type } = aiSdkFailure(error);
        if (operation.reasons.length < 16) operation.reasons.push(String(status ?? type));
      });
      throw error;
    },
  );
}

/** The context of the tool, or of the model call and with it the operation that counts it. */
function contextOf(options: object) {
  const { callId: id, toolCallId: tool } = fields(options);
  const operation = typeof id === 'string' ? operations.get(id) : undefined;
  if (operation === undefined) return undefined;
  const inner = typeof tool === 'string' ? operation.tools.get(tool)?.inner : operation.call?.inner;
  if (inner === undefined) return undefined;
  return { inner, id: id as string, operation: typeof tool === 'string' ? null : operation };
}

/** Whatever is still open was given up for another attempt, or its end was never told. */
function take(id: string): Operation | undefined {
  const operation = operations.get(id);
  operations.delete(id);
  for (const { run } of operation?.tools.values() ?? []) run?.leave();
  return operation;
}

function ends(id: string): void {
  const operation = take(id);
  if (operation === undefined) return;
  operation.call?.abort({});
  for (const part of operation.parts.values()) part.discard();
  operation.run?.end();
}

function fails(id: string, error: unknown): void {
  const operation = take(id);
  if (operation === undefined) return;
  const failure = aiSdkFailure(error);
  operation.stage?.fail(error);
  operation.call?.fail(failure, attempts(operation));
  for (const part of operation.parts.values()) part.fail(failure);
  if (failure.cancelled) cancel(operation.run);
  else operation.run?.fail(error);
}

function leave(id: string): void {
  const operation = take(id);
  if (operation === undefined) return;
  operation.call?.abort(attempts(operation));
  for (const part of operation.parts.values()) part.abort({});
  operation.stage?.end();
  cancel(operation.run);
}

/** The program called it off, or left its stream. */
function cancel(run: AgentRun | null): void {
  run?.setStatus('cancelled');
  run?.end();
}
