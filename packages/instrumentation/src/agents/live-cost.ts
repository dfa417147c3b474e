// What a stream has cost so far. The program reads its stream through this, chunk by chunk as ever; the
// prices are its own, because a price list does not belong into an agent.

import type { Attributes } from '@opentelemetry/api';
import { given } from '../context/given.ts';
import { putUsage } from './result-usage.ts';
import { count, list } from '../calls/request.ts';
import { safely } from '../safely.ts';
import * as names from '../semantic-conventions.ts';

/** USD for a million tokens, as a decimal: `'2.50'`. A number is read as it is printed. */
export type Price = string | number;

export interface LiveCostOptions {
  price: { input: Price; output: Price; cacheRead?: Price; cacheWrite?: Price };
  /** As `countTokens` tells it; until the provider does. */
  inputTokens?: number;
  /** Called after each chunk that changed something. */
  onCost?: (cost: LiveCost) => void;
}

export interface LiveCost {
  readonly input_tokens: number | null;
  readonly output_tokens: number;
  /** True until the provider has told its usage. */
  readonly estimated: boolean;
  /** A decimal with twelve places at most; null where tokens or prices are not known. */
  readonly cost_usd: string | null;
}

export type Metered<T> = AsyncIterable<T> & { readonly cost: LiveCost };

const CHARACTERS_PER_TOKEN = 4;
const PLACES = 12;

/** The same chunks in the same order; `cost` is what they come to so far. Never throws of itself. */
export function liveCost<T>(stream: AsyncIterable<T>, options: LiveCostOptions): Metered<T> {
  const meter = new Meter(options);
  return {
    get cost() {
      return meter.cost();
    },
    [Symbol.asyncIterator]() {
      const inner = stream[Symbol.asyncIterator]();
      return {
        next: async (...given) => {
          const step = await inner.next(...given);
          if (step.done !== true) safely('a chunk', () => meter.read(step.value));
          return step;
        },
        return: async (value) =>
          (await inner.return?.(value)) ?? { done: true, value: value as unknown },
        throw: async (error: unknown) => {
          if (inner.throw === undefined) throw error;
          return inner.throw(error);
        },
      };
    },
  };
}

class Meter {
  readonly #options: unknown;
  readonly #usage: Attributes = {};
  #characters = 0;

  constructor(options: unknown) {
    this.#options = options;
  }

  read(chunk: unknown): void {
    const characters = textLength(chunk);
    this.#characters += characters;
    const usage = usageIn(chunk) ?? usageIn(given(chunk, 'response'));
    // How a message begins: its input is told, its output is not yet made.
    const first = usageIn(given(chunk, 'message'));
    if (usage !== undefined) putUsage(this.#usage, usage);
    if (first !== undefined) {
      putUsage(this.#usage, first);
      delete this.#usage[names.USAGE_OUTPUT_TOKENS];
    }
    if (characters === 0 && usage === undefined && first === undefined) return;
    const onCost = given(this.#options, 'onCost');
    if (typeof onCost === 'function') {
      safely('onCost', () => void (onCost as (cost: LiveCost) => void)(this.cost()));
    }
  }

  cost(): LiveCost {
    const told = this.#told(names.USAGE_OUTPUT_TOKENS);
    const output_tokens = told ?? Math.ceil(this.#characters / CHARACTERS_PER_TOKEN);
    const before = given(this.#options, 'inputTokens');
    const input_tokens = this.#told(names.USAGE_INPUT_TOKENS) ?? count(before);
    const cost = safely('a cost', () => this.#cost_picoUsd(input_tokens, output_tokens)) ?? null;
    const cost_usd = cost === null ? null : decimalOf(cost);
    return { input_tokens, output_tokens, estimated: told === null, cost_usd };
  }

  #told(name: string): number | null {
    return count(this.#usage[name]);
  }

  #cost_picoUsd(input: number | null, output: number): bigint | null {
    if (input === null) return null;
    const read = this.#told(names.USAGE_CACHE_READ_INPUT_TOKENS) ?? 0;
    const write = this.#told(names.USAGE_CACHE_WRITE_INPUT_TOKENS) ?? 0;
    const parts = [
      ['input', Math.max(0, input - read - write)],
      ['output', output],
      ['cacheRead', read],
      ['cacheWrite', write],
    ] as const;
    let sum = 0n;
    for (const [name, tokens] of parts) {
      if (tokens === 0) continue;
      const price = picoUsdPerToken(given(given(this.#options, 'price'), name));
      if (price === null) return null;
      sum += price * BigInt(tokens);
    }
    return sum;
  }
}

/** USD for a million tokens are 10^6 units of 10^-12 USD for one. */
function picoUsdPerToken(price: unknown): bigint | null {
  const written = typeof price === 'number' || typeof price === 'string' ? String(price) : '';
  const [, whole = '', part = ''] = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(written) ?? [];
  return whole === '' ? null : BigInt(whole) * 1_000_000n + BigInt(part.padEnd(6, '0'));
}

function decimalOf(picoUsd: bigint): string {
  const digits = String(picoUsd).padStart(PLACES + 1, '0');
  const cut = digits.length - PLACES;
  return `${digits.slice(0, cut)}.${digits.slice(cut)}`.replace(/\.?0+$/, '');
}

function usageIn(chunk: unknown): object | undefined {
  for (const field of ['usage', 'totalUsage', 'usageMetadata', 'usage_metadata']) {
    const usage = given(chunk, field);
    if (typeof usage === 'object' && usage !== null) return usage;
  }
  return undefined;
}

/** Of text, of thoughts and of what tools are given, in the chunks of the usual streams. */
function textLength(chunk: unknown): number {
  if (typeof chunk === 'string') return chunk.length;
  const delta = given(chunk, 'delta');
  const direct = [delta, given(chunk, 'text'), given(chunk, 'textDelta')];
  const parts = [
    ...direct,
    ...['text', 'thinking', 'partial_json'].map((field) => given(delta, field)),
    ...list(given(chunk, 'choices')).flatMap((choice) => deltaTexts(given(choice, 'delta'))),
  ];
  return parts.reduce((sum: number, part) => sum + (typeof part === 'string' ? part.length : 0), 0);
}

function deltaTexts(delta: unknown): unknown[] {
  const calls = list(given(delta, 'tool_calls')).map((call) =>
    given(given(call, 'function'), 'arguments'),
  );
  return [given(delta, 'content'), given(delta, 'refusal'), given(delta, 'reasoning'), ...calls];
}
