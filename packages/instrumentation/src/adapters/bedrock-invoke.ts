// Bedrock's InvokeModel: a body in the model's own form, as bytes. What it says of usage is read
// for the makers that say it; a stream ends with Bedrock's own count, whoever the maker is.

import type { Attributes } from '@opentelemetry/api';
import { count, fields, list, put, putScalars, text } from '../calls/request.ts';
import type { Fields, ScalarNames } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { putTools } from '../calls/tool-definitions.ts';
import { messagesAnswer, messagesReader, messagesRequest } from './anthropic-messages.ts';
import { ConverseReader, converseAnswer, converseRequest } from './bedrock-converse.ts';
import { chatAnswer, chatReader } from './openai-chat.ts';

/** Larger bodies are images and films; they are handed on unread. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

const SCALARS: ScalarNames = new Map([
  ['max_gen_len', names.REQUEST_MAX_TOKENS],
  ['max_tokens', names.REQUEST_MAX_TOKENS],
  ['max_tokens_to_sample', names.REQUEST_MAX_TOKENS],
  ['max_completion_tokens', names.REQUEST_MAX_TOKENS],
  ['maxTokenCount', names.REQUEST_MAX_TOKENS],
  ['maxTokens', names.REQUEST_MAX_TOKENS],
  ['temperature', names.REQUEST_TEMPERATURE],
  ['top_p', names.REQUEST_TOP_P],
  ['topP', names.REQUEST_TOP_P],
  ['p', names.REQUEST_TOP_P],
  ['top_k', names.REQUEST_TOP_K],
  ['k', names.REQUEST_TOP_K],
  ['seed', names.REQUEST_SEED],
  ['dimensions', names.EMBEDDINGS_DIMENSION_COUNT],
]);

export function invokeRequest(input: Fields): Attributes {
  const asked = bodyOf(input['body']);
  const attributes: Attributes = {};
  if (asked['anthropic_version'] !== undefined) Object.assign(attributes, messagesRequest(asked));
  else if (asked['inferenceConfig'] !== undefined || asked['toolConfig'] !== undefined) {
    Object.assign(attributes, converseRequest(asked));
  } else {
    putScalars(attributes, asked, SCALARS);
    putScalars(attributes, fields(asked['textGenerationConfig']), SCALARS);
    putTools(attributes, asked['tools']);
  }
  put(attributes, names.AWS_BEDROCK_GUARDRAIL_ID, text(input['guardrailIdentifier']));
  return attributes;
}

export function invokeAnswer(value: unknown): Attributes {
  const answer = bodyOf(fields(value)['body']);
  if (answer['type'] === 'message') return messagesAnswer(answer);
  if (answer['output'] !== undefined) return converseAnswer(answer);
  if (Array.isArray(answer['choices'])) return chatAnswer(answer);
  const reader = new PlainReader();
  reader.read(answer);
  const attributes = reader.attributes();
  putDimensions(attributes, answer);
  return attributes;
}

/** Bytes, or text where the program gave text. What is no JSON says nothing. */
function bodyOf(body: unknown): Fields {
  const isBytes = body instanceof Uint8Array;
  if (isBytes ? body.byteLength > BODY_LIMIT_BYTES : typeof body !== 'string') return {};
  const written = isBytes ? new TextDecoder().decode(body) : body;
  try {
    return fields(JSON.parse(written as string));
  } catch {
    return {};
  }
}

/** Titan's one vector, or Cohere's list of them, which may be one for each type. */
function putDimensions(attributes: Attributes, { embedding, embeddings }: Fields): void {
  const [first] = Array.isArray(embeddings)
    ? list(embeddings)
    : list(Object.values(fields(embeddings))[0]);
  const vector = list(embedding ?? first);
  if (vector.length > 0) attributes[names.EMBEDDINGS_DIMENSION_COUNT] = vector.length;
}

/** Each event is a JSON text in the maker's form; which one, the first that is known tells. */
export class InvokeReader implements StreamReader {
  #inner: StreamReader | null = null;
  readonly #plain = new PlainReader();
  #metrics: Fields | null = null;

