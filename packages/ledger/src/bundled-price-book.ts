// The price book that ships with us: the lists of @pydantic/genai-prices, behind the operator's own
// prices, which win. Everything about a model but the time is worked out once and kept.

import { BY_NAME, findListed, LIST_VERSION, readLists, type Lists } from './list-prices.ts';
import {
  compareScopes,
  inDates,
  isFor,
  NO_OWN_PRICES,
  renamed,
  scaled,
  type CallNames,
  type OwnPrices,
  type PriceShare,
} from './own-prices.ts';
import {
  holdsAt,
  isOrdinaryTier,
  type DatedPrice,
  type NoPrice,
  type Price,
  type PriceBook,
  type PriceQuery,
} from './price-book.ts';
import { canonicalProvider, spellingsOf } from './price-model.ts';

export interface PriceBookOptions {
  readonly own?: OwnPrices;
}

const KNOWN_MODELS_MAX = 10_000;

/** What is known of an organisation's model, whatever the time and the tier. */
interface KnownModel {
  /** Own rows of every tier, the narrowest and latest first. */
  readonly own: readonly DatedPrice[];
  readonly tiers: readonly PriceShare[];
  readonly discounts: readonly PriceShare[];
  /** In the list's own order: the last that holds is the price. */
  readonly listed: readonly DatedPrice[] | NoPrice;
  /** What every call in the ordinary tier costs, whenever it was; null where that differs. */
  readonly always: Price | NoPrice | null;
  /** Prices times their shares, made once. */
  readonly scaled: Map<string, Price>;
}

/** In three steps, because a name put together from parts is hashed anew for every call. */
class KnownModels {
  readonly #make: (query: PriceQuery) => KnownModel;
  readonly #organisations = new Map<string, Map<string, Map<string, KnownModel>>>();
  #size = 0;

  constructor(make: (query: PriceQuery) => KnownModel) {
    this.#make = make;
  }

  get(query: PriceQuery): KnownModel {
    const { org_id, provider, model } = query;
    return this.#organisations.get(org_id)?.get(provider)?.get(model) ?? this.#add(query);
  }

  #add(query: PriceQuery): KnownModel {
    if (this.#size >= KNOWN_MODELS_MAX) {
      this.#organisations.clear();
      this.#size = 0;
    }
    const { org_id, provider, model } = query;
    const made = this.#make(query);
    const providers = this.#organisations.get(org_id) ?? new Map<string, Map<string, KnownModel>>();
    const models = providers.get(provider) ?? new Map<string, KnownModel>();
    models.set(model, made);
    providers.set(provider, models);
    this.#organisations.set(org_id, providers);
    this.#size++;
    return made;
  }
}

export function bundledPriceBook({ own = NO_OWN_PRICES }: PriceBookOptions = {}): PriceBook {
  const lists = readLists();
  const ordered = inOrder(own);
  const known = new KnownModels((query) => modelOf(ordered, lists, query));
  return {
    version: own.version === '' ? LIST_VERSION : `${LIST_VERSION}+own-${own.version}`,
    find: (query) => priceAt(known.get(query), query),
    history(query) {
      const { own: rows, listed } = known.get(query);
      return typeof listed === 'string' ? rows : [...rows, ...listed.toReversed()];
    },
  };
}

function inOrder(own: OwnPrices): OwnPrices {
  const byScope = <Entry extends { readonly scope: Parameters<typeof compareScopes>[0] }>(
    entries: readonly Entry[],
    from: (entry: Entry) => bigint,
  ): readonly Entry[] =>
    entries.toSorted((a, b) => compareScopes(a.scope, b.scope) || compare(from(b), from(a)));
  return {
    ...own,
    prices: byScope(own.prices, ({ row }) => row.from_ns),
    tiers: byScope(own.tiers, ({ from_ns }) => from_ns),
    discounts: byScope(own.discounts, ({ from_ns }) => from_ns),
    models: byScope(own.models, () => 0n),
  };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function modelOf(own: OwnPrices, lists: Lists, query: PriceQuery): KnownModel {
  const { provider, model } = renamed(own, query);
  const listed = findListed(lists, provider, model);
  const found = typeof listed === 'string' ? null : listed;
  const spellings = spellingsOf(model).filter(({ exact }) => exact || found?.exact !== true);
  const models = [...spellings.map(({ name }) => name), ...(found === null ? [] : [found.model])];
  const names: CallNames = {
    org_id: query.org_id,
    providers: [canonicalProvider(provider), ...(found === null ? [] : [found.provider])],
    models: models.map((name) => name.toLowerCase()),
  };
  const rows = own.prices
    .filter(({ scope }) => isFor(scope, names))
    .map(({ row, scope }) =>
      names.providers[0] === '' && scope.provider !== '' ? byName(row) : row,
    );
  const discounts = own.discounts.filter(({ scope }) => isFor(scope, names));
  const known = found?.rows ?? (listed as NoPrice);
  return {
    own: rows,
    tiers: own.tiers.filter(({ scope }) => isFor(scope, names)),
    discounts,
    listed: known,
    always: rows.length > 0 || discounts.length > 0 ? null : alwaysOf(known),
    scaled: new Map(),
  };
}

function alwaysOf(listed: KnownModel['listed']): KnownModel['always'] {
  if (typeof listed === 'string') return listed;
  const [row] = listed;
  if (row === undefined || listed.length > 1) return null;
  return row.from_ns === 0n && row.until_ns === null && row.hours === null ? row.price : null;
}

/** The row is of a provider that nobody told. */
function byName(row: DatedPrice): DatedPrice {
  return { ...row, price: { ...row.price, doubts: [BY_NAME] } };
}

function priceAt(model: KnownModel, { time_ns, service_tier = '' }: PriceQuery): Price | NoPrice {
  const tier = isOrdinaryTier(service_tier) ? '' : service_tier.toLowerCase();
  if (tier === '' && model.always !== null) return model.always;
  const ownAt = (wanted: string): Price | undefined =>
    model.own.find((row) => row.service_tier === wanted && holdsAt(row, time_ns))?.price;
  const special = ownAt(tier);
  if (special !== undefined) return special;
  const ordinary = tier === '' ? undefined : ownAt('');
  const listed = ordinary === undefined ? listedAt(model, time_ns) : null;
  const price = ordinary ?? (listed as Price | NoPrice);
  if (typeof price === 'string') return price;
  const shares: PriceShare[] = [];
  if (tier !== '') {
    const share = model.tiers.find((one) => one.service_tier === tier && inDates(one, time_ns));
    if (share === undefined) return 'tier_not_priced';
    shares.push(share);
  }
  const discount =
    listed === null ? undefined : model.discounts.find((one) => inDates(one, time_ns));
  if (discount !== undefined) shares.push(discount);
  return kept(model, price, shares);
}

function listedAt({ listed, own }: KnownModel, time_ns: bigint): Price | NoPrice {
  if (typeof listed !== 'string') {
    const row = listed.findLast((one) => holdsAt(one, time_ns));
    return row === undefined ? 'no_price_then' : row.price;
  }
  return own.some(({ service_tier }) => service_tier === '') ? 'no_price_then' : listed;
}

function kept(model: KnownModel, price: Price, shares: readonly PriceShare[]): Price {
  if (shares.length === 0) return price;
  const key = [price.id, ...shares.map(({ words }) => words)].join('\u0000');
  let found = model.scaled.get(key);
  if (found === undefined) model.scaled.set(key, (found = scaled(price, shares)));
  return found;
}
