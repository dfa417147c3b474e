// Goal: whatever dies in the middle of a load, what was acknowledged is counted once, and nothing
// else. Method: 200,000 spans from a sender that resends what was not acknowledged, while exporter
// and ClickHouse are killed without warning; then the totals against the truth of the feed.

import { afterEach, expect, test } from 'vitest';
import { emptyTruth, feed, type FeedTruth } from './feed.ts';
import { sendAll } from './sender.ts';
import { Service } from './service.ts';

const TRACES = 25_000;
const SPANS_PER_REQUEST = 200;

let service: Service | null = null;

afterEach(async () => {
  await service?.stop();
  service = null;
});

interface Totals {
  calls: number;
  runs: number;
  tools: number;
  input_uncached: number;
  cache_read: number;
  cache_write: number;
  output: number;
  reasoning: number;
}

async function ledgerTotals(target: Service): Promise<Totals> {
  const [totals] = await target.sql<Totals>(`
    SELECT countIf(counted) AS calls, countIf(kind = 'agent') AS runs, countIf(kind = 'tool') AS tools,
      sumIf(input_uncached, counted) AS input_uncached, sumIf(cache_read, counted) AS cache_read,
      sumIf(cache_write_5m, counted) AS cache_write, sumIf(output, counted) AS output,
      sumIf(reasoning, counted) AS reasoning
    FROM ledger FINAL`);
  if (!totals) throw new Error('no totals');
  return totals;
}

function expected(truth: FeedTruth): Totals {
  const { calls, runs, tools, input_uncached, cache_read, cache_write, output, reasoning } = truth;
  return { calls, runs, tools, input_uncached, cache_read, cache_write, output, reasoning };
}

test('exporter and ClickHouse killed under load: nothing lost, nothing doubled', async () => {
  service = await Service.start();
  const target = service;
  const truth = emptyTruth();
  const requests = feed(
    { seed: 7, traces: TRACES, spansPerRequest: SPANS_PER_REQUEST, start_ns: recently() },
    truth,
  );
  const kills: Promise<void>[] = [];
  const at = new Map<number, () => Promise<void>>([
    [
      200,
      async () =>
        restart(
          () => target.killExporter(),
          () => target.startExporter(),
        ),
    ],
    [
      400,
      async () =>
        restart(
          () => target.killClickHouse(),
          () => target.startClickHouse(),
        ),
    ],
    [
      600,
      async () =>
        restart(
          () => target.killExporter(),
          () => target.startExporter(),
        ),
    ],
    [
      800,
      async () =>
        restart(
          () => target.killClickHouse(),
          () => target.startClickHouse(),
        ),
    ],
  ]);
  const report = await sendAll(requests, {
    url: target.url,
    onAcknowledged: (acknowledged) => {
      const kill = at.get(acknowledged);
      if (kill) kills.push(kill());
    },
  });
  await Promise.all(kills);
  expect(kills).toHaveLength(4);
  expect(report.acknowledged).toBe((TRACES * 8) / SPANS_PER_REQUEST);

  await target.until(async () => (await ledgerTotals(target)).calls >= truth.calls);
  expect(await ledgerTotals(target)).toEqual(expected(truth));
  const [raw] = await target.sql<{ spans: number }>(
    'SELECT count() AS spans FROM otel_traces FINAL',
  );
  expect(raw?.spans).toBe(truth.spans);

  expect(await target.stopExporter()).toBe(0);
  await target.startExporter();
  expect(await ledgerTotals(target)).toEqual(expected(truth));
  const verdict = await target.get<{ differences: unknown[] }>('/api/v1/verify?last=24h');
  expect(verdict.differences).toEqual([]);
}, 1_200_000);

async function restart(kill: () => Promise<void>, start: () => Promise<void>): Promise<void> {
  await kill();
  await start();
}

/** The load lies in the last hour, like a real one. */
function recently(): bigint {
  return BigInt(Date.now() - 1_800_000) * 1_000_000n;
}
