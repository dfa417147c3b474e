// The OpenAI Agents SDK tells its runs to trace processors: agents, hand-offs, tools and guardrails
// get spans from what it tells them. Its model calls are left to the client's adapter. Nothing is
// told, to anyone, when its tracing is off.

import { tracingChannel } from 'node:diagnostics_channel';
import { context, SpanStatusCode, type Attributes, type Context } from '@opentelemetry/api';
import { contextWith } from '../context/agent-context.ts';
import { AgentRun, startAgentRun } from '../agents/agent-run.ts';
import { bindContext } from '../calls/call-scope.ts';
import { putContent } from '../calls/content.ts';
import { LateContext, lateContextIn } from '../agents/late-context.ts';
import { LayeredCall } from '../calls/layered-call.ts';
import { GUARDRAIL_TRIGGERED, TOOL_ARGUMENTS_SIZE, TOOL_RESULT_SIZE } from '../own-attributes.ts';
import { patchPoints, type MethodCall, type PatchPoint } from '../hooks/patch-point.ts';
import { isRecording } from '../calls/recording.ts';
import { count, fields, put, text, type Fields } from '../calls/request.ts';
import { startRun, type Run } from '../agents/run.ts';
import { safely, warnOnce } from '../safely.ts';
import { UNSUPPORTED_CHANNEL } from '../calls/sdk-calls.ts';
import * as names from '../semantic-conventions.ts';
import { putSize } from '../calls/tool-size.ts';
import { watchMethod } from '../calls/watched-method.ts';

const NAME = '@openai/agents-core';
const RANGE = '>=0.1.0 <1.0.0';

const told = (channel: string, method: string) =>
  patchPoints(channel, NAME, RANGE, 'dist/tracing/processor', `MultiTracingProcessor.${method}`);

export const OPENAI_AGENTS_PATCH_POINTS: readonly PatchPoint[] = [
  ...told('trace-start', 'onTraceStart'),
  ...told('trace-end', 'onTraceEnd'),
  ...told('span-start', 'onSpanStart'),
  ...told('span-end', 'onSpanEnd'),
  ...patchPoints('run', NAME, RANGE, 'dist/tracing/context', 'withTrace'),
  ...patchPoints('run', NAME, RANGE, 'dist/tracing/context', 'getOrCreateTrace'),
  ...patchPoints('scope', NAME, RANGE, 'dist/tracing/context', 'withNewSpanContext'),
  ...patchPoints(UNSUPPORTED_CHANNEL, NAME, '>=1.0.0', 'dist/tracing/context', 'withTrace'),
];

/** The span of the trace that began in a scope. */
const runs = new WeakMap<LateContext, Run>();

/** What became of a trace or a span of the SDK. */
interface Told {
  inner: Context;
  outer: Context;
  end(span: unknown): void;
}

export function watchOpenAIAgents(): void {
  const all = new WeakMap<object, Told>();
  const on = (name: string, step: (subject: object) => void): void => {
    channel(name).start.subscribe((message) => {
      safely('a run', () => {
        const subject = (message as MethodCall).arguments[0];
        if (typeof subject === 'object' && subject !== null) step(subject);
      });
    });
  };
  on('trace-start', (subject) => begin(all, subject, traceOf));
  on('span-start', (subject) => begin(all, subject, spanOf));
  on('trace-end', (subject) => end(all, subject));
  on('span-end', (subject) => end(all, subject));
  bindContext(channel('scope').start, (_message, active) =>
    isRecording() ? new LateContext(active) : undefined,
  );
  // The SDK ends no trace whose run throws.
  watchMethod(NAME, 'run', (_call, active) => {
    const late = new LateContext(active);
    return { inner: late, failed: (error) => runs.get(late)?.fail(error) };
  });
  channel(UNSUPPORTED_CHANNEL).start.subscribe((message) => {
    const version = (message as MethodCall).moduleVersion ?? '';
    warnOnce(NAME, `${NAME} ${version} is not known here; its runs are not recorded`);
  });
}

function channel(name: string) {
  return tracingChannel<unknown, object>(`orchestrion:${NAME}:${name}`);
}

function begin(
  all: WeakMap<object, Told>,
  subject: object,
  read: (said: Fields, active: Context) => Omit<Told, 'outer'> | null,
): void {
  if (!isRecording() || all.has(subject)) return;
  const active = context.active();
  const late = lateContextIn(active);
  const outer = late?.inner ?? active;
  const begun = read(fields(subject), outer);
  if (begun === null) return;
  all.set(subject, { ...begun, outer });
  if (late !== null) late.inner = begun.inner;
}

function end(all: WeakMap<object, Told>, subject: object): void {
  const known = all.get(subject);
  if (known === undefined) return;
  all.delete(subject);
  const late = lateContextIn(context.active());
  if (late?.inner === known.inner) late.inner = known.outer;
  known.end(subject);
}

