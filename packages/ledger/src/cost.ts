// What a call cost: tokens by class times the book's price per token, all whole numbers. Where a
// price or a figure is missing the cost is null, and the reason says which.

import type { CostReason, Doubt } from './doubts.ts';
import { INPUT_CLASSES, TOKEN_CLASSES, type LedgerRow, type TokenClass } from './ledger-row.ts';
import type { ClassPrices, NoPrice, Price, PriceBook } from './price-book.ts';
import type { Usage } from './usage.ts';

export type Cost = Pick<LedgerRow, 'cost_usd' | 'price_id' | 'price_book' | 'doubts'> & {
  readonly cost_reason: CostReason;
  /** Whether it was reckoned at a price of the public list. */
  readonly is_listed: boolean;
};

export interface Priced {
  readonly org_id: string;
  readonly provider: string;
  readonly request_model: string;
  readonly response_model: string;
  readonly service_tier: string;
  readonly start_time: bigint;
  readonly usage: Usage | null;
  readonly web_searches: number | null;
}

/** The tokens of one class times their price, in 10⁻¹² dollars; `request` is the call itself. */
export interface CostPart {
  readonly name: TokenClass | 'request' | 'search';
  readonly tokens: number;
  readonly usd_per_token: bigint;
  readonly cost_usd: bigint;
}

/** Classes that are billed as another where the list names no price of their own. */
const BILLED_AS: Partial<Record<TokenClass, TokenClass>> = {
  reasoning: 'output',
  image_in: 'input_uncached',
};

export function costOf(call: Priced, book: PriceBook): Cost {
  const price = call.usage === null ? 'no_usage' : priceOf(call, book);
  const known = typeof price === 'string' ? null : price;
  const found = typeof price === 'string' ? price : costAt(price, call);
  return {
    cost_usd: typeof found === 'string' ? null : found,
    cost_reason: typeof found === 'string' ? found : '',
    price_id: known?.id ?? '',
    price_book: book.version,
    doubts: known?.doubts ?? NO_DOUBTS,
    is_listed: known?.is_listed ?? false,
  };
}

/** What the call cost at this price, or why that is not known. */
function costAt(price: Price, { usage, web_searches }: Priced): bigint | CostReason {
  if (usage === null) return 'no_usage';
  if (usage.reason === 'partial_usage') return 'partial_usage';
  if (price.missing !== '') return price.missing;
  const { tokens } = usage;
  const mixed = price.cached_apart.some((name) => (tokens[name] ?? 0) > 0);
  if (mixed && (tokens.cache_read ?? 0) > 0) return 'missing_cache_price';
  const parts = costParts(price, { ...tokens, web_searches }, usage.input_total ?? 0);
  if (typeof parts === 'string') return missing(parts);
  return parts.reduce((sum, part) => sum + part.cost_usd, 0n);
}

/** Emitters round to a millionth of a dollar, and reckon in floating point. */
const ROUNDING_USD = 1_000_000n;
/** One part in this many is still called the same cost. */
const SAME_PART = 50n;

/** Whether what an emitter reports and what the tokens cost by the book are two different costs. */
export function costContradicts(cost_usd: bigint | null, reported_usd: bigint | null): boolean {
  if (cost_usd === null || reported_usd === null) return false;
  const apart = cost_usd > reported_usd ? cost_usd - reported_usd : reported_usd - cost_usd;
  const larger = cost_usd > reported_usd ? cost_usd : reported_usd;
  return apart > ROUNDING_USD && apart * SAME_PART > larger;
}

const NO_DOUBTS: readonly Doubt[] = Object.freeze([]);

/** What each class of a call cost, the call itself and its searches; or the class that has no price. */
export function costParts(
  price: Price,
  counts: Readonly<Record<TokenClass | 'web_searches', number | null>>,
  input_total: number,
): CostPart[] | TokenClass | 'search' {
  const prices = pricesFor(price, input_total);
  const parts: CostPart[] = [];
  for (const name of TOKEN_CLASSES) {
    const tokens = counts[name];
    if (tokens === null || tokens === 0) continue;
    const usd_per_token = priceOfClass(prices, name);
    if (usd_per_token === null) return name;
    parts.push(partOf(name, tokens, usd_per_token));
  }
  const { per_request, per_search } = price;
  if (per_request > 0n) parts.push(partOf('request', 1, per_request));
  const searches = counts.web_searches ?? 0;
  if (searches > 0 && per_search === null) return 'search';
  if (searches > 0 && per_search !== null) parts.push(partOf('search', searches, per_search));
  return parts;
}

function partOf(name: CostPart['name'], tokens: number, usd_per_token: bigint): CostPart {
  return { name, tokens, usd_per_token, cost_usd: BigInt(tokens) * usd_per_token };
}

/** Says more than that a model is not known. */
const TELLING: readonly NoPrice[] = [
  'tier_not_priced',
  'no_price_then',
  'alias_needed',
  'local_model',
];

/** By the model that answered, else by the one that was asked for; else why neither has a price. */
function priceOf(call: Priced, book: PriceBook): Price | NoPrice | 'no_model' {
  const { org_id, provider, start_time: time_ns, service_tier } = call;
  const reasons: NoPrice[] = [];
  const { response_model, request_model } = call;
  for (const model of [response_model, request_model === response_model ? '' : request_model]) {
    if (model === '') continue;
    const price = book.find({ org_id, provider, model, time_ns, service_tier });
    if (typeof price !== 'string') return price;
    reasons.push(price);
  }
  return TELLING.find((reason) => reasons.includes(reason)) ?? reasons[0] ?? 'no_model';
}

function pricesFor(price: Price, input_tokens: number): ClassPrices {
  let found = price.prices;
  for (const tier of price.tiers) if (input_tokens > tier.above_input_tokens) found = tier.prices;
  return found;
}

function priceOfClass(prices: ClassPrices, name: TokenClass): bigint | null {
  const own = prices[name];
  const other = BILLED_AS[name];
  return own ?? (other === undefined ? null : prices[other]);
}

function missing(name: TokenClass | 'search'): CostReason {
  if (name === 'search') return 'missing_request_price';
  if (name.startsWith('cache_')) return 'missing_cache_price';
  return (INPUT_CLASSES as readonly string[]).includes(name)
    ? 'missing_input_price'
    : 'missing_output_price';
}
