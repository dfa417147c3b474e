// The metrics in which emitters tell tokens and cost: name by name what a point counts. A metric
// that is not here is counted and not used; so is one that sums over whole runs of agents.

import type { Doubt } from '../doubts.ts';
import type { CacheConvention, ReasoningConvention } from '../fact.ts';
import type { MetricQuantity } from '../metric-point.ts';
import { providerOf } from '../reading/vocabulary.ts';

export type PointAttributes = ReadonlyMap<string, string>;

/** What a point of a metric says; null for a part that is told elsewhere or is a total. */
export interface PointMeaning {
  readonly dialect: string;
  readonly quantity: MetricQuantity;
  readonly cache_convention: CacheConvention;
  readonly reasoning_convention: ReasoningConvention;
  readonly provider: string;
  readonly request_model: string;
  readonly response_model: string;
}

/** Metrics of one family tell parts of one sum; two families of one scope tell the same sum twice. */
interface Family {
  readonly dialect: string;
  readonly cache_convention: CacheConvention;
  readonly reasoning_convention: ReasoningConvention;
  /** Metric → what it counts, or the attribute and the words that say so. */
  readonly metrics: Readonly<Record<string, MetricQuantity | Told>>;
  /** Whose models these are, where no attribute says so. */
  readonly provider?: string;
}

interface Told {
  readonly by: readonly string[];
  readonly words: Readonly<Record<string, MetricQuantity>>;
}

const GEN_AI_WORDS: Told = {
  by: ['gen_ai.token.type', 'gen_ai.usage.token_type', 'llm.usage.token_type'],
  words: { input: 'input', prompt: 'input', output: 'output', completion: 'output' },
};

const FAMILIES: readonly Family[] = [
  {
    dialect: 'otel-genai',
    cache_convention: 'unknown',
    reasoning_convention: 'included',
    metrics: {
      'gen_ai.client.token.usage': GEN_AI_WORDS,
      'operation.cost': 'cost',
      'gen_ai.client.token.cost': 'cost',
    },
  },
  {
    dialect: 'otel-genai-counters',
    cache_convention: 'included',
    reasoning_convention: 'included',
    metrics: {
      'gen_ai.client.inference.usage.input_tokens': 'input',
      'gen_ai.client.inference.usage.cache_read.input_tokens': 'cache_read',
      'gen_ai.client.inference.usage.cache_write.input_tokens': 'cache_write',
      'gen_ai.client.inference.usage.output_tokens': 'output',
      'gen_ai.client.inference.usage.reasoning.output_tokens': 'reasoning',
    },
  },
  {
    dialect: 'otel-genai-operations',
    cache_convention: 'included',
    reasoning_convention: 'included',
    metrics: {
      'gen_ai.client.inference.operation.input_tokens': 'input',
      'gen_ai.client.inference.operation.output_tokens': 'output',
    },
  },
  {
    dialect: 'claude-code',
    cache_convention: 'excluded',
    reasoning_convention: 'included',
    provider: 'anthropic',
    metrics: {
      'claude_code.token.usage': {
        by: ['type'],
        words: {
          input: 'input',
          output: 'output',
          cacheRead: 'cache_read',
          cacheCreation: 'cache_write',
        },
      },
      'claude_code.cost.usage': 'cost',
    },
  },
  {
    dialect: 'codex',
    cache_convention: 'included',
    reasoning_convention: 'included',
    provider: 'openai',
    metrics: {
      'codex.turn.token_usage': {
        by: ['token_type'],
        words: {
          input: 'input',
          cached_input: 'cache_read',
          cache_write_input: 'cache_write',
          output: 'output',
          reasoning_output: 'reasoning',
        },
      },
    },
  },
  {
    // Its prompt holds the cached tokens; thoughts and what tools read are told beside it.
    dialect: 'gemini-cli',
    cache_convention: 'included',
    reasoning_convention: 'excluded',
    provider: 'gcp.gemini',
    metrics: {
      'gemini_cli.token.usage': {
        by: ['type'],
        words: {
          input: 'input',
          tool: 'input',
          output: 'output',
          thought: 'reasoning',
          cache: 'cache_read',
        },
      },
    },
  },
  {
    // Names no model; holds its provider's own input figure, with or without the cache.
    dialect: 'strands',
    cache_convention: 'unknown',
    reasoning_convention: 'included',
    metrics: {
      'strands.event_loop.input.tokens': 'input',
      'strands.event_loop.output.tokens': 'output',
      'strands.event_loop.cache_read.input.tokens': 'cache_read',
      'strands.event_loop.cache_write.input.tokens': 'cache_write',
    },
  },
];

const FAMILY_OF: ReadonlyMap<string, Family> = new Map(
  FAMILIES.flatMap((family) => Object.keys(family.metrics).map((name) => [name, family] as const)),
);

const PROVIDER = ['gen_ai.provider.name', 'gen_ai.system'];
const REQUEST_MODEL = ['gen_ai.request.model', 'model'];
const RESPONSE_MODEL = ['gen_ai.response.model'];

/** Whether points of this metric tell tokens or cost. */
export const tellsUsage = (metric: string): boolean => FAMILY_OF.has(metric);

/** What a point with these attributes counts, or null where it counts nothing of its own. */
export function meaningOfPoint(metric: string, attributes: PointAttributes): PointMeaning | null {
  const family = FAMILY_OF.get(metric);
  if (family === undefined) return null;
  const { dialect, cache_convention, reasoning_convention, metrics } = family;
  const told = metrics[metric]!;
  const quantity = typeof told === 'string' ? told : quantityOf(told, attributes);
  if (quantity === null) return null;
  const said = first(attributes, PROVIDER);
  const provider = said === '' ? (family.provider ?? '') : providerOf(said).provider;
  const request_model = first(attributes, REQUEST_MODEL);
  const response_model = first(attributes, RESPONSE_MODEL);
  const models = { provider, request_model, response_model };
  return { dialect, quantity, cache_convention, reasoning_convention, ...models };
}

/** What is known of a scope's figures, and cannot be told call by call where there is no call. */
const SCOPE_DOUBTS: readonly (readonly [start: string, doubt: Doubt])[] = [
  ['opentelemetry.instrumentation.anthropic', 'stream_output_maybe_plus_start'],
  ['openlit', 'may_be_estimate'],
  ['@openlit/', 'may_be_estimate'],
  ['litellm', 'may_be_estimate'],
];

export function doubtsOfScope(scope: string): readonly Doubt[] {
  return SCOPE_DOUBTS.filter(([start]) => scope.startsWith(start)).map(([, doubt]) => doubt);
}

function quantityOf({ by, words }: Told, attributes: PointAttributes): MetricQuantity | null {
  const word = first(attributes, by);
  return Object.hasOwn(words, word) ? words[word]! : null;
}

function first(attributes: PointAttributes, names: readonly string[]): string {
  for (const name of names) {
    const text = attributes.get(name);
    if (text !== undefined && text !== '') return text;
  }
  return '';
}
