// What a book says about a model, as plain data for people and programs: the row that holds, where it
// comes from, its tiers, and every row it had. Prices are dollars per million tokens, as lists write them.

import { COST_REASONS } from './doubts.ts';
import { TOKEN_CLASSES, type TokenClass } from './ledger-row.ts';
import {
  holdsAt,
  type ClassPrices,
  type DatedPrice,
  type NoPrice,
  type Price,
  type PriceBook,
  type PriceQuery,
} from './price-book.ts';
import { usd } from './usd.ts';

export interface DescribedPrice {
  readonly price_id: string;
  readonly source: string;
  /** '' for the ordinary one. */
  readonly service_tier: string;
  /** Null for "always", and where no end is known. */
  readonly from: string | null;
  readonly until: string | null;
  /** Hours of each UTC day, as in `00:30–16:30`; '' for all. */
  readonly hours: string;
  /** True for the row that prices a call of the time asked for. */
  readonly holds: boolean;
  readonly usd_per_million: Partial<Record<TokenClass, string>>;
  readonly above: readonly {
    readonly input_tokens: number;
    readonly usd_per_million: Partial<Record<TokenClass, string>>;
  }[];
  readonly usd_per_request: string | null;
  readonly usd_per_search: string | null;
  /** Why its cost is null all the same: each call also costs what nobody counts. */
  readonly cost_reason: string;
  readonly doubts: readonly string[];
}

export interface PriceDescription {
  readonly price_book: string;
  readonly org_id: string;
  readonly provider: string;
  readonly model: string;
  readonly service_tier: string;
  readonly at: string;
  /** What a call costs; null with a reason. */
  readonly price: DescribedPrice | null;
  readonly reason: NoPrice | null;
  readonly means: string | null;
  readonly remedy: string | null;
  /** The rows it has or had, those of the operator first. */
  readonly history: readonly DescribedPrice[];
}

export function describePrice(book: PriceBook, query: PriceQuery): PriceDescription {
  const { org_id, provider, model, time_ns, service_tier = '' } = query;
  const found = book.find(query);
  const history = book.history(query);
  const reason = typeof found === 'string' ? found : null;
  const base = reason === null ? baseOf(history, found as Price, time_ns) : undefined;
  return {
    price_book: book.version,
    ...{ org_id, provider, model, service_tier },
    at: timeText(time_ns),
    price: typeof found === 'string' ? null : described(found, base, true),
    reason,
    means: reason === null ? null : COST_REASONS[reason].means,
    remedy: reason === null ? null : COST_REASONS[reason].remedy,
    history: history.map((row) => described(row.price, row, row === base)),
  };
}

/** The row behind a price: the price itself, or the one that shares and discounts were taken of. */
function baseOf(
  history: readonly DatedPrice[],
  found: Price,
  time_ns: bigint,
): DatedPrice | undefined {
  return history.find(
    (row) =>
      holdsAt(row, time_ns) &&
      (row.price.id === found.id || found.id.startsWith(`${row.price.id} (`)),
  );
}

function described(price: Price, row: DatedPrice | undefined, holds: boolean): DescribedPrice {
  return {
    price_id: price.id,
    source: price.source,
    service_tier: row?.service_tier ?? '',
    from: row === undefined || row.from_ns === 0n ? null : timeText(row.from_ns),
    until: row === undefined || row.until_ns === null ? null : timeText(row.until_ns),
    hours: hoursText(row),
    holds,
    usd_per_million: perMillion(price.prices),
    above: price.tiers.map((tier) => ({
      input_tokens: tier.above_input_tokens,
      usd_per_million: perMillion(tier.prices),
    })),
    usd_per_request: price.per_request === 0n ? null : usd(price.per_request),
    usd_per_search: usd(price.per_search),
    cost_reason: price.missing,
    doubts: price.doubts,
  };
}

function perMillion(prices: ClassPrices): Partial<Record<TokenClass, string>> {
  const texts: Partial<Record<TokenClass, string>> = {};
  for (const name of TOKEN_CLASSES) {
    const amount = prices[name];
    if (amount !== null) texts[name] = usd(amount * 1_000_000n) ?? '';
  }
  return texts;
}

function timeText(time_ns: bigint): string {
  const text = new Date(Number(time_ns / 1_000_000n)).toISOString();
  return text.replace(/T00:00:00\.000Z$/, '').replace(/\.000Z$/, 'Z');
}

function hoursText(row: DatedPrice | undefined): string {
  if (row === undefined || row.hours === null) return '';
  const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
  return `${clock(row.hours.start_ms)}–${clock(row.hours.end_ms)}`;
}
