// What a call cost: tokens by class times the book's price per token, all whole numbers. Where a
// price or a figure is missing the cost is null, and the reason says which.

import { INPUT_CLASSES, TOKEN_CLASSES, type LedgerRow, type TokenClass } from './ledger-row.ts';
import { isOrdinaryTier, type ClassPrices, type Price, type PriceBook } from './price-book.ts';
import type { Usage } from './usage.ts';

export type Cost = Pick<LedgerRow, 'cost_usd' | 'cost_reason' | 'price_id' | 'price_book'>;

export interface Priced {
  readonly provider: string;
  readonly request_model: string;
  readonly response_model: string;
  readonly service_tier: string;
  readonly start_time: bigint;
  readonly usage: Usage | null;
}

/** The tokens of one class times their price, in 10⁻¹² dollars. */
export interface CostPart {
  readonly name: TokenClass;
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
  const none = { cost_usd: null, price_id: '', price_book: book.version };
  if (call.usage === null) return { ...none, cost_reason: 'no_usage' };
  const price = priceOf(call, call.service_tier, book);
  if (price === null) return { ...none, cost_reason: whyNoPrice(call, book) };
  const priced = { ...none, price_id: price.id };
  if (call.usage.reason === 'partial_usage') return { ...priced, cost_reason: 'partial_usage' };
  if (price.missing !== '') return { ...priced, cost_reason: price.missing };
  const { tokens } = call.usage;
  const mixed = price.cached_apart.some((name) => (tokens[name] ?? 0) > 0);
  if (mixed && (tokens.cache_read ?? 0) > 0)
    return { ...priced, cost_reason: 'missing_cache_price' };
  const parts = costParts(price, tokens, call.usage.input_total ?? 0);
  if (typeof parts === 'string') return { ...priced, cost_reason: missing(parts) };
  return {
    ...priced,
    cost_usd: parts.reduce((sum, part) => sum + part.cost_usd, 0n),
    cost_reason: '',
  };
}

/** What each class of a call cost, or the class that has no price. */
export function costParts(
  price: Price,
  counts: Readonly<Record<TokenClass, number | null>>,
  input_total: number,
): CostPart[] | TokenClass {
  const prices = pricesFor(price, input_total);
  const parts: CostPart[] = [];
  for (const name of TOKEN_CLASSES) {
    const tokens = counts[name];
    if (tokens === null || tokens === 0) continue;
    const usd_per_token = priceOfClass(prices, name);
    if (usd_per_token === null) return name;
    parts.push({ name, tokens, usd_per_token, cost_usd: BigInt(tokens) * usd_per_token });
  }
  return parts;
}

/** By the model that answered, else by the one that was asked for. */
function priceOf(call: Priced, tier: string, book: PriceBook): Price | null {
  for (const model of [call.response_model, call.request_model]) {
    const price = model === '' ? null : book.find(call.provider, model, call.start_time, tier);
    if (price !== null) return price;
  }
  return null;
}

function whyNoPrice(call: Priced, book: PriceBook): string {
  if (call.request_model === '' && call.response_model === '') return 'no_model';
  const other = !isOrdinaryTier(call.service_tier) && priceOf(call, '', book) !== null;
  return other ? 'tier_not_priced' : 'unknown_model';
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

function missing(name: TokenClass): string {
  if (name.startsWith('cache_')) return 'missing_cache_price';
  return (INPUT_CLASSES as readonly string[]).includes(name)
    ? 'missing_input_price'
    : 'missing_output_price';
}
