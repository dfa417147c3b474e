// The routes about prices: what a model costs and why, what has no price, and recosting, which is the
// only one of all routes that writes and asks for the role admin.

import { describePrice, settle, SpanledgerError, usd } from '@spanledger/ledger';
import type {
  FrozenDifference,
  ModelDifference,
  RecostPlace,
  UnpricedRow,
} from '@spanledger/store';
import { LIMIT, MODEL, PERIOD, RECOST } from './parameters.ts';
import { period, route, type Route } from './route.ts';
import type { Period } from './times.ts';
import type { Stages } from '../stages.ts';
import { Busy } from '../receive/try-later.ts';

const NS_PER_MS = 1_000_000n;

export function priceRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/prices',
      meaning: 'The price row of a model at a time, its source, its tiers and its history.',
      parameters: MODEL,
      answer: (caller, { model, provider = '', tier = '', org, at }) => {
        const org_id = ownOrganisation(caller, org);
        const time_ns = BigInt(at ?? Date.now()) * NS_PER_MS;
        const query = { org_id, provider, model, time_ns, service_tier: tier };
        return describePrice(stages.prices.book, query);
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/unpriced',
      meaning: 'The models of a period whose calls have tokens and no cost, and why.',
      parameters: { ...PERIOD, ...LIMIT },
      answer: async (org, { limit, ...given }) => {
        const asked = { org, ...period(given), ...(limit === undefined ? {} : { limit }) };
        const rows = await stages.store.ask('unpriced', asked);
        const { version } = stages.prices.book;
        return { price_book: version, rows: rows.map((row) => unpricedAnswer(stages, org, row)) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/recost',
      meaning: 'A page of a period settled again with the book of today, or what that would do.',
      role: 'admin',
      parameters: { ...PERIOD, ...RECOST },
      answer: (caller, { org, model = '', dry_run, after = null, ...given }) =>
        recostAnswer(stages, ownOrganisation(caller, org), period(given), model, dry_run, after),
    }),
  ];
}

/** The organisation is the key's: naming another is refused, and not answered for one's own. */
function ownOrganisation(caller: string, named: string | undefined): string {
  if (named === undefined || named === caller) return caller;
  throw new SpanledgerError('forbidden', 'the key belongs to another organisation');
}

/** With what the book of today says, which may know the model meanwhile. */
function unpricedAnswer(stages: Stages, org_id: string, row: UnpricedRow): unknown {
  const { provider, model, service_tier, last_ns: time_ns } = row;
  const query = { org_id, provider, model, time_ns, service_tier };
  const now = stages.prices.book.find(query);
  const priced = typeof now !== 'string' && now.missing === '' && now.id !== row.price_id;
  return { ...row, price_id_now: priced ? now.id : null };
}

const running = new WeakSet<Stages>();

async function recostAnswer(
  stages: Stages,
  org_id: string,
  { from_s, to_s }: Period,
  model: string,
  dry_run: boolean,
  after: RecostPlace | null,
): Promise<unknown> {
  if (running.has(stages)) throw new Busy('recosts', 'recosts at once; limit: 1');
  running.add(stages);
  try {
    const { book } = stages.prices;
    const request = { org_id, from_s, to_s, model, dry_run, after };
    const page = await stages.store.recost(request, (facts) => settle(facts, book));
    // The sums follow when all is done, so that a report right after it is of the new prices.
    if (!dry_run && page.next === null) await stages.catchUp();
    const { traces, next } = page;
    return {
      ...{ price_book: book.version, traces, models: page.models.map(differenceAnswer) },
      ...{ frozen_months: page.frozen.map(differenceAnswer), next },
    };
  } finally {
    running.delete(stages);
  }
}

function differenceAnswer(difference: ModelDifference | FrozenDifference): unknown {
  const { before_usd, after_usd } = difference;
  return { ...difference, before_usd: usd(before_usd), after_usd: usd(after_usd) };
}
