// The rows of @pydantic/genai-prices as whole 10⁻¹² dollars per token, each with its dates.

import {
  findProvider,
  TieredPrices,
  type ConditionalPrice,
  type ModelInfo,
  type ModelPrice,
  type Provider,
} from '@pydantic/genai-prices';
import type { Doubt } from './doubts.ts';
import type { TokenClass } from './ledger-row.ts';
import {
  NO_PRICES,
  type ClassPrices,
  type DatedPrice,
  type NoPrice,
  type Price,
  type PriceTier,
} from './price-book.ts';
import { billerOf, listsOf, matches, spellingsOf } from './price-model.ts';
import { picodollarsOfNumber } from './reading/money.ts';

export const LIST_VERSION = 'genai-prices-0.1.8';

/** The lists of the package, by its own ids. It offers no way to ask for all of them. */
const LIST_IDS = [
  'anthropic', 'arcee', 'avian', 'aws', 'azure', 'baseten', 'cerebras', 'cloudflare', 'cohere',
  'cursor', 'deepseek', 'doubleword', 'fireworks', 'github-copilot', 'google', 'groq', 'minimax',
  'mistral', 'modal', 'moonshotai', 'novita', 'openai', 'openrouter', 'ovhcloud', 'perplexity',
  'together', 'typesafe', 'voyageai', 'x-ai', 'zai', 'zhipuai',
]; // prettier-ignore

/** On rows whose provider nobody said: the name of the model told it. */
export const BY_NAME: Doubt = 'price_by_model_name';
/** On rows of a dated snapshot that the list does not name: priced as the model without its date. */
const UNDATED: Doubt = 'price_of_undated_model';

export type Lists = ReadonlyMap<string, Provider>;

export function readLists(): Lists {
  const lists = new Map<string, Provider>();
  for (const id of LIST_IDS) {
    const list = findProvider({ providerId: id });
    if (list !== undefined) lists.set(id, list);
  }
  return lists;
}

export interface Listed {
  /** The list's own name of the model. */
  readonly model: string;
  /** The list of whoever bills it. */
  readonly provider: string;
  /** False where the date of a snapshot was taken off to find it. */
  readonly exact: boolean;
  readonly rows: readonly DatedPrice[];
}

/** The dated rows of a model in the lists of whoever bills it, or why there are none. */
export function findListed(lists: Lists, provider: string, model: string): Listed | NoPrice {
  const biller = billerOf(provider, model, (id) => lists.has(id));
  if (typeof biller === 'string') return biller;
  for (const { name, exact } of spellingsOf(model)) {
    for (const list of listsOf(biller, lists)) {
      const found = list.models.find((entry) => matches(entry.match, name));
      if (found === undefined) continue;
      const doubts = [...(biller.by_name ? [BY_NAME] : []), ...(exact ? [] : [UNDATED])];
      const rows = datedPrices(list, found, doubts);
      return { model: found.id, provider: biller.list, exact, rows };
    }
  }
  return 'unknown_model';
}

function datedPrices(list: Provider, model: ModelInfo, doubts: readonly Doubt[]): DatedPrice[] {
  const rows = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }];
  const id = `${list.id}/${model.id}`;
  const dated = rows.map((row) => datedPrice(id, isFree(model, row) ? FREE : row, doubts));
  const starts = dated.filter(({ hours }) => hours === null).map(({ from_ns }) => from_ns);
  return dated.map((row) => {
    if (row.hours !== null) return row;
    const later = starts.filter((from_ns) => from_ns > row.from_ns);
    return { ...row, until_ns: later.length === 0 ? null : least(later) };
  });
}

const FREE: ConditionalPrice = { prices: { input_mtok: 0, cache_read_mtok: 0, output_mtok: 0 } };

/** A row of a free variant names no price at all. */
function isFree({ id }: ModelInfo, { prices }: ConditionalPrice): boolean {
  return id.endsWith(':free') && Object.keys(prices).length === 0;
}

function least(times: readonly bigint[]): bigint {
  return times.reduce((first, time) => (time < first ? time : first));
}

