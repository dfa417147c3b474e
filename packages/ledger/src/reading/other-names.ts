// Names that no convention knows, under which applications and small libraries write the same
// figures: only the reader of last resort asks for them, and only beside a model's name.

import { aliases as names, type FactDraft, type RecordView } from '../dialect.ts';
import { countOf, textOf } from './aliases.ts';
import { hasUsage } from './figures.ts';
import { fillProvider } from './identity.ts';
import { fillFromUsageObject, isObject } from './usage-object.ts';

const MODEL = names(
  'llm.model', 'llm.model.name', 'llm.model_id', 'llm.request.model', 'model', 'model_name', 'model_id',
  'model.name', 'model.id', 'request.model', 'response.model', 'ai.model', 'ai.model.name',
  'openai.model', 'openai.request.model', 'anthropic.model', 'bedrock.model_id',
); // prettier-ignore

const PROVIDER = names(
  'llm.vendor', 'llm.provider_name', 'llm.provider.name', 'provider', 'provider.name',
  'model_provider', 'model.provider', 'ai.provider', 'vendor',
); // prettier-ignore

const INPUT = names(
  'llm.usage.input_tokens', 'llm.usage.prompt_tokens', 'llm.usage.input', 'llm.usage.prompt',
  'llm.input_tokens', 'llm.prompt_tokens', 'llm.tokens.input', 'llm.tokens.prompt',
  'usage.input_tokens', 'usage.prompt_tokens', 'usage.inputTokens', 'usage.promptTokens',
  'usage.input', 'gen_ai.input_tokens', 'gen_ai.prompt_tokens', 'gen_ai.usage.input',
  'gen_ai.usage.prompt', 'gen_ai.usage.inputTokens', 'gen_ai.token.input', 'ai.tokens.input',
  'ai.tokens.prompt', 'tokens.input', 'tokens.prompt', 'token_count.input', 'token_count.prompt',
  'openai.usage.prompt_tokens', 'openai.usage.input_tokens', 'anthropic.usage.input_tokens',
  'input_tokens', 'prompt_tokens', 'inputTokens', 'promptTokens', 'tokens_in',
); // prettier-ignore

const OUTPUT = names(
  'llm.usage.output_tokens', 'llm.usage.completion_tokens', 'llm.usage.output',
  'llm.usage.completion', 'llm.output_tokens', 'llm.completion_tokens', 'llm.tokens.output',
  'llm.tokens.completion', 'usage.output_tokens', 'usage.completion_tokens', 'usage.outputTokens',
  'usage.completionTokens', 'usage.output', 'gen_ai.output_tokens', 'gen_ai.completion_tokens',
  'gen_ai.usage.output', 'gen_ai.usage.completion', 'gen_ai.usage.outputTokens',
  'gen_ai.token.output', 'ai.tokens.output', 'ai.tokens.completion', 'tokens.output',
  'tokens.completion', 'token_count.output', 'token_count.completion',
  'openai.usage.completion_tokens', 'openai.usage.output_tokens', 'anthropic.usage.output_tokens',
  'output_tokens', 'completion_tokens', 'outputTokens', 'completionTokens', 'tokens_out',
); // prettier-ignore

const TOTAL = names(
  'usage.total_tokens', 'usage.totalTokens', 'usage.total', 'llm.total_tokens',
  'llm.tokens.total', 'gen_ai.total_tokens', 'gen_ai.usage.totalTokens', 'tokens.total',
  'token_count.total', 'openai.usage.total_tokens', 'total_tokens', 'totalTokens',
); // prettier-ignore

/** One provider's own words for a cache that its input leaves out. */
const RAW_CACHE_READ = names(
  'usage.cache_read_input_tokens', 'llm.usage.cache_read_input_tokens',
  'anthropic.usage.cache_read_input_tokens', 'cache_read_input_tokens',
); // prettier-ignore
const RAW_CACHE_WRITE = names(
  'usage.cache_creation_input_tokens', 'llm.usage.cache_creation_input_tokens',
  'anthropic.usage.cache_creation_input_tokens', 'cache_creation_input_tokens',
); // prettier-ignore

