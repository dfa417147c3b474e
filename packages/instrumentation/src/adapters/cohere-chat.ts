// What Cohere is asked and answers, in the camel case of its SDK. It bills other figures than it
// processes: texts that it adds to a prompt cost nothing, and rankings are billed by searches.

import type { Attributes } from '@opentelemetry/api';
import { capturesContent, contentMessage, putContent, putStreamedText } from '../calls/content.ts';
import { PROCESSED_INPUT_TOKENS, SEARCH_UNITS } from '../own-attributes.ts';
import { Received } from '../calls/received.ts';
import { count, fields, list, put, putScalars, text } from '../calls/request.ts';
import type { Fields, ScalarNames } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { putTools } from '../calls/tool-definitions.ts';

const SCALARS: ScalarNames = new Map([
  ['maxTokens', names.REQUEST_MAX_TOKENS],
  ['temperature', names.REQUEST_TEMPERATURE],
  ['p', names.REQUEST_TOP_P],
  ['k', names.REQUEST_TOP_K],
  ['seed', names.REQUEST_SEED],
  ['frequencyPenalty', names.REQUEST_FREQUENCY_PENALTY],
  ['presencePenalty', names.REQUEST_PRESENCE_PENALTY],
  ['conversationId', names.CONVERSATION_ID],
  ['outputDimension', names.EMBEDDINGS_DIMENSION_COUNT],
]);

export function cohereRequest(asked: Fields): Attributes {
  const attributes: Attributes = {};
  putScalars(attributes, asked, SCALARS);
  const stops = list(asked['stopSequences']).filter((each) => typeof each === 'string');
  if (stops.length > 0) attributes[names.REQUEST_STOP_SEQUENCES] = stops.slice(0, 16);
  const format = text(fields(asked['responseFormat'])['type']);
  if (format === 'text') attributes[names.OUTPUT_TYPE] = 'text';
  else if (format !== null) attributes[names.OUTPUT_TYPE] = 'json';
  const types = list(asked['embeddingTypes']).filter((each) => typeof each === 'string');
  if (types.length > 0) attributes[names.REQUEST_ENCODING_FORMATS] = types.slice(0, 16);
  putTools(attributes, asked['tools']);
  putContent(attributes, names.TOOL_DEFINITIONS, () => asked['tools']);
  putContent(attributes, names.INPUT_MESSAGES, () => saidMessages(asked));
  return attributes;
}

function saidMessages({ messages, message, prompt }: Fields): unknown {
  const single = message ?? prompt;
  if (single !== undefined) return [contentMessage({ role: 'user', content: single })];
  return messages === undefined ? null : list(messages).map(saidMessage);
}

function saidMessage(message: unknown) {
  const { role, content, toolCalls, toolCallId } = fields(message);
  return contentMessage({ role, content, tool_calls: toolCalls, tool_call_id: toolCallId });
}

export function cohereAnswer(value: unknown): Attributes {
  const attributes: Attributes = {};
  const answer = fields(value);
  putAnswer(attributes, answer);
  const received = new Received();
  readCalls(received, answer);
  received.putCalls(attributes);
  const said = answer['message'] ?? (answer['text'] === undefined ? undefined : answer);
  if (said !== undefined) {
    putContent(attributes, names.OUTPUT_MESSAGES, () => [
      saidMessage({
        role: 'assistant',
        content: fields(said)['text'],
        ...fields(answer['message']),
      }),
    ]);
  }
  putDimensions(attributes, answer['embeddings']);
  return attributes;
}

function readCalls(received: Received, { toolCalls, message }: Fields): void {
  const calls = list(toolCalls ?? fields(message)['toolCalls']);
  calls.forEach((call, place) => {
    const { name, parameters, function: called } = fields(call);
    const { name: second, arguments: given } = fields(called);
    received.toolCall(place, name ?? second, parameters ?? given);
  });
}

/** One list of vectors, or one for each type that was asked for. */
function putDimensions(attributes: Attributes, embeddings: unknown): void {
  const [first] = Array.isArray(embeddings)
    ? list(embeddings)
    : Object.values(fields(embeddings)).flatMap((vectors) => list(vectors).slice(0, 1));
  const vector = list(first);
  if (vector.length > 0) attributes[names.EMBEDDINGS_DIMENSION_COUNT] = vector.length;
}

