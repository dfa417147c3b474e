// The price book that ships with us: the dated rows of @pydantic/genai-prices as whole 10⁻¹² dollars
// per token, behind the operator's own rows, which win.

import {
  findProvider,
  TieredPrices,
  type ConditionalPrice,
  type ModelInfo,
  type ModelPrice,
  type Provider,
} from '@pydantic/genai-prices';
import { picodollarsOfNumber } from './reading/money.ts';
import {
  isOrdinaryTier,
  NO_PRICES,
  type ClassPrices,
  type Price,
  type PriceBook,
  type PriceTier,
} from './price-book.ts';
import { matches, prefixOf, providersFor, spellingsOf } from './price-model.ts';
import type { TokenClass } from './ledger-row.ts';

/** A price of the operator's own: negotiated, or of a model that no list knows. */
export interface PriceOverride {
  readonly id: string;
  /** As in the ledger: `openai`, `aws.bedrock`, …; '' for any provider. */
  readonly provider: string;
  /** The model as the ledger shows it. */
  readonly model: string;
  /** Of calls in this tier, as the provider names it (`batch`, `flex`); left out for the ordinary. */
  readonly service_tier?: string;
  /** Holds for calls that start from here on; 0n for always. */
  readonly from_time: bigint;
  readonly prices: Partial<ClassPrices>;
  readonly tiers?: readonly PriceTier[];
}

export interface PriceBookOptions {
  readonly overrides?: readonly PriceOverride[];
}

const BOOK_VERSION = 'genai-prices-0.1.8';

/** The lists of the package, by its own ids. It offers no way to ask for all of them. */
const LIST_IDS = [
  'anthropic', 'arcee', 'avian', 'aws', 'azure', 'baseten', 'cerebras', 'cloudflare', 'cohere',
  'cursor', 'deepseek', 'doubleword', 'fireworks', 'github-copilot', 'google', 'groq', 'minimax',
  'mistral', 'modal', 'moonshotai', 'novita', 'openai', 'openrouter', 'ovhcloud', 'perplexity',
  'together', 'typesafe', 'voyageai', 'x-ai', 'zai', 'zhipuai',
]; // prettier-ignore

const FOUND_MAX = 10_000;

export function bundledPriceBook(options: PriceBookOptions = {}): PriceBook {
  const overrides = [...(options.overrides ?? [])].sort((a, b) =>
    a.from_time < b.from_time ? 1 : -1,
  );
  const lists = new Map<string, Provider>();
  for (const id of LIST_IDS) {
    const list = findProvider({ providerId: id });
    if (list !== undefined) lists.set(id, list);
  }
  const models = new Map<string, DatedPrice[] | null>();
  return {
    version: overrides.length === 0 ? BOOK_VERSION : `${BOOK_VERSION}+overrides`,
    find(provider, model, time_ns, service_tier = '') {
      const tier = isOrdinaryTier(service_tier) ? '' : service_tier.toLowerCase();
      const own = overrideFor(overrides, provider, model, time_ns, tier);
      if (own !== null || tier !== '') return own;
      const key = `${provider}\u0000${model}`;
      let dated = models.get(key);
      if (dated === undefined) {
        if (models.size >= FOUND_MAX) models.clear();
        models.set(key, (dated = findModel(lists, provider, model)));
      }
      return dated === null ? null : priceAt(dated, time_ns);
    },
  };
}

function overrideFor(
  overrides: readonly PriceOverride[],
  provider: string,
  model: string,
  time_ns: bigint,
  tier: string,
): Price | null {
  const row = overrides.find(
    (own) =>
      own.model === model &&
      (own.service_tier ?? '').toLowerCase() === tier &&
      (own.provider === '' || own.provider === provider) &&
      own.from_time <= time_ns,
  );
  if (row === undefined) return null;
  const prices = { ...NO_PRICES, ...row.prices };
  return { id: row.id, prices, tiers: row.tiers ?? [], missing: '', cached_apart: [] };
}

function findModel(
  lists: ReadonlyMap<string, Provider>,
  provider: string,
  model: string,
): DatedPrice[] | null {
  const who = lists.has(provider) || provider !== '' ? provider : prefixOf(model);
  for (const spelling of spellingsOf(model)) {
    for (const list of providersFor(who, spelling, lists)) {
      const found = list.models.find((entry) => matches(entry.match, spelling));
      if (found !== undefined) return datedPrices(list, found);
    }
  }
  return null;
}

/** A row and when it holds; a row for some hours of the day holds only in those. */
interface DatedPrice {
  readonly from_ns: bigint;
  readonly hours: { readonly start_ms: number; readonly end_ms: number } | null;
  readonly price: Price;
}

function datedPrices(list: Provider, model: ModelInfo): DatedPrice[] {
  const rows = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }];
  return rows.map((row) => datedPrice(`${list.id}/${model.id}`, row));
}

const DAY_MS = 86_400_000;

function datedPrice(id: string, row: ConditionalPrice): DatedPrice {
  const { constraint } = row;
  const price = {
    prices: classPrices(row.prices, 0),
    tiers: tiersOf(row.prices),
    missing: missingOf(row.prices),
    cached_apart: cachedApart(row.prices),
  };
  if (constraint === undefined) return { from_ns: 0n, hours: null, price: { id, ...price } };
  if (constraint.type === 'start_date') {
    const from_ns = BigInt(Date.parse(constraint.start_date)) * 1_000_000n;
    return { from_ns, hours: null, price: { id: `${id}@${constraint.start_date}`, ...price } };
  }
  const hours = {
    start_ms: timeOfDay(constraint.start_time),
    end_ms: timeOfDay(constraint.end_time),
  };
  return { from_ns: 0n, hours, price: { id: `${id}@${constraint.start_time}`, ...price } };
}

function timeOfDay(text: string): number {
  return Date.parse(`1970-01-01T${text}`);
}

/** The last row that holds at that time, as in the list's own order. */
function priceAt(dated: readonly DatedPrice[], time_ns: bigint): Price | null {
  const ms = Number((time_ns / 1_000_000n) % BigInt(DAY_MS));
  for (let i = dated.length - 1; i >= 0; i--) {
    const { from_ns, hours, price } = dated[i] as DatedPrice;
    if (from_ns <= time_ns && (hours === null || holdsAt(hours, ms))) return price;
  }
  return null;
}

function holdsAt(
  hours: { readonly start_ms: number; readonly end_ms: number },
  ms: number,
): boolean {
  const { start_ms, end_ms } = hours;
  return start_ms <= end_ms ? ms >= start_ms && ms < end_ms : ms >= start_ms || ms < end_ms;
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
const NOT_SEEN = ['web_searches_kcount', 'storage_searches_kcount', 'input_video_mtok'];

const BOOKED = new Set([...KEYS, ...CACHED].map(([, key]) => key).concat(NOT_SEEN));

/** Prices by request, page or hour, and of tokens that we have no class for. */
function missingOf(prices: ModelPrice): string {
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

function tiersOf(prices: ModelPrice): readonly PriceTier[] {
  const sizes = new Set<number>();
  for (const price of Object.values(prices)) {
    if (typeof price === 'object') for (const tier of price.tiers) sizes.add(tier.start);
  }
  return [...sizes]
    .sort((a, b) => a - b)
    .map((size) => ({ above_input_tokens: size, prices: classPrices(prices, size) }));
}