function datedPrice(id: string, row: ConditionalPrice, doubts: readonly Doubt[]): DatedPrice {
  const { constraint } = row;
  const price = {
    source: LIST_VERSION,
    prices: classPrices(row.prices, 0),
    tiers: tiersOf(row.prices),
    per_request: 0n,
    per_search: perThousand(row.prices['web_searches_kcount']),
    missing: missingOf(row.prices),
    cached_apart: cachedApart(row.prices),
    is_listed: true,
    doubts,
  };
  const always = { from_ns: 0n, until_ns: null, hours: null, service_tier: '' };
  if (constraint === undefined) return { ...always, price: { id, ...price } };
  if (constraint.type === 'start_date') {
    const from_ns = BigInt(Date.parse(constraint.start_date)) * 1_000_000n;
    return { ...always, from_ns, price: { id: `${id}@${constraint.start_date}`, ...price } };
  }
  const hours = {
    start_ms: timeOfDay(constraint.start_time),
    end_ms: timeOfDay(constraint.end_time),
  };
  return { ...always, hours, price: { id: `${id}@${constraint.start_time}`, ...price } };
}

function timeOfDay(text: string): number {
  return Date.parse(`1970-01-01T${text}`);
}

/** Our classes and the list's keys, dollars per million tokens each. */
const KEYS: readonly (readonly [TokenClass, string])[] = [
  ['input_uncached', 'input_mtok'],
  ['cache_read', 'cache_read_mtok'],
  ['cache_write_5m', 'cache_write_mtok'],
  ['cache_write_1h', 'cache_write_1h_mtok'],
  ['output', 'output_mtok'],
  ['reasoning', 'output_reasoning_mtok'],
  ['audio_in', 'input_audio_mtok'],
  ['audio_out', 'output_audio_mtok'],
  ['image_in', 'input_image_mtok'],
  ['image_out', 'output_image_mtok'],
];

/** Cached tokens of a class: at the price of all cached ones where that is the same. */
const CACHED: readonly (readonly [TokenClass, string])[] = [
  ['audio_in', 'cache_audio_read_mtok'],
  ['image_in', 'cache_image_read_mtok'],
];

/** Only some calls use these, and no record says how much: such a use is not in the cost. */
const NOT_SEEN = ['storage_searches_kcount', 'input_video_mtok'];

const BOOKED = new Set(
  [...KEYS, ...CACHED].map(([, key]) => key).concat(NOT_SEEN, 'web_searches_kcount'),
);

/** Prices by request, page or hour, and of tokens that we have no class for. */
function missingOf(prices: ModelPrice): Price['missing'] {
  const keys = Object.keys(prices).filter((key) => !BOOKED.has(key));
  if (keys.length === 0) return '';
  const tokens = keys.every((key) => key.startsWith('output_') && key.endsWith('_mtok'));
  return tokens ? 'missing_output_price' : 'missing_request_price';
}

function cachedApart(prices: ModelPrice): readonly TokenClass[] {
  const text = prices['cache_read_mtok'];
  const apart = CACHED.filter(([, key]) => prices[key] !== undefined && prices[key] !== text);
  return apart.map(([name]) => name);
}

/** Prices for a call whose input is just above `size`. */
function classPrices(prices: ModelPrice, size: number): ClassPrices {
  const found: Record<TokenClass, bigint | null> = { ...NO_PRICES };
  for (const [name, key] of KEYS) found[name] = perToken(amountAt(prices[key], size));
  return found;
}

function amountAt(price: number | TieredPrices | undefined, size: number): number | null {
  if (price === undefined) return null;
  if (typeof price === 'number') return price;
  let amount = price.base;
  for (const tier of price.tiers) if (size >= tier.start && size > 0) amount = tier.price;
  return amount;
}

/** Dollars per million tokens × 10⁶ = 10⁻¹² dollars per token; rounded here and nowhere else. */
function perToken(dollars_per_million: number | null): bigint | null {
  const pico = dollars_per_million === null ? null : picodollarsOfNumber(dollars_per_million);
  return pico === null ? null : (pico + 500_000n) / 1_000_000n;
}

/** Dollars per thousand as 10⁻¹² dollars each. */
function perThousand(price: number | TieredPrices | undefined): bigint | null {
  const dollars = amountAt(price, 0);
  const pico = dollars === null ? null : picodollarsOfNumber(dollars);
  return pico === null ? null : (pico + 500n) / 1_000n;
}

function tiersOf(prices: ModelPrice): readonly PriceTier[] {
  const sizes = new Set<number>();
  for (const price of Object.values(prices)) {
    if (typeof price === 'object') for (const tier of price.tiers) sizes.add(tier.start);
  }
  return [...sizes]
    .sort((a, b) => a - b)
    .map((size) => ({ above_input_tokens: size, prices: classPrices(prices, size) }));
}
