// Usage objects in a provider's own words, and response ids inside a kept answer: what some
// emitters leave inside a blob instead of writing it as attributes.

import type { FactDraft } from '../dialect.ts';

type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A count that is told as a number; null for anything else. */
export function whole(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** The words of providers and of the libraries that pass them on; the first that is there counts. */
const INPUT = [
  'input_tokens', 'prompt_tokens', 'inputTokens', 'promptTokenCount', 'prompt_token_count',
  'promptTokens',
] as const; // prettier-ignore
const OUTPUT = [
  'output_tokens', 'completion_tokens', 'outputTokens', 'candidatesTokenCount',
  'candidates_token_count', 'completionTokens',
] as const; // prettier-ignore
const TOTAL = ['total_tokens', 'totalTokens', 'totalTokenCount', 'total_token_count'] as const;
const CACHE_READ = [
  'cache_read_input_tokens', 'cacheReadInputTokens', 'cachedContentTokenCount',
  'cached_content_token_count', 'cached_tokens', 'cached_prompt_tokens', 'cachedInputTokens',
] as const; // prettier-ignore
const CACHE_WRITE = [
  'cache_creation_input_tokens', 'cacheWriteInputTokens', 'cache_write_tokens',
  'cache_write_input_tokens', 'cache_creation_tokens',
] as const; // prettier-ignore
/** Thoughts that a provider counts beside its output; reasoning elsewhere is a part of it. */
const THOUGHTS = ['thoughtsTokenCount', 'thoughts_token_count'] as const;
const REASONING = ['reasoning_tokens', 'reasoningTokens'] as const;
const INPUT_DETAILS = [
  'prompt_tokens_details', 'input_tokens_details', 'input_token_details', 'inputTokensDetails',
] as const; // prettier-ignore
const OUTPUT_DETAILS = [
  'completion_tokens_details', 'output_tokens_details', 'output_token_details',
  'outputTokensDetails',
] as const; // prettier-ignore

function count(object: unknown, keys: readonly string[]): number | null {
  if (!isObject(object)) return null;
  for (const key of keys) {
    if (!Object.hasOwn(object, key)) continue;
    const told = whole(typeof object[key] === 'string' ? Number(object[key]) : object[key]);
    if (told !== null) return told;
  }
  return null;
}

function member(object: Json, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function first(object: Json, keys: readonly string[]): unknown {
  const key = keys.find((name) => isObject(member(object, name)));
  return key === undefined ? undefined : object[key];
}

/** Fills what the draft lacks from a usage object of any provider; true when it held a figure. */
export function fillFromUsageObject(fact: FactDraft, value: unknown): boolean {
  if (!isObject(value)) return false;
  const input = count(value, INPUT);
  const output = count(value, OUTPUT);
  if (input === null && output === null && count(value, CACHE_READ) === null) return false;
  const own = fact.input_tokens === null;
  fact.input_tokens ??= input;
  fact.output_tokens ??= output;
  fact.total_tokens ??= count(value, TOTAL);
  fillUsageDetails(fact, first(value, INPUT_DETAILS), first(value, OUTPUT_DETAILS));
  fact.cache_read_tokens ??= count(value, CACHE_READ);
  fact.cache_write_tokens ??= count(value, CACHE_WRITE);
  fillLifetimes(fact, member(value, 'cache_creation'));
  fact.web_searches ??= count(member(value, 'server_tool_use'), ['web_search_requests']);
  const thoughts = count(value, THOUGHTS);
  fact.reasoning_tokens ??= thoughts ?? count(value, REASONING);
  if (thoughts !== null) fact.reasoning_convention = 'excluded';
  // Without a total this is the raw shape of a provider that leaves its cache out of the input;
  // under another's word for the input, a library has put it in.
  const raw =
    Object.hasOwn(value, 'cache_read_input_tokens') && !Object.hasOwn(value, 'prompt_tokens');
  if (own && raw && fact.total_tokens === null) {
    fact.cache_convention = 'excluded';
  }
  return true;
}

/** Fills what the draft lacks from the parts of input and output, where they stand on their own. */
export function fillUsageDetails(fact: FactDraft, inputs: unknown, outputs: unknown): void {
  fact.cache_read_tokens ??= count(inputs, ['cached_tokens', 'cache_read', 'cachedTokens']);
  fact.cache_write_tokens ??= count(inputs, [
    'cache_creation',
    'cache_creation_tokens',
    'cache_write_tokens',
  ]);
  fillLifetimes(fact, inputs);
  fact.audio_input_tokens ??= count(inputs, ['audio_tokens', 'audio']);
  fact.reasoning_tokens ??= count(outputs, ['reasoning_tokens', 'reasoning', 'reasoningTokens']);
  fact.audio_output_tokens ??= count(outputs, ['audio_tokens', 'audio']);
}

/** LangChain writes 0 for the sum where it tells the lifetimes. */
function fillLifetimes(fact: FactDraft, lifetimes: unknown): void {
  const short = count(lifetimes, ['ephemeral_5m_input_tokens']);
  const long = count(lifetimes, ['ephemeral_1h_input_tokens']);
  fact.cache_write_5m_tokens ??= short;
  fact.cache_write_1h_tokens ??= long;
  const sum = (short ?? 0) + (long ?? 0);
  if (sum > 0 && fact.cache_write_tokens === 0) fact.cache_write_tokens = sum;
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
  return '';
}
