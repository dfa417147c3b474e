// Bedrock's Converse: one form for the models of all makers, which Amazon's Nova speaks natively.

import type { Attributes } from '@opentelemetry/api';
import { capturesContent, putContent } from '../calls/content.ts';
import { Received } from '../calls/received.ts';
import { count, fields, list, put, putScalar, putScalars, text } from '../calls/request.ts';
import type { Fields, ScalarNames } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { putTools } from '../calls/tool-definitions.ts';

const INFERENCE: ScalarNames = new Map([
  ['maxTokens', names.REQUEST_MAX_TOKENS],
  ['max_new_tokens', names.REQUEST_MAX_TOKENS],
  ['temperature', names.REQUEST_TEMPERATURE],
  ['topP', names.REQUEST_TOP_P],
  ['topK', names.REQUEST_TOP_K],
]);

export function converseRequest(input: Fields): Attributes {
  const attributes: Attributes = {};
  const inference = fields(input['inferenceConfig']);
  const more = fields(input['additionalModelRequestFields']);
  putScalars(attributes, inference, INFERENCE);
  putScalar(attributes, names.REQUEST_TOP_K, inference['topK'] ?? more['top_k']);
  const effort = fields(more['output_config'])['effort'] ?? more['reasoning_effort'];
  putScalar(attributes, names.REQUEST_REASONING_LEVEL, effort);
  const stops = list(inference['stopSequences']).filter((each) => typeof each === 'string');
  if (stops.length > 0) attributes[names.REQUEST_STOP_SEQUENCES] = stops.slice(0, 16);
  const guardrail = text(fields(input['guardrailConfig'])['guardrailIdentifier']);
  put(attributes, names.AWS_BEDROCK_GUARDRAIL_ID, guardrail);
  const tools = list(fields(input['toolConfig'])['tools']).map(
    (tool) => fields(tool)['toolSpec'] ?? tool,
  );
  putTools(attributes, tools);
  if (tools.length > 0) putContent(attributes, names.TOOL_DEFINITIONS, () => tools);
  const { system } = input;
  if (system !== undefined) {
    putContent(attributes, names.SYSTEM_INSTRUCTIONS, () => saidMessage(null, system).parts);
  }
  putContent(attributes, names.INPUT_MESSAGES, () =>
    list(input['messages']).map((message) => {
      const { role, content } = fields(message);
      return saidMessage(role, content);
    }),
  );
  return attributes;
}

export function converseAnswer(value: unknown): Attributes {
  const { output, stopReason, usage, trace } = fields(value);
  const attributes: Attributes = {};
  const received = new Received();
  const content = fields(fields(output)['message'])['content'];
  list(content).forEach((block, place) => {
    const used = fields(block)['toolUse'];
    if (used !== undefined) received.toolCall(place, fields(used)['name'], fields(used)['input']);
  });
  received.putCalls(attributes);
  putStopReason(attributes, stopReason);
  putUsage(attributes, usage);
  putRouted(attributes, trace);
  putContent(attributes, names.OUTPUT_MESSAGES, () => [saidMessage('assistant', content)]);
  return attributes;
}

export class ConverseReader implements StreamReader {
  readonly #attributes: Attributes = {};
  readonly #received = new Received();
  #said = '';
  #stopped = false;
  #told = false;