const CACHE_READ = names(
  'llm.usage.cache_read_tokens', 'llm.usage.prompt_tokens_details.cached_tokens',
  'llm.cached_tokens', 'llm.tokens.cached', 'usage.cached_tokens', 'usage.cache_read_tokens',
  'usage.cachedInputTokens', 'usage.prompt_tokens_details.cached_tokens',
  'usage.input_tokens_details.cached_tokens', 'gen_ai.usage.cached_tokens',
  'gen_ai.usage.cached_input_tokens', 'gen_ai.usage.cache_read_tokens', 'tokens.cached',
  'openai.usage.cached_tokens', 'cache_read_tokens', 'cached_tokens', 'cachedInputTokens',
); // prettier-ignore

const CACHE_WRITE = names(
  'llm.usage.cache_write_tokens', 'llm.usage.cache_creation_tokens', 'usage.cache_write_tokens',
  'usage.cache_creation_tokens', 'gen_ai.usage.cache_write_tokens',
  'gen_ai.usage.cache_creation_tokens', 'cache_write_tokens', 'cache_creation_tokens',
); // prettier-ignore

const REASONING = names(
  'usage.reasoning_tokens', 'usage.reasoningTokens', 'llm.reasoning_tokens',
  'usage.completion_tokens_details.reasoning_tokens',
  'usage.output_tokens_details.reasoning_tokens',
  'llm.usage.completion_tokens_details.reasoning_tokens', 'tokens.reasoning', 'reasoning_tokens',
); // prettier-ignore

/** A whole usage object as JSON, or as a structure. */
const OBJECT = names(
  'gen_ai.usage', 'gen_ai.response.usage', 'gen_ai.usage_metadata', 'gen_ai.token_usage',
  'llm.usage', 'llm.token_usage', 'llm.response.usage', 'ai.usage', 'usage', 'response.usage',
  'token_usage', 'usage_metadata', 'usageMetadata', 'openai.usage', 'anthropic.usage',
); // prettier-ignore

const FIGURES = [...INPUT, ...OUTPUT, ...TOTAL, ...OBJECT];

/** Whether a record names a model and figures in words of its own. */
export function hasOtherNames(record: RecordView): boolean {
  if (record.first(MODEL) === null) return false;
  return FIGURES.some((name) => record.has(name));
}

/** Fills what the conventions' names left open; true when it found figures. */
export function fillOtherNames(record: RecordView, fact: FactDraft): boolean {
  fact.request_model ??= record.first(MODEL);
  if (fact.provider === null) fillProvider(fact, textOf(record, PROVIDER));
  if (hasUsage(fact)) return false;
  fact.input_tokens = countOf(record, INPUT);
  fact.output_tokens = countOf(record, OUTPUT);
  fact.total_tokens = countOf(record, TOTAL);
  if (hasUsage(fact)) fillParts(record, fact);
  else readObject(record, fact);
  return hasUsage(fact);
}

function fillParts(record: RecordView, fact: FactDraft): void {
  const [read, write] = [countOf(record, RAW_CACHE_READ), countOf(record, RAW_CACHE_WRITE)];
  if (read !== null || write !== null) fact.cache_convention = 'excluded';
  fact.cache_read_tokens ??= read ?? countOf(record, CACHE_READ);
  fact.cache_write_tokens ??= write ?? countOf(record, CACHE_WRITE);
  fact.reasoning_tokens ??= countOf(record, REASONING);
}

function readObject(record: RecordView, fact: FactDraft): void {
  const name = record.first(OBJECT);
  const value = name === null ? null : record.json(name);
  if (isObject(value)) fillFromUsageObject(fact, value);
}