/** Of either version of the API: one has `meta` where the other has `usage`. */
function putAnswer(attributes: Attributes, answer: Fields): void {
  const { id, responseId, generationId, finishReason, generations } = answer;
  put(attributes, names.RESPONSE_ID, text(id) ?? text(responseId) ?? text(generationId));
  // The older completions are told in no camel case where the SDK does not know a field.
  const each = list(generations).map(
    (one) => fields(one)['finishReason'] ?? fields(one)['finish_reason'],
  );
  const reasons = [finishReason, ...each];
  putFinishReasons(attributes, reasons);
  putUsage(attributes, fields(answer['usage'] ?? answer['meta']));
}

const CANONICAL: Readonly<Record<string, string>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  ERROR_LIMIT: 'length',
  TOOL_CALL: 'tool_call',
  ERROR_TOXIC: 'content_filter',
  ERROR: 'error',
  TIMEOUT: 'error',
};

function putFinishReasons(attributes: Attributes, reasons: readonly unknown[]): void {
  const known = reasons
    .filter((reason): reason is string => typeof reason === 'string')
    .map((reason) => CANONICAL[reason] ?? reason.toLowerCase());
  if (known.length > 0) attributes[names.RESPONSE_FINISH_REASONS] = known;
}

/** The billed figure is the usage. What was cached is a part of what was processed, not of it. */
function putUsage(attributes: Attributes, usage: Fields): void {
  const billed = fields(usage['billedUnits']);
  const processed = fields(usage['tokens']);
  const input = count(billed['inputTokens']);
  const seen = count(processed['inputTokens']);
  put(attributes, names.USAGE_INPUT_TOKENS, input ?? seen);
  const output = count(billed['outputTokens']) ?? count(processed['outputTokens']);
  put(attributes, names.USAGE_OUTPUT_TOKENS, output);
  if (input !== null) put(attributes, PROCESSED_INPUT_TOKENS, seen);
  else {
    const cached = count(usage['cachedTokens'] ?? usage['cached_tokens']);
    put(attributes, names.USAGE_CACHE_READ_INPUT_TOKENS, cached);
  }
  put(attributes, SEARCH_UNITS, count(billed['searchUnits']));
}

/** Events of either version: both end with one that holds the reason and the usage. */
export class CohereReader implements StreamReader {
  readonly #attributes: Attributes = {};
  readonly #received = new Received();
  #said = '';
  #ended = false;

  read(event: unknown): void {
    const part = fields(event);
    const id = text(part['id']) ?? text(part['generationId']);
    if (id !== null) this.#attributes[names.RESPONSE_ID] ??= id;
    const { message, finishReason, usage } = fields(part['delta']);
    if (message !== undefined) this.#readDelta(part['index'], fields(message));
    else if (typeof part['text'] === 'string') this.#readText(part['text']);
    if (part['type'] === 'message-end') this.#end({ finishReason, usage });
    else if (part['isFinished'] === true || part['eventType'] === 'stream-end') {
      const response = fields(part['response']);
      readCalls(this.#received, response);
      this.#end({ ...response, finishReason: part['finishReason'] ?? response['finishReason'] });
    }
  }

  #readDelta(index: unknown, { content, toolCalls, toolPlan }: Fields): void {
    const { text: said, thinking } = fields(content);
    this.#readText(said);
    this.#received.text(thinking);
    this.#received.text(toolPlan);
    const called = fields(fields(toolCalls)['function']);
    if (toolCalls !== undefined && !Array.isArray(toolCalls)) {
      this.#received.toolCall(index, called['name'], called['arguments']);
    }
  }

  #readText(said: unknown): void {
    this.#received.text(said);
    if (capturesContent() && typeof said === 'string') this.#said += said;
  }

  #end(answer: Fields): void {
    putAnswer(this.#attributes, answer);
    this.#ended = true;
  }

  attributes(): Attributes {
    this.#received.putStreamed(this.#attributes);
    putStreamedText(this.#attributes, this.#said);
    return this.#attributes;
  }

  complete(): boolean {
    return this.#ended;
  }
}