  read(event: unknown): void {
    const part = fields(event);
    if (part['contentBlockDelta'] !== undefined) this.#readDelta(fields(part['contentBlockDelta']));
    else if (part['contentBlockStart'] !== undefined) {
      const { contentBlockIndex: place, start } = fields(part['contentBlockStart']);
      const used = fields(start)['toolUse'];
      if (used !== undefined) this.#received.toolCall(place, fields(used)['name'], undefined);
    } else if (part['messageStop'] !== undefined) {
      putStopReason(this.#attributes, fields(part['messageStop'])['stopReason']);
      this.#stopped = true;
    } else if (part['metadata'] !== undefined) {
      const { usage, trace } = fields(part['metadata']);
      putUsage(this.#attributes, usage);
      putRouted(this.#attributes, trace);
      this.#told = true;
    }
  }

  #readDelta({ contentBlockIndex: place, delta }: Fields): void {
    const { text: said, toolUse, reasoningContent } = fields(delta);
    this.#received.text(said);
    this.#received.text(fields(reasoningContent)['text']);
    if (toolUse !== undefined) this.#received.toolCall(place, null, fields(toolUse)['input']);
    if (capturesContent() && typeof said === 'string') this.#said += said;
  }

  attributes(): Attributes {
    this.#received.putStreamed(this.#attributes);
    if (this.#said !== '') {
      putContent(this.#attributes, names.OUTPUT_MESSAGES, () => [
        saidMessage('assistant', [{ text: this.#said }]),
      ]);
    }
    return this.#attributes;
  }

  /** The figures come after the reason for the end. */
  complete(): boolean {
    return this.#stopped && this.#told;
  }
}

const CANONICAL: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_call',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
  malformed_model_output: 'error',
  malformed_tool_use: 'error',
};

function putStopReason(attributes: Attributes, reason: unknown): void {
  const word = text(reason);
  if (word !== null) attributes[names.RESPONSE_FINISH_REASONS] = [CANONICAL[word] ?? word];
}

/** The input figure leaves the cache out. Nova's own answers have longer names for its classes. */
export function putUsage(attributes: Attributes, usage: unknown): void {
  const used = fields(usage);
  const input = count(used['inputTokens']);
  const read = count(used['cacheReadInputTokens'] ?? used['cacheReadInputTokenCount']);
  const write = count(used['cacheWriteInputTokens'] ?? used['cacheWriteInputTokenCount']);
  if (input !== null) attributes[names.USAGE_INPUT_TOKENS] = input + (read ?? 0) + (write ?? 0);
  put(attributes, names.USAGE_OUTPUT_TOKENS, count(used['outputTokens']));
  put(attributes, names.USAGE_CACHE_READ_INPUT_TOKENS, read);
  put(attributes, names.USAGE_CACHE_WRITE_INPUT_TOKENS, write);
  for (const detail of list(used['cacheDetails'])) {
    const { ttl, inputTokens } = fields(detail);
    const name = LIFETIMES.get(ttl);
    if (name !== undefined) put(attributes, name, count(inputTokens));
  }
}

const LIFETIMES: ReadonlyMap<unknown, string> = new Map([
  ['5m', names.USAGE_CACHE_WRITE_5M_INPUT_TOKENS],
  ['1h', names.USAGE_CACHE_WRITE_1H_INPUT_TOKENS],
]);

/** A prompt router says which model answered; elsewhere nobody does. */
function putRouted(attributes: Attributes, trace: unknown): void {
  put(
    attributes,
    names.RESPONSE_MODEL,
    text(fields(fields(trace)['promptRouter'])['invokedModelId']),
  );
}

interface Said {
  role: unknown;
  parts: Fields[];
}

function saidMessage(role: unknown, content: unknown): Said {
  const parts = list(content).map((block): Fields => {
    const { text: said, toolUse, toolResult, reasoningContent, ...rest } = fields(block);
    if (typeof said === 'string') return { type: 'text', content: said };
    if (toolUse !== undefined) {
      const { toolUseId: id, name, input } = fields(toolUse);
      return { type: 'tool_call', id, name, arguments: input };
    }
    if (toolResult !== undefined) {
      const { toolUseId: id, content: response } = fields(toolResult);
      return { type: 'tool_call_response', id, response };
    }
    if (reasoningContent !== undefined) {
      const { text: thought } = fields(fields(reasoningContent)['reasoningText']);
      return { type: 'reasoning', content: thought };
    }
    // Images and files are named, not copied.
    return { type: Object.keys(rest)[0] ?? 'unknown' };
  });
  return { role, parts };
}
