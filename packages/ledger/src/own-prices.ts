// The operator's own prices: negotiated rows, shares for tiers, discounts, other names of models and
// providers, and display currencies. Plain data, and which entry of it holds for a call.

import type { ClassPrices, DatedPrice, Price, PriceQuery } from './price-book.ts';
import { canonicalProvider, spellingsOf } from './price-model.ts';

/** Which calls an entry is for; '' is "any". */
export interface Scope {
  readonly org_id: string;
  readonly provider: string;
  /** A model's name, or the begin of one and `*`. */
  readonly model: string;
}

interface Dates {
  readonly from_ns: bigint;
  readonly until_ns: bigint | null;
}

export interface OwnPrice {
  readonly scope: Scope;
  readonly row: DatedPrice;
}

/** A share of another price: of the ordinary one for a tier, or of the list price for a discount. */
export interface PriceShare extends Dates {
  readonly scope: Scope;
  /** '' for a discount of the list price, whatever the tier. */
  readonly service_tier: string;
  /** In millionths: 500,000 is half. */
  readonly share: bigint;
  readonly words: string;
}

export interface ModelAlias {
  readonly scope: Scope;
  /** '' keeps what the telemetry says. */
  readonly provider: string;
  readonly model: string;
}

export interface ProviderAlias {
  readonly name: string;
  readonly provider: string;
}

/** For reports only: what is stored stays in dollars. */
export interface DisplayCurrency {
  readonly code: string;
  /** How much of it one dollar is, in 10⁻¹². */
  readonly per_usd: bigint;
  /** The day of the rate. */
  readonly date: string;
}

export interface OwnPrices {
  /** Names the content that prices calls; '' for none. */
  readonly version: string;
  readonly prices: readonly OwnPrice[];
  readonly tiers: readonly PriceShare[];
  readonly discounts: readonly PriceShare[];
  readonly models: readonly ModelAlias[];
  readonly providers: readonly ProviderAlias[];
  readonly currencies: readonly DisplayCurrency[];
}

export const NO_OWN_PRICES: OwnPrices = Object.freeze({
  version: '',
  prices: [],
  tiers: [],
  discounts: [],
  models: [],
  providers: [],
  currencies: [],
});

/** A call by every name that an entry may know it by. */
export interface CallNames {
  readonly org_id: string;
  readonly providers: readonly string[];
  readonly models: readonly string[];
}

export function isFor(scope: Scope, names: CallNames): boolean {
  if (scope.org_id !== '' && scope.org_id !== names.org_id) return false;
  if (scope.provider !== '' && !names.providers.includes(canonicalProvider(scope.provider))) {
    return false;
  }
  if (scope.model === '') return true;
  const wanted = scope.model.toLowerCase();
  const begin = wanted.endsWith('*') ? wanted.slice(0, -1) : null;
  return names.models.some((name) => (begin === null ? name === wanted : name.startsWith(begin)));
}

/** The narrower scope first: an organisation's own, then a provider's, then one model's. */
export function compareScopes(a: Scope, b: Scope): number {
  const width = ({ org_id, provider, model }: Scope): number =>
    (org_id === '' ? 4 : 0) +
    (model === '' || model.endsWith('*') ? 2 : 0) +
    (provider === '' ? 1 : 0);
  return width(a) - width(b) || b.model.length - a.model.length;
}

/** Who the call is of, and the model that priced it, by the operator's names. */
export function renamed(own: OwnPrices, query: PriceQuery): { provider: string; model: string } {
  const { org_id, model } = query;
  const said = canonicalProvider(query.provider);
  const named = own.providers.find(({ name }) => canonicalProvider(name) === said);
  const provider = named?.provider ?? query.provider;
  const providers = [canonicalProvider(provider), said];
  const models = spellingsOf(model)
    .filter(({ exact }) => exact)
    .map(({ name }) => name.toLowerCase());
  const alias = own.models.find(({ scope }) => isFor(scope, { org_id, providers, models }));
  if (alias === undefined) return { provider, model };
  return { provider: alias.provider || provider, model: alias.model };
}

const WHOLE = 1_000_000n;

/** The price times each share, rounded half up once, and named after them. */
export function scaled(price: Price, shares: readonly PriceShare[]): Price {
  if (shares.length === 0) return price;
  const numerator = shares.reduce((product, { share }) => product * share, 1n);
  const denominator = WHOLE ** BigInt(shares.length);
  const times = (amount: bigint): bigint => (amount * numerator + denominator / 2n) / denominator;
  const timesEach = (prices: ClassPrices): ClassPrices =>
    Object.fromEntries(
      Object.entries(prices).map(([name, amount]) => [
        name,
        amount === null ? null : times(amount),
      ]),
    ) as ClassPrices;
  return {
    ...price,
    id: `${price.id} (${shares.map(({ words }) => words).join(', ')})`,
    is_listed: false,
    prices: timesEach(price.prices),
    tiers: price.tiers.map((tier) => ({ ...tier, prices: timesEach(tier.prices) })),
    per_request: times(price.per_request),
    per_search: price.per_search === null ? null : times(price.per_search),
  };
}

export function inDates({ from_ns, until_ns }: Dates, time_ns: bigint): boolean {
  return from_ns <= time_ns && (until_ns === null || time_ns < until_ns);
}

/** Dollars in another currency, rounded half up to its 10⁻¹²; for reports, never stored. */
export function inCurrency(cost_usd: bigint | null, { per_usd }: DisplayCurrency): bigint | null {
  if (cost_usd === null) return null;
  const size = cost_usd < 0n ? -cost_usd : cost_usd;
  const amount = (size * per_usd + ONE_USD / 2n) / ONE_USD;
  return cost_usd < 0n ? -amount : amount;
}

const ONE_USD = 10n ** 12n;
