// The usage that an agent's result tells, in the words of those who make such results. Figures are
// read, never guessed, and never asked of a stream: reading that would begin it.

import type { Attributes } from '@opentelemetry/api';
import { given } from '../context/given.ts';
import { USAGE_REQUESTS } from '../run-attributes.ts';
import { count, put, text } from '../calls/request.ts';
import { safely, warnOnce } from '../safely.ts';
import * as names from '../semantic-conventions.ts';

type Figure = (usage: unknown) => number | null;

/** The first of these fields that is a count; a dot leads into an object. */
function first(...paths: readonly string[]): Figure {
  const split = paths.map((path) => path.split('.'));
  return (usage) => {
    for (const path of split) {
      const found = count(path.reduce(given, usage));
      if (found !== null) return found;
    }
    return null;
  };
}

/** Providers that tell the cache beside the input instead of within it. */
const CACHE_BESIDE_INPUT = first(
  ...['cache_read_input_tokens', 'cache_creation_input_tokens'],
  ...['cacheReadInputTokens', 'cacheWriteInputTokens'],
);
const INPUT = first(
  ...['inputTokens.total', 'inputTokens', 'input_tokens', 'promptTokens', 'prompt_tokens'],
  ...['request_tokens', 'promptTokenCount', 'prompt_eval_count'],
);
const OUTPUT = first(
  ...['outputTokens.total', 'outputTokens', 'output_tokens', 'completionTokens'],
  ...['completion_tokens', 'response_tokens', 'candidatesTokenCount', 'eval_count'],
);
/** Of a provider that tells them beside the output. */
const THOUGHTS = first('thoughtsTokenCount');
const CACHE_READ = first(
  ...['inputTokenDetails.cacheReadTokens', 'inputTokens.cacheRead', 'cachedInputTokens'],
  ...['prompt_tokens_details.cached_tokens', 'input_tokens_details.cached_tokens'],
  ...['input_token_details.cache_read', 'cache_read_tokens', 'cachedContentTokenCount'],
  ...['cache_read_input_tokens', 'cacheReadInputTokens'],
);
const CACHE_WRITE = first(
  ...['inputTokenDetails.cacheWriteTokens', 'inputTokens.cacheWrite', 'cache_write_tokens'],
  ...['input_token_details.cache_creation', 'cache_creation_input_tokens', 'cacheWriteInputTokens'],
);
const REASONING = first(
  ...['outputTokenDetails.reasoningTokens', 'outputTokens.reasoning', 'reasoningTokens'],
  ...['completion_tokens_details.reasoning_tokens', 'output_tokens_details.reasoning_tokens'],
  ...['output_token_details.reasoning', 'details.reasoning_tokens', 'thoughtsTokenCount'],
);
const REQUESTS = first('requests');

export interface ResultUsage {
  readonly attributes: Attributes;
  readonly model: string | null;
}

/**
 * Null when the result tells no usage. `read` is the program's own way to it, where the result has
 * none that is known here.
 */
export function usageOfResult(result: unknown, read?: unknown): ResultUsage | null {
  const usage = typeof read === 'function' ? call(read, undefined, result) : usageIn(result);
  const attributes: Attributes = {};
  putUsage(attributes, usage);
  if (Object.keys(attributes).length === 0) return null;
  put(attributes, USAGE_REQUESTS, REQUESTS(usage));
  put(attributes, names.RESPONSE_ID, answerId(result));
  return { attributes, model: modelOf(result) };
}

/** Writes the figures of a usage object, in whatever words it has them. */
export function putUsage(attributes: Attributes, usage: unknown): void {
  const [input, output] = [INPUT(usage), OUTPUT(usage)];
  const [read, write, thoughts] = [CACHE_READ(usage), CACHE_WRITE(usage), THOUGHTS(usage)];
  const beside = CACHE_BESIDE_INPUT(usage) === null ? 0 : (read ?? 0) + (write ?? 0);
  put(attributes, names.USAGE_INPUT_TOKENS, input === null ? null : input + beside);
  put(attributes, names.USAGE_OUTPUT_TOKENS, output === null ? null : output + (thoughts ?? 0));
  put(attributes, names.USAGE_CACHE_READ_INPUT_TOKENS, read);
  put(attributes, names.USAGE_CACHE_WRITE_INPUT_TOKENS, write);
  put(attributes, names.USAGE_REASONING_OUTPUT_TOKENS, REASONING(usage));
}

/** The sum of all steps before that of the last one. */
function usageIn(result: unknown): unknown {
  if (isStreamed(result)) return undefined;
  for (const field of ['totalUsage', 'usage', 'usage_metadata', 'usageMetadata']) {
    const usage = given(result, field);
    if (typeof usage === 'function') return call(usage, result);
    // A promise tells only those who wait for it, and some begin their work then.
    if (typeof usage === 'object' && usage !== null) return usage;
  }
  return undefined;
}

/** Asking one of these for its usage would read the stream in the program's place. */
function isStreamed(result: unknown): boolean {
  const streamed = safely('a result', () => {
    if (typeof result !== 'object' || result === null) return false;
    return ['textStream', 'fullStream', Symbol.asyncIterator].some((name) => name in result);
  });
  if (streamed === true) {
    warnOnce('streamed-result', 'a streamed result is not asked for its usage: see recordUsage');
  }
  return streamed !== false;
}

function call(read: unknown, self: unknown, ...given: readonly unknown[]): unknown {
  return safely('the usage of a result', () => Reflect.apply(read as () => unknown, self, given));
}

/** The provider's own id, where the result is its answer: records of one call are known by it. */
function answerId(result: unknown): string | null {
  const isAnswer = text(given(result, 'object')) ?? text(given(result, 'type'));
  return isAnswer === null ? null : text(given(result, 'id'));
}

function modelOf(result: unknown): string | null {
  const response = given(result, 'response');
  const told = [given(response, 'modelId'), given(response, 'model'), given(result, 'model')];
  return told.map(text).find((model) => model !== null) ?? text(given(result, 'modelVersion'));
}
