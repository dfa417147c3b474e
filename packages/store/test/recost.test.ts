// Recosting by page: each trace of the period once, however many pages and hours it reaches over; the
// sums follow; nothing else moves.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Connection } from '../src/clickhouse/connection.ts';
import { recostPage } from '../src/bills/recost.ts';
import type { ModelDifference, RecostPlace, Settle, Store } from '../src/index.ts';
import { HOUR_NS, NOON_NS, NOON_S, derive, fact, hex, settlePlainly, traceId } from './samples.ts';
import { startServer, type TestServer } from './server.ts';

/** More than a page. */
const TRACES = 520;
const COST = 1_000_000_000n;

let server: TestServer;
let store: Store;
let inside: Connection;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const one = (seed: string, given: Parameters<typeof fact>[0] = {}) =>
  fact({ trace_id: traceId(seed), span_id: hex(seed, 16), input_tokens: 100, ...given });
const NEXT_HOUR = NOON_NS + HOUR_NS;

beforeEach(async () => {
  ({ store, inside } = await server.open());
  await derive(store, [
    ...Array.from({ length: TRACES }, (_, at) => one(`many ${at}`)),
    // A trace over three hours, one of which is before the period.
    one('long', { span_id: hex('long a', 16), start_time: NOON_NS - HOUR_NS }),
    one('long', { span_id: hex('long b', 16) }),
    one('long', { span_id: hex('long c', 16), start_time: NEXT_HOUR, request_model: 'gpt-y' }),
    one('later', { start_time: NEXT_HOUR }),
    one('unknown', { start_time: NEXT_HOUR, input_tokens: null }),
    one('tool', { kind: 'tool' }),
    fact({ trace_id: '', span_id: '', event_id: 'e1', signal: 'log', input_tokens: 100 }),
    one('before', { start_time: NOON_NS - HOUR_NS }),
    one('theirs', { org_id: 'other' }),
  ]);
});

/** Twice as dear. */
const dearer: Settle = (facts) => {
  const { rows, executions } = settlePlainly(facts);
  return {
    rows: rows.map((row) => ({
      ...row,
      cost_usd: row.cost_usd === null ? null : row.cost_usd * 2n,
    })),
    executions,
  };
};

async function recost(given: { dry_run: boolean; model?: string }): Promise<{
  traces: number;
  pages: number;
  models: Record<string, readonly unknown[]>;
}> {
  const models = new Map<string, ModelDifference>();
  let [traces, pages] = [0, 0];
  for (let after: RecostPlace | null = null; ;) {
    // It begins and ends within an hour, like the last hours of a report.
    const period = { org_id: 'default', from_s: NOON_S - 60, to_s: NOON_S + 3_660 };
    const page = await store.recost({ model: '', ...period, ...given, after }, dearer);
    traces += page.traces;
    pages++;
    for (const model of page.models) {
      const known = models.get(model.model);
      models.set(model.model, {
        ...model,
        calls: model.calls + (known?.calls ?? 0),
        changed: model.changed + (known?.changed ?? 0),
        before_usd: (model.before_usd ?? 0n) + (known?.before_usd ?? 0n),
        after_usd: (model.after_usd ?? 0n) + (known?.after_usd ?? 0n),
      });
    }
    if (page.next === null) break;
    after = page.next;
  }
  const told = ({ calls, changed, before_usd, after_usd }: ModelDifference) =>
    [calls, changed, before_usd, after_usd] as const;
  return {
    traces,
    pages,
    models: Object.fromEntries([...models].map(([name, model]) => [name, told(model)])),
  };
}

async function sums(org: string): Promise<string> {
  for (const level of ['minute', 'hour', 'day'] as const) await store.rollUp(level);
  const [row] = await inside.rows(
    `SELECT (SELECT sum(cost_usd) FROM ledger FINAL WHERE org_id = {org:String}) AS ledger,
       (SELECT sum(cost_usd) FROM usage_minute FINAL WHERE org_id = {org:String}) AS minute,
       (SELECT sum(cost_usd) FROM usage_hour FINAL WHERE org_id = {org:String}) AS hour`,
    { org },
  );
  return Object.values(row ?? {}).join();
}

/** Of the traces in the period: the many, the long one with its call before, the log, and later ones. */
const X_CALLS = TRACES + 2 + 1 + 2;
const X_KNOWN = BigInt(X_CALLS - 1);

test('each trace once, over pages and hours; the same before and after; then nothing', async () => {
  const all = TRACES + 1 + 2 + 1;
  const told = {
    'gpt-x': [X_CALLS, X_CALLS - 1, X_KNOWN * COST, X_KNOWN * COST * 2n],
    'gpt-y': [1, 1, COST, COST * 2n],
  };
  const stored = await sums('default');
  const dry = await recost({ dry_run: true });
  expect(dry).toEqual({ traces: all, pages: 2, models: told });
  expect(await sums('default')).toBe(stored);

  expect(await recost({ dry_run: false })).toEqual(dry);
  // The call of a trace outside of the period keeps its price.
  const decimal = decimalOf((X_KNOWN + 1n) * COST * 2n + COST);
  expect(await sums('default')).toBe([decimal, decimal, decimal].join());
  expect(await sums('other')).toBe('0.001,0.001,0.001');

  const again = await recost({ dry_run: false });
  expect(Object.values(again.models).map(([, changed]) => changed)).toEqual([0, 0]);
});

test('only traces with a call of the model, and those whole', async () => {
  const { traces, models } = await recost({ dry_run: true, model: 'gpt-y' });
  expect(traces).toBe(1);
  expect(models).toEqual({
    'gpt-x': [2, 2, 2n * COST, 4n * COST],
    'gpt-y': [1, 1, COST, 2n * COST],
  });
  expect((await recost({ dry_run: true, model: 'none' })).traces).toBe(0);
});

/** Counts what is asked. */
class CountingConnection extends Connection {
  asked = 0;
  override rows(...given: Parameters<Connection['rows']>) {
    this.asked++;
    return super.rows(...given);
  }
  override native(...given: Parameters<Connection['native']>) {
    this.asked++;
    return super.native(...given);
  }
}

test('time without calls is passed in few questions, and all of time in one page', async () => {
  const { store: sparse, database } = await server.open();
  const MONTH_NS = 30n * 24n * HOUR_NS;
  const months = [0n, 1n, 2n, 9n].map((at) => NOON_NS + at * MONTH_NS);
  await derive(
    sparse,
    months.map((start_time) => one(`at ${start_time}`, { start_time })),
  );
  const connection = new CountingConnection({ url: server.url, database });
  const period = { org_id: 'default', from_s: 0, to_s: 0xffff_ffff, model: '', after: null };
  const page = await recostPage(connection, { ...period, dry_run: true }, dearer);
  await connection.close();
  expect(page).toMatchObject({ traces: 4, next: null });
  expect(connection.asked).toBeLessThan(100);
});

function decimalOf(cost: bigint): string {
  const digits = String(cost).padStart(13, '0');
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/\.?0+$/, '');
}
