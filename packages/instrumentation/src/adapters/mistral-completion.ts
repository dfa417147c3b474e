// Mistral's chat, agents and completions, in the camel case of its SDK.

import type { Attributes } from '@opentelemetry/api';
import { capturesContent, contentMessage, putContent, putStreamedText } from '../calls/content.ts';
import { AUDIO_INPUT_SECONDS, SERVICE_TIER } from '../own-attributes.ts';
import { Received } from '../calls/received.ts';
import { count, fields, list, put, putScalars, text } from '../calls/request.ts';
import type { Fields, ScalarNames } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { putTools } from '../calls/tool-definitions.ts';

const SCALARS: ScalarNames = new Map([
  ['maxTokens', names.REQUEST_MAX_TOKENS],
  ['temperature', names.REQUEST_TEMPERATURE],
  ['topP', names.REQUEST_TOP_P],
  ['randomSeed', names.REQUEST_SEED],
  ['presencePenalty', names.REQUEST_PRESENCE_PENALTY],
  ['frequencyPenalty', names.REQUEST_FREQUENCY_PENALTY],
  ['reasoningEffort', names.REQUEST_REASONING_LEVEL],
  ['agentId', names.AGENT_ID],
]);

export function completionRequest(body: unknown): Attributes {
  const asked = fields(body);
  const attributes: Attributes = {};
  putScalars(attributes, asked, SCALARS);
  if (typeof asked['n'] === 'number' && asked['n'] !== 1) {
    attributes[names.REQUEST_CHOICE_COUNT] = asked['n'];
  }
  const { stop } = asked;
  const stops = (typeof stop === 'string' ? [stop] : list(stop)).filter(
    (each): each is string => typeof each === 'string',
  );
  if (stops.length > 0) attributes[names.REQUEST_STOP_SEQUENCES] = stops.slice(0, 16);
  const format = text(fields(asked['responseFormat'])['type']);
  if (format === 'text') attributes[names.OUTPUT_TYPE] = 'text';
  else if (format !== null) attributes[names.OUTPUT_TYPE] = 'json';
  putTools(attributes, asked['tools']);
  putContent(attributes, names.TOOL_DEFINITIONS, () => asked['tools']);
  putContent(attributes, names.INPUT_MESSAGES, () =>
    asked['prompt'] === undefined
      ? list(asked['messages']).map(saidMessage)
      : [contentMessage({ role: 'user', content: asked['prompt'] })],
  );
  return attributes;
}

function saidMessage(message: unknown) {
  const { role, content, toolCalls, toolCallId } = fields(message);
  return contentMessage({ role, content, tool_calls: toolCalls, tool_call_id: toolCallId });
}

export function completionAnswer(value: unknown): Attributes {
  const reader = new CompletionReader();
  reader.read({ data: value });
  const attributes = reader.attributes();
  putContent(attributes, names.OUTPUT_MESSAGES, () =>
    list(fields(value)['choices']).map((choice) => saidMessage(fields(choice)['message'])),
  );
  return attributes;
}

/** A whole answer is a stream of one event; the usage comes with the last. */
export class CompletionReader implements StreamReader {
  readonly #attributes: Attributes = {};
  readonly #received = new Received();
  readonly #reasons: string[] = [];
  #said = '';

  read(event: unknown): void {
    const part = fields(fields(event)['data']);
    put(this.#attributes, names.RESPONSE_ID, text(part['id']));
    put(this.#attributes, names.RESPONSE_MODEL, text(part['model']));
    list(part['choices']).forEach((choice, place) => this.#readChoice(fields(choice), place));
    if (part['usage'] !== undefined) putUsage(this.#attributes, part['usage']);
  }

  #readChoice({ index, delta, message, finishReason }: Fields, place: number): void {
    const at = typeof index === 'number' ? index : place;
    const { content, toolCalls } = fields(delta ?? message);
    this.#received.text(content);
    for (const piece of list(content)) this.#readPiece(fields(piece));
    list(toolCalls).forEach((call, nth) => {
      const { index: number, function: called } = fields(call);
      const { name, arguments: given } = fields(called);
      this.#received.toolCall(`${at}.${String(number ?? nth)}`, name, given);
    });
    if (capturesContent() && delta !== undefined && typeof content === 'string') {
      this.#said += content;
    }
    if (typeof finishReason === 'string') this.#reasons[at] = finishReason;
  }

  /** Models that think aloud answer in pieces: thoughts hold texts of their own. */
  #readPiece({ text: said, thinking }: Fields): void {
    this.#received.text(said);
    for (const thought of list(thinking)) this.#received.text(fields(thought)['text']);
  }

  attributes(): Attributes {
    if (this.#reasons.length > 0) {
      this.#attributes[names.RESPONSE_FINISH_REASONS] = this.#reasons.flatMap(
        (reason) => CANONICAL[reason] ?? reason,
      );
    }
    this.#received.putStreamed(this.#attributes);
    putStreamedText(this.#attributes, this.#said);
    return this.#attributes;
  }

  complete(): boolean {
    return this.#reasons.length > 0;
  }
}

const CANONICAL: Readonly<Record<string, string>> = {
  tool_calls: 'tool_call',
  model_length: 'length',
};

/** The prompt's figure holds the cached tokens. */
function putUsage(attributes: Attributes, usage: unknown): void {
  const used = fields(usage);
  const details = fields(
    used['promptTokensDetails'] ?? used['prompt_tokens_details'] ?? used['promptTokenDetails'],
  );
  const cached = details['cachedTokens'] ?? details['cached_tokens'] ?? used['num_cached_tokens'];
  put(attributes, names.USAGE_INPUT_TOKENS, count(used['promptTokens']));
  put(attributes, names.USAGE_OUTPUT_TOKENS, count(used['completionTokens']));
  put(attributes, names.USAGE_CACHE_READ_INPUT_TOKENS, count(cached));
  const seconds = used['promptAudioSeconds'];
  if (typeof seconds === 'number') attributes[AUDIO_INPUT_SECONDS] = seconds;
  put(attributes, SERVICE_TIER, text(used['serviceTier']));
}