  read(event: unknown): void {
    const part = bodyOf(fields(fields(event)['chunk'])['bytes']);
    this.#inner ??= readerFor(part);
    (this.#inner ?? this.#plain).read(part);
    const metrics = part['amazon-bedrock-invocationMetrics'];
    if (metrics !== undefined) this.#metrics = fields(metrics);
  }

  attributes(): Attributes {
    const attributes = { ...(this.#inner ?? this.#plain).attributes() };
    if (this.#metrics !== null && attributes[names.USAGE_OUTPUT_TOKENS] === undefined) {
      putMetrics(attributes, this.#metrics);
    }
    return attributes;
  }

  complete(): boolean {
    return this.#metrics !== null || (this.#inner ?? this.#plain).complete();
  }
}

function readerFor(part: Fields): StreamReader | null {
  if (part['type'] === 'message_start') return messagesReader();
  if (part['messageStart'] !== undefined) return new ConverseReader();
  return Array.isArray(part['choices']) ? chatReader({}) : null;
}

/** Bedrock's count leaves the cache out of the input, as it does in Converse. */
export function putMetrics(attributes: Attributes, metrics: Fields): void {
  const input = count(metrics['inputTokenCount']);
  const read = count(metrics['cacheReadInputTokenCount']);
  const write = count(metrics['cacheWriteInputTokenCount']);
  if (input !== null) attributes[names.USAGE_INPUT_TOKENS] = input + (read ?? 0) + (write ?? 0);
  put(attributes, names.USAGE_OUTPUT_TOKENS, count(metrics['outputTokenCount']));
  put(attributes, names.USAGE_CACHE_READ_INPUT_TOKENS, read);
  put(attributes, names.USAGE_CACHE_WRITE_INPUT_TOKENS, write);
}

const CANONICAL: Readonly<Record<string, string>> = {
  finish: 'stop',
  finished: 'stop',
  complete: 'stop',
  endoftext: 'stop',
  max_tokens: 'length',
  content_filtered: 'content_filter',
  error_toxic: 'content_filter',
};

/** Amazon Titan, Meta, AI21, and the text forms of Mistral and Cohere: flat, each with names of its own. */
class PlainReader implements StreamReader {
  readonly #attributes: Attributes = {};
  #ended = false;

  read(value: unknown): void {
    const answer = fields(value);
    const results = [...list(answer['results']), ...list(answer['outputs'])].map(fields);
    const generations = list(answer['generations']).map(fields);
    const completions = list(answer['completions']).map((each) =>
      fields(fields(each)['finishReason']),
    );
    put(this.#attributes, names.RESPONSE_ID, text(answer['id'] ?? answer['generation_id']));
    // Titan counts each of its results; Meta counts the answer up to here.
    const parts = results.map(({ tokenCount }) => count(tokenCount));
    const counted = parts.includes(null) ? null : parts.reduce((one, other) => one! + other!, 0);
    const input = count(answer['inputTextTokenCount'] ?? answer['prompt_token_count']);
    const output = count(answer['totalOutputTextTokenCount'] ?? answer['generation_token_count']);
    put(this.#attributes, names.USAGE_INPUT_TOKENS, input);
    put(this.#attributes, names.USAGE_OUTPUT_TOKENS, output ?? (parts.length > 0 ? counted : null));
    const reasons = [answer, ...results, ...generations, ...completions].flatMap(
      ({ stop_reason: meta, completionReason: titan, finish_reason: cohere, reason: ai21 }) =>
        text(meta) ?? text(titan) ?? text(cohere) ?? text(ai21) ?? [],
    );
    if (reasons.length === 0) return;
    this.#ended = true;
    this.#attributes[names.RESPONSE_FINISH_REASONS] = reasons.map((reason) => {
      const word = reason.toLowerCase();
      return CANONICAL[word] ?? word;
    });
  }

  attributes(): Attributes {
    return this.#attributes;
  }

  complete(): boolean {
    return this.#ended;
  }
}
