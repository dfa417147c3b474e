// Google's generated content and embeddings: what is asked, what is answered whole and in chunks.

import type { Attributes } from '@opentelemetry/api';
import { capturesContent, putContent } from '../calls/content.ts';
import { SERVICE_TIER } from '../own-attributes.ts';
import { Received } from '../calls/received.ts';
import { count, fields, list, put, putScalar, putScalars, text } from '../calls/request.ts';
import type { Fields, ScalarNames } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { putTools } from '../calls/tool-definitions.ts';

const CONFIG: ScalarNames = new Map([
  ['maxOutputTokens', names.REQUEST_MAX_TOKENS],
  ['temperature', names.REQUEST_TEMPERATURE],
  ['topP', names.REQUEST_TOP_P],
  ['topK', names.REQUEST_TOP_K],
  ['frequencyPenalty', names.REQUEST_FREQUENCY_PENALTY],
  ['presencePenalty', names.REQUEST_PRESENCE_PENALTY],
  ['seed', names.REQUEST_SEED],
]);

export function contentRequest(body: unknown): Attributes {
  const asked = fields(body);
  const config = fields(asked['config']);
  const attributes: Attributes = {};
  putScalars(attributes, config, CONFIG);
  if (typeof config['candidateCount'] === 'number' && config['candidateCount'] !== 1) {
    attributes[names.REQUEST_CHOICE_COUNT] = config['candidateCount'];
  }
  const stops = list(config['stopSequences']).filter((each) => typeof each === 'string');
  if (stops.length > 0) attributes[names.REQUEST_STOP_SEQUENCES] = stops.slice(0, 16);
  const format = text(config['responseMimeType']);
  if (format === 'application/json') attributes[names.OUTPUT_TYPE] = 'json';
  else if (format === 'text/plain') attributes[names.OUTPUT_TYPE] = 'text';
  const level = text(fields(config['thinkingConfig'])['thinkingLevel']);
  put(attributes, names.REQUEST_REASONING_LEVEL, level?.toLowerCase() ?? null);
  putTools(attributes, definitions(config['tools']));
  putContent(attributes, names.TOOL_DEFINITIONS, () => config['tools']);
  putContent(
    attributes,
    names.SYSTEM_INSTRUCTIONS,
    () => said(config['systemInstruction'])[0]?.parts,
  );
  putContent(attributes, names.INPUT_MESSAGES, () => said(asked['contents']));
  return attributes;
}

/** A tool holds many functions, or is one of the provider's own under its name. */
function definitions(tools: unknown): readonly unknown[] {
  return list(tools).flatMap((tool) => {
    const functions = fields(tool)['functionDeclarations'];
    if (Array.isArray(functions)) return functions as unknown[];
    return Object.keys(fields(tool)).map((type) => ({ type, ...fields(fields(tool)[type]) }));
  });
}

export function contentAnswer(value: unknown): Attributes {
  const reader = new ContentReader();
  reader.read(value);
  return reader.attributes();
}

export function contentReader(): StreamReader {
  return new ContentReader();
}

/** A whole answer is a stream of one chunk. Every chunk tells the usage up to it. */
class ContentReader implements StreamReader {
  readonly #attributes: Attributes = {};
  readonly #received = new Received();
  readonly #reasons: string[] = [];
  readonly #parts: unknown[] = [];
  #calls = 0;

