// What a price book is: dated rows of whole 10⁻¹² dollars per token, and how a call finds its row.

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
  readonly prices: ClassPrices;
  /** By rising size; empty for most. */
  readonly tiers: readonly PriceTier[];
  /** The `cost_reason` where each call also costs what no class of tokens holds; '' for most. */
  readonly missing: string;
  /** Classes whose cached tokens cost other than `cache_read`: nobody tells them apart. */
  readonly cached_apart: readonly TokenClass[];
}

export interface PriceBook {
  readonly version: string;
  /**
   * The row for a call that started then, or null for a model that the book does not know. A tier
   * that is not the ordinary one has a price only where a row names it.
   */
  find(provider: string, model: string, time_ns: bigint, service_tier?: string): Price | null;
}

/** What providers answer where a call cost the list price; '' where they said nothing. */
const ORDINARY_TIERS = new Set(['', 'default', 'standard', 'standard_only', 'auto', 'on_demand']);

export function isOrdinaryTier(service_tier: string): boolean {
  return ORDINARY_TIERS.has(service_tier.toLowerCase());
}

export const NO_PRICES: ClassPrices = Object.freeze(
  Object.fromEntries(TOKEN_CLASSES.map((name) => [name, null])) as ClassPrices,
);
