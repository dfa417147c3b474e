// Anthropic's messages: what is asked, what is answered whole, what is answered in events.

import type { Attributes } from '@opentelemetry/api';
import { capturesContent, contentMessage, contentParts, putContent } from '../calls/content.ts';
import { noteInnerCalls } from '../calls/inner-calls.ts';
import { judgesAnswers, keepAnswer } from '../calls/judged-answers.ts';
import { Received } from '../calls/received.ts';
import { count, fields, list, put, putScalar, putScalars, text } from '../calls/request.ts';
import type { Fields, ScalarNames } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { putTools } from '../calls/tool-definitions.ts';
import { innerCallsOf } from './anthropic-iterations.ts';

const SCALARS: ScalarNames = new Map([
  ['max_tokens', names.REQUEST_MAX_TOKENS],
  ['temperature', names.REQUEST_TEMPERATURE],
  ['top_p', names.REQUEST_TOP_P],
  ['top_k', names.REQUEST_TOP_K],
  ['service_tier', names.ANTHROPIC_REQUEST_SERVICE_TIER],
]);

export function messagesRequest(body: unknown): Attributes {
  const asked = fields(body);
  const attributes: Attributes = {};
  putScalars(attributes, asked, SCALARS);
  putScalar(attributes, names.REQUEST_REASONING_LEVEL, fields(asked['output_config'])['effort']);
  if (asked['stream'] === true) attributes[names.REQUEST_STREAM] = true;
  const stops = list(asked['stop_sequences']).filter((each) => typeof each === 'string');
  if (stops.length > 0) attributes[names.REQUEST_STOP_SEQUENCES] = stops.slice(0, 16);
  putTools(attributes, asked['tools']);
  putContent(attributes, names.TOOL_DEFINITIONS, () => asked['tools']);
  const { system } = asked;
  if (system !== undefined) {
    putContent(attributes, names.SYSTEM_INSTRUCTIONS, () => contentParts(system));
  }
  putContent(attributes, names.INPUT_MESSAGES, () =>
    list(asked['messages']).map((message) => contentMessage(message)),
  );
  return attributes;
}

export function messagesAnswer(value: unknown): Attributes {
  const answer = fields(value);
  const attributes: Attributes = {};
  putIdentity(attributes, answer);
  putStopReason(attributes, answer['stop_reason']);
  const usage = fields(answer['usage']);
  putUsage(attributes, usage, true);
  noteInner(attributes, usage);
  const received = new Received();
  list(answer['content']).forEach((block, index) => readBlock(received, index, block));
  received.putCalls(attributes);
  keepAnswer(attributes, () => textOf(answer['content']));
  putContent(attributes, names.OUTPUT_MESSAGES, () => [contentMessage(answer)]);
  return attributes;
}

function textOf(content: unknown): string {
  return list(content)
    .map((block) => fields(block)['text'])
    .filter((said) => typeof said === 'string')
    .join('');
}

/** The program's tools and the provider's own alike. */
function readBlock(received: Received, index: unknown, block: unknown): void {
  const { type, name, input } = fields(block);
  if (type === 'tool_use' || type === 'server_tool_use' || type === 'mcp_tool_use') {
    received.toolCall(index, name, input);
  }
}

function putIdentity(attributes: Attributes, answer: Fields): void {
  put(attributes, names.RESPONSE_ID, text(answer['id']));
  put(attributes, names.RESPONSE_MODEL, text(answer['model']));
}

const CANONICAL: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_call',
  refusal: 'content_filter',
};

/** A word without a canonical one, such as pause_turn, stays as it is. */
export function finishReason(stopReason: string): string {
  return CANONICAL[stopReason] ?? stopReason;
}

function putStopReason(attributes: Attributes, reason: unknown): void {
  if (typeof reason !== 'string') return;
  attributes[names.ANTHROPIC_STOP_REASON] = reason;
  attributes[names.RESPONSE_FINISH_REASONS] = [finishReason(reason)];
}

/** The provider's input figure leaves the cache out; the convention's holds it. */
function putUsage(attributes: Attributes, usage: Fields, final: boolean): void {
  const input = count(usage['input_tokens']);
  const read = count(usage['cache_read_input_tokens']);
  const write = count(usage['cache_creation_input_tokens']);
  const written = fields(usage['cache_creation']);
  if (input !== null) {
    attributes[names.USAGE_INPUT_TOKENS] = input + (read ?? 0) + (write ?? 0);
  }
  put(attributes, names.USAGE_CACHE_READ_INPUT_TOKENS, read);
  put(attributes, names.USAGE_CACHE_WRITE_INPUT_TOKENS, write);
  const minutes = count(written['ephemeral_5m_input_tokens']);
  const hour = count(written['ephemeral_1h_input_tokens']);
  put(attributes, names.USAGE_CACHE_WRITE_5M_INPUT_TOKENS, minutes);
  put(attributes, names.USAGE_CACHE_WRITE_1H_INPUT_TOKENS, hour);
  put(attributes, names.ANTHROPIC_RESPONSE_SERVICE_TIER, text(usage['service_tier']));
  if (!final) return;
  put(attributes, names.USAGE_OUTPUT_TOKENS, count(usage['output_tokens']));
  const thought = count(fields(usage['output_tokens_details'])['thinking_tokens']);
  put(attributes, names.USAGE_REASONING_OUTPUT_TOKENS, thought);
}

function noteInner(attributes: Attributes, usage: Fields): void {
  const model = attributes[names.RESPONSE_MODEL];
  const calls = innerCallsOf(usage, typeof model === 'string' ? model : null, (entry) => {
    const used: Attributes = {};
    putUsage(used, entry, true);
    return used;
  });
  noteInnerCalls(attributes, calls);
}

export function messagesReader(): StreamReader {
  const attributes: Attributes = {};
  let usage: Record<string, unknown> = {};
  let final = false;
  let stopped = false;
  let said = '';
  const received = new Received();
  return {
    read(event) {
      const { type, message, delta, usage: totals, index, content_block: block } = fields(event);
      if (type === 'message_start') {
        putIdentity(attributes, fields(message));
        usage = { ...fields(fields(message)['usage']) };
      } else if (type === 'message_delta') {
        putStopReason(attributes, fields(delta)['stop_reason']);
        // Totals for the whole message; those that do not apply are null and replace nothing.
        for (const [name, value] of Object.entries(fields(totals))) {
          if (value !== null) usage[name] = value;
        }
        final = true;
      } else if (type === 'message_stop') stopped = true;
      else if (type === 'content_block_start') readBlock(received, index, block);
      else {
        const { text: part, thinking, partial_json: given } = fields(delta);
        received.text(part ?? thinking);
        if (given !== undefined) received.toolCall(index, undefined, given);
        if ((capturesContent() || judgesAnswers()) && typeof part === 'string') said += part;
      }
    },
    attributes() {
      // Before message_delta the output figure is a placeholder of a token or two.
      putUsage(attributes, usage, final);
      if (final) noteInner(attributes, usage);
      received.putStreamed(attributes);
      keepAnswer(attributes, () => said);
      if (said !== '') {
        putContent(attributes, names.OUTPUT_MESSAGES, () => [
          contentMessage({ role: 'assistant', content: said }),
        ]);
      }
      return attributes;
    },
    complete: () => stopped,
  };
}