  read(chunk: unknown): void {
    const part = fields(chunk);
    put(this.#attributes, names.RESPONSE_ID, text(part['responseId']));
    put(this.#attributes, names.RESPONSE_MODEL, text(part['modelVersion']));
    list(part['candidates']).forEach((candidate, place) => {
      const { content, finishReason, index } = fields(candidate);
      for (const piece of list(fields(content)['parts'])) this.#readPart(fields(piece));
      if (typeof finishReason !== 'string' || finishReason === UNSPECIFIED) return;
      this.#reasons[typeof index === 'number' ? index : place] = finishReason;
    });
    const blocked = fields(part['promptFeedback'])['blockReason'];
    if (typeof blocked === 'string' && this.#reasons.length === 0) this.#reasons[0] = 'SAFETY';
    if (part['usageMetadata'] !== undefined) putUsage(this.#attributes, part['usageMetadata']);
  }

  #readPart(part: Fields): void {
    this.#received.text(part['text']);
    const called = part['functionCall'];
    if (called !== undefined) {
      const { name, args } = fields(called);
      this.#received.toolCall(this.#calls, name, args);
      this.#calls += 1;
    }
    if (capturesContent()) this.#parts.push(part);
  }

  attributes(): Attributes {
    if (this.#reasons.length > 0) {
      this.#attributes[names.RESPONSE_FINISH_REASONS] = this.#reasons
        .filter((reason) => reason !== undefined)
        .map((reason) => finishReason(reason, this.#calls > 0));
    }
    this.#received.putStreamed(this.#attributes);
    if (this.#parts.length > 0) {
      putContent(this.#attributes, names.OUTPUT_MESSAGES, () =>
        said({ role: 'model', parts: this.#parts }),
      );
    }
    return this.#attributes;
  }

  complete(): boolean {
    return this.#reasons.length > 0;
  }
}

const UNSPECIFIED = 'FINISH_REASON_UNSPECIFIED';

const CANONICAL: Readonly<Record<string, string>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  MALFORMED_FUNCTION_CALL: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
};

/** A call of a function ends with STOP, as anything else that is finished. */
function finishReason(reason: string, calls: boolean): string {
  if (reason === 'STOP' && calls) return 'tool_call';
  return CANONICAL[reason] ?? reason.toLowerCase();
}

/**
 * The prompt's figure holds the cached tokens; what the provider's own tools put into the prompt and
 * what the model thought stand beside it and beside the candidates' figure.
 */
function putUsage(attributes: Attributes, usage: unknown): void {
  const used = fields(usage);
  const prompt = count(used['promptTokenCount']);
  const tools = count(used['toolUsePromptTokenCount']);
  const candidates = count(used['candidatesTokenCount']);
  const thoughts = count(used['thoughtsTokenCount']);
  put(attributes, names.USAGE_INPUT_TOKENS, sum(prompt, tools));
  put(attributes, names.USAGE_OUTPUT_TOKENS, sum(candidates, thoughts));
  put(attributes, names.USAGE_REASONING_OUTPUT_TOKENS, thoughts);
  const cached = count(used['cachedContentTokenCount']);
  put(attributes, names.USAGE_CACHE_READ_INPUT_TOKENS, cached);
  const inputs = [
    ...list(used['promptTokensDetails']),
    ...list(used['toolUsePromptTokensDetails']),
  ];
  const outputs = list(used['candidatesTokensDetails']);
  put(attributes, names.USAGE_AUDIO_INPUT_TOKENS, ofKind(inputs, 'AUDIO'));
  put(attributes, names.USAGE_IMAGE_INPUT_TOKENS, ofKind(inputs, 'IMAGE'));
  put(attributes, names.USAGE_AUDIO_OUTPUT_TOKENS, ofKind(outputs, 'AUDIO'));
  put(attributes, names.USAGE_IMAGE_OUTPUT_TOKENS, ofKind(outputs, 'IMAGE'));
  const cachedDetails = list(used['cacheTokensDetails']);
  put(attributes, names.USAGE_AUDIO_CACHE_READ_INPUT_TOKENS, ofKind(cachedDetails, 'AUDIO'));
  put(attributes, names.USAGE_IMAGE_CACHE_READ_INPUT_TOKENS, ofKind(cachedDetails, 'IMAGE'));
  const tier = text(used['serviceTier']) ?? text(used['trafficType']);
  if (tier !== null) attributes[SERVICE_TIER] = tier.toLowerCase().replace(/^on_demand_/, '');
}

function sum(one: number | null, other: number | null): number | null {
  return one === null && other === null ? null : (one ?? 0) + (other ?? 0);
}

function ofKind(details: readonly unknown[], kind: string): number | null {
  return details
    .map(fields)
    .filter(({ modality }) => modality === kind)
    .map(({ tokenCount }) => count(tokenCount))
    .reduce(sum, null);
}

export function embeddingRequest(body: unknown): Attributes {
  const attributes: Attributes = {};
  const wanted = fields(fields(body)['config'])['outputDimensionality'];
  putScalar(attributes, names.EMBEDDINGS_DIMENSION_COUNT, wanted);
  return attributes;
}

/** `dropped`: the usage that a client does not hand on. Gemini counts the request, Vertex each text; where one of them is untold, the sum is unknown. */
export function embeddingAnswer(value: unknown, dropped?: unknown): Attributes {
  const { usageMetadata, embeddings } = fields(value);
  const attributes: Attributes = {};
  const each = list(embeddings).map((one) =>
    count(fields(fields(one)['statistics'])['tokenCount']),
  );
  const told = each.length === 0 || each.includes(null) ? null : each.reduce(sum, null);
  const whole = count(fields(usageMetadata ?? dropped)['promptTokenCount']);
  put(attributes, names.USAGE_INPUT_TOKENS, whole ?? told);
  const dimensions = list(fields(list(embeddings)[0])['values']).length;
  if (dimensions > 0) attributes[names.EMBEDDINGS_DIMENSION_COUNT] = dimensions;
  return attributes;
}

interface Said {
  role: unknown;
  parts: Fields[];
}

/** Contents come as a text, a part, a content, or a list of any of them. */
function said(contents: unknown): Said[] {
  if (Array.isArray(contents)) return contents.flatMap(said);
  if (typeof contents === 'string') {
    return [{ role: 'user', parts: [{ type: 'text', content: contents }] }];
  }
  const { parts, role } = fields(contents);
  const pieces = Array.isArray(parts) ? (parts as unknown[]) : [contents];
  return [{ role: role === 'model' ? 'assistant' : (role ?? 'user'), parts: pieces.map(saidPart) }];
}

function saidPart(piece: unknown): Fields {
  if (typeof piece === 'string') return { type: 'text', content: piece };
  const { text: content, thought, functionCall, functionResponse, ...rest } = fields(piece);
  if (typeof content === 'string')
    return { type: thought === true ? 'reasoning' : 'text', content };
  if (functionCall !== undefined) {
    const { id, name, args } = fields(functionCall);
    return { type: 'tool_call', id, name, arguments: args };
  }
  if (functionResponse !== undefined) {
    const { id, response } = fields(functionResponse);
    return { type: 'tool_call_response', id, response };
  }
  // Images and files are named, not copied.
  return { type: Object.keys(rest)[0] ?? 'unknown' };
}
