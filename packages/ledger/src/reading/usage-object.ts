// Usage objects in a provider's own words, and response ids inside a kept answer: what some
// emitters leave inside a blob instead of writing it as attributes.

import type { FactDraft } from '../dialect.ts';

type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function count(object: unknown, ...keys: readonly string[]): number | null {
  if (!isObject(object)) return null;
  for (const key of keys) {
    if (!Object.hasOwn(object, key)) continue;
    const value = typeof object[key] === 'string' ? Number(object[key]) : object[key];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  }
  return null;
}

function member(object: Json, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Fills what the draft lacks from a usage object of any provider; true when it held a figure. */
export function fillFromUsageObject(fact: FactDraft, value: unknown): boolean {
  if (!isObject(value)) return false;
  const input = count(value, 'input_tokens', 'prompt_tokens', 'inputTokens', 'promptTokenCount');
  const output = count(
    value,
    'output_tokens',
    'completion_tokens',
    'outputTokens',
    'candidatesTokenCount',
  );
  if (input === null && output === null) return false;
  const own = fact.input_tokens === null;
  fact.input_tokens ??= input;
  fact.output_tokens ??= output;
  fact.total_tokens ??= count(value, 'total_tokens', 'totalTokens', 'totalTokenCount');
  fillDetails(fact, value);
  fillCacheWrites(fact, value);
  // Without a total this is the raw shape of a provider that leaves its cache out of the input.
  if (own && Object.hasOwn(value, 'cache_read_input_tokens') && fact.total_tokens === null) {
    fact.cache_convention = 'excluded';
  }
  return true;
}

function fillDetails(fact: FactDraft, value: Json): void {
  const inputs = member(value, 'prompt_tokens_details') ?? member(value, 'input_tokens_details');
  const outputs =
    member(value, 'completion_tokens_details') ?? member(value, 'output_tokens_details');
  fact.cache_read_tokens ??=
    count(
      value,
      'cache_read_input_tokens',
      'cacheReadInputTokens',
      'cachedContentTokenCount',
      'cached_tokens',
    ) ?? count(inputs, 'cached_tokens', 'cache_read');
  fact.audio_input_tokens ??= count(inputs, 'audio_tokens', 'audio');
  fact.reasoning_tokens ??=
    count(value, 'thoughtsTokenCount') ?? count(outputs, 'reasoning_tokens', 'reasoning');
  fact.audio_output_tokens ??= count(outputs, 'audio_tokens', 'audio');
  if (count(value, 'thoughtsTokenCount') !== null) fact.reasoning_convention = 'excluded';
}

function fillCacheWrites(fact: FactDraft, value: Json): void {
  fact.cache_write_tokens ??= count(
    value,
    'cache_creation_input_tokens',
    'cacheWriteInputTokens',
    'cache_write_tokens',
  );
  const lifetimes = member(value, 'cache_creation');
  fact.cache_write_5m_tokens ??= count(lifetimes, 'ephemeral_5m_input_tokens');
  fact.cache_write_1h_tokens ??= count(lifetimes, 'ephemeral_1h_input_tokens');
}

const ID_AT_START = /^\s*\{\s*"(?:id|responseId|response_id)"\s*:\s*"([^"\\]{1,128})"/;
const PYTHON_REPR = /^\s*(?:ChatCompletion|Response|Message)\(\s*id='([^'\\]{1,128})'/;

/** The provider's id in the text of a kept answer, as cheaply as can be; '' when it is not there. */
export function responseIdInText(text: string): string {
  return ID_AT_START.exec(text)?.[1] ?? PYTHON_REPR.exec(text)?.[1] ?? '';
}

/** The provider's id in a parsed answer; '' when it is not there. */
export function responseIdInAnswer(value: unknown): string {
  if (!isObject(value)) return '';
  for (const key of ['id', 'response_id', 'responseId']) {
    const id = member(value, key);
    if (typeof id === 'string' && id.length <= 128) return id;
  }
  return responseIdInGenerations(value);
}

/** LangChain's answer: generations[0][0].message.kwargs.response_metadata.id. */
function responseIdInGenerations(value: Json): string {
  let at: unknown = member(value, 'generations');
  for (const key of ['0', '0', 'message', 'kwargs', 'response_metadata', 'id']) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return '';
    at = (at as Json)[key];
  }
  return typeof at === 'string' && at.length <= 128 ? at : '';
}