/** A trace is one run of a program's own, whatever agents take part in it. */
function traceOf(said: Fields, active: Context): Omit<Told, 'outer'> {
  const name = text(said['name']) ?? 'Agent workflow';
  const group = text(said['groupId']);
  const below = contextWith(active, {
    workflow_name: name,
    ...(group === null ? {} : { conversation_id: group }),
  });
  const attributes = { [names.OPERATION_NAME]: 'invoke_workflow', [names.WORKFLOW_NAME]: name };
  const { run, inner } = startRun(`invoke_workflow ${name}`, attributes, below);
  const late = lateContextIn(context.active());
  if (run !== null && late !== null) runs.set(late, run);
  return { inner, end: () => run?.end() };
}

function spanOf(said: Fields, active: Context): Omit<Told, 'outer'> | null {
  const data = fields(said['spanData']);
  const name = text(data['name']) ?? 'unnamed';
  switch (data['type']) {
    case 'agent': {
      const below = contextWith(active, { agent_name: name, agent_id: '' });
      return work('invoke_agent', name, { [names.AGENT_NAME]: name }, below);
    }
    case 'function':
      return toolOf(name, data, active);
    case 'guardrail':
      return work('guardrail', name, {}, active, (run, ended) => {
        const triggered = ended['triggered'];
        if (typeof triggered === 'boolean') run.span.setAttribute(GUARDRAIL_TRIGGERED, triggered);
      });
    case 'handoff':
      return work('handoff', '', {}, active, (run, ended) => {
        // Whom to is known at the end only.
        const to = text(ended['to_agent']);
        if (to !== null) run.span.updateName(`handoff ${to}`);
      });
    case 'generation':
    case 'response':
      return modelOf(data, active);
    default:
      // Tasks and turns repeat what lies below them.
      return null;
  }
}

function work(
  operation: string,
  name: string,
  more: Attributes,
  below: Context,
  ended?: (run: Run, data: Fields) => void,
): Omit<Told, 'outer'> {
  const attributes = { [names.OPERATION_NAME]: operation, ...more };
  const start = operation === 'invoke_agent' ? startAgentRun : startRun;
  const { run, inner } = start(`${operation} ${name}`.trim(), attributes, below);
  return {
    inner,
    end: (subject) => {
      if (run === null) return;
      const { spanData, error } = fields(subject);
      safely('a run', () => ended?.(run, fields(spanData)));
      if (error !== null && error !== undefined) failed(run, fields(error));
      run.end();
    },
  };
}

/** The SDK keeps a text of an error, not the error: a type only where it names one. */
function failed(run: Run, error: Fields): void {
  run.span.setStatus({ code: SpanStatusCode.ERROR });
  if (run instanceof AgentRun) run.setStatus('failed');
  const type = text(fields(error['data'])['type']) ?? '_OTHER';
  run.span.setAttribute(names.ERROR_TYPE, type);
}

function toolOf(name: string, data: Fields, active: Context): Omit<Told, 'outer'> {
  const attributes: Attributes = { [names.TOOL_NAME]: name, [names.TOOL_TYPE]: 'function' };
  return work('execute_tool', name, attributes, active, (run, ended) => {
    const result: Attributes = {};
    const [input, output] = [ended['input'] ?? data['input'], ended['output']];
    // Empty where the SDK is told to keep what tools say to itself.
    if (input !== '') putSize(result, TOOL_ARGUMENTS_SIZE, input);
    if (output !== '') putSize(result, TOOL_RESULT_SIZE, output);
    putContent(result, names.TOOL_CALL_ARGUMENTS, () => input);
    putContent(result, names.TOOL_CALL_RESULT, () => output);
    run.put(result);
  });
}

/** Of a model whose client nobody watches, what the SDK knows. */
function modelOf(data: Fields, active: Context): Omit<Told, 'outer'> {
  const attributes: Attributes = {};
  const layer = new LayeredCall('chat', text(data['model']), attributes, active);
  return {
    inner: layer.inner,
    end: (subject) => {
      const { spanData, error } = fields(subject);
      if (error !== null && error !== undefined) {
        return layer.fail({ type: '_OTHER', status: null, cancelled: false });
      }
      layer.succeed(modelAnswer(fields(spanData)));
    },
  };
}

function modelAnswer(data: Fields): Attributes {
  const response = fields(data['_response']);
  const usage = fields(data['usage'] ?? response['usage']);
  const input = fields(usage['input_tokens_details']);
  const output = fields(usage['output_tokens_details']);
  const attributes: Attributes = {};
  put(attributes, names.RESPONSE_ID, text(data['response_id']) ?? text(response['id']));
  put(attributes, names.RESPONSE_MODEL, text(response['model']));
  put(attributes, names.USAGE_INPUT_TOKENS, count(usage['input_tokens']));
  put(attributes, names.USAGE_OUTPUT_TOKENS, count(usage['output_tokens']));
  put(attributes, names.USAGE_CACHE_READ_INPUT_TOKENS, count(input['cached_tokens']));
  put(attributes, names.USAGE_REASONING_OUTPUT_TOKENS, count(output['reasoning_tokens']));
  return attributes;
}
