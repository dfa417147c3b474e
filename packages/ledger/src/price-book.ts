// What a price book is: dated rows of whole 10⁻¹² dollars per token, and how a call finds its row, or
// the reason why there is none.

import type { Doubt } from './doubts.ts';
import { TOKEN_CLASSES, type TokenClass } from './ledger-row.ts';

/** 10⁻¹² dollars per token of each class; null where the list names no price. */
export type ClassPrices = Readonly<Record<TokenClass, bigint | null>>;

/** Other prices from a size of input on: all tokens of the call cost these. */
export interface PriceTier {
  /** The tier holds when the call's whole input is larger than this. */
  readonly above_input_tokens: number;
  readonly prices: ClassPrices;
}

export interface Price {
  /** Names the row for people: `openai/gpt-4o@2024-08-06`. */
  readonly id: string;
  /** Where the row comes from: a list and its release, or a file and the entry in it. */
  readonly source: string;
  readonly prices: ClassPrices;
  /** By rising size; empty for most. */
  readonly tiers: readonly PriceTier[];
  /** What each call costs beside its tokens, in 10⁻¹² dollars. */
  readonly per_request: bigint;
  /** What each search within a call costs, in 10⁻¹² dollars; null where no price is known. */
  readonly per_search: bigint | null;
  /** The `cost_reason` where each call also costs what no class of tokens holds; '' for most. */
  readonly missing: '' | 'missing_output_price' | 'missing_request_price';
  /** Classes whose cached tokens cost other than `cache_read`: nobody tells them apart. */
  readonly cached_apart: readonly TokenClass[];
  /** What was assumed to find the row, as doubts of the ledger row. */
  readonly doubts: readonly Doubt[];
  /** As the public list has it: what emitters reckon with. False for a price or a share of one's own. */
  readonly is_listed: boolean;
}

/** A row with the time that it holds for. */
export interface DatedPrice {
  /** 0n for always. */
  readonly from_ns: bigint;
  /** Null where no end is known. */
  readonly until_ns: bigint | null;
  /** A row for some hours of each UTC day holds in those only. */
  readonly hours: { readonly start_ms: number; readonly end_ms: number } | null;
  /** '' for the ordinary one. */
  readonly service_tier: string;
  readonly price: Price;
}

export interface PriceQuery {
  readonly org_id: string;
  /** As the ledger shows it; '' where nobody said it. */
  readonly provider: string;
  readonly model: string;
  readonly time_ns: bigint;
  /** As the provider names it; '' or left out for the ordinary one. */
  readonly service_tier?: string;
}

/** Why a book has no price for a call. */
export type NoPrice =
  | 'unknown_model'
  | 'unknown_provider'
  | 'no_provider'
  | 'local_model'
  | 'alias_needed'
  | 'no_price_then'
  | 'tier_not_priced';

export interface PriceBook {
  /** Names the book on every row; another content has another name. */
  readonly version: string;
  /**
   * The row for a call that started then, or why there is none. A tier that is not the ordinary one
   * has a price only where a row or a share of the ordinary price names it.
   */
  find(query: PriceQuery): Price | NoPrice;
  /** Every row that a model has or had, the one that holds first for each time before the others. */
  history(query: PriceQuery): readonly DatedPrice[];
}

/** What providers answer where a call cost the list price; '' where they said nothing. */
const ORDINARY_TIERS = new Set(['', 'default', 'standard', 'standard_only', 'auto', 'on_demand']);

export function isOrdinaryTier(service_tier: string): boolean {
  return service_tier === '' || ORDINARY_TIERS.has(service_tier.toLowerCase());
}

export const NO_PRICES: ClassPrices = Object.freeze(
  Object.fromEntries(TOKEN_CLASSES.map((name) => [name, null])) as ClassPrices,
);

const DAY_MS = 86_400_000;
const NS_PER_MS = 1_000_000n;

export function holdsAt({ from_ns, until_ns, hours }: DatedPrice, time_ns: bigint): boolean {
  if (from_ns > time_ns || (until_ns !== null && until_ns <= time_ns)) return false;
  if (hours === null) return true;
  const { start_ms, end_ms } = hours;
  const ms = Number((time_ns / NS_PER_MS) % BigInt(DAY_MS));
  return start_ms <= end_ms ? ms >= start_ms && ms < end_ms : ms >= start_ms || ms < end_ms;
}
