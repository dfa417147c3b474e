// Whether a new span costs more the more is stored: the same load into a database of ever more spans,
// everything counted from the request to the roll-ups of exporter and ClickHouse; then calls that come
// late into old traces. Then, at the largest size, what people look at.

import { emptyTruth, feed } from '../feed.ts';
import { post, sendAll } from '../sender.ts';
import { startExporter, type Candidate } from './candidate.ts';
import type { BenchContext } from './context.ts';
import { Database } from './database.ts';
import { lateCalls } from './late-calls.ts';
import { SPANS_PER_TRACE } from './load.ts';
import { lookAtPanels } from './panels.ts';
import { cpuSeconds, quiet, rounded } from './process-cost.ts';
import { addCopies, fillDays, keepSeed, someRoots } from './stored.ts';

/** Shares of the first size: what is settled to be copied, and what is sent at each size. */
const SEED_SHARE = 0.2;
const NEW_SHARE = 0.04;
const LATE_SHARE = 0.002;
const SPANS_PER_REQUEST = 200;
const SPANS_PER_SECOND = 2_000;
const NEW_NS = 20_000_000_000n;
const NS_PER_HOUR = 3_600_000_000_000n;
const US_PER_S = 1e6;
const CONNECTIONS = 16;
const POLL_MS = 250;
const SETTLE_LIMIT_MS = 1_800_000;
/** Own ticks, but nothing that belongs to no span. */
const ENVIRONMENT = { SPANLEDGER_TICK_MS: '1000', SPANLEDGER_HOUR_MS: '5000' };

interface Growth {
  readonly stored_spans: number;
  readonly us_per_new_span: number;
  readonly exporter_us_per_new_span: number;
  readonly us_per_late_span: number;
}

export async function benchGrowth(context: BenchContext): Promise<Record<string, unknown>> {
  const database = await Database.start({ parent: context.folder });
  try {
    const hour = BigInt(Math.floor(Date.now() / 3_600_000)) * NS_PER_HOUR;
    const exporter = await startExporter(database, { environment: ENVIRONMENT });
    try {
      return await grow(exporter, hour, context);
    } finally {
      await exporter.stop();
    }
  } finally {
    await database.stop();
  }
}

async function grow(
  exporter: Candidate,
  hour_ns: bigint,
  context: BenchContext,
): Promise<Record<string, unknown>> {
  const { database } = exporter;
  const { progress, stored } = context;
  const seed = traceful((stored[0] ?? 0) * SEED_SHARE);
  progress(`settling ${seed} spans to copy`);
  const anHour = { seed: 1, spans: seed, start_ns: hour_ns - NS_PER_HOUR, length_ns: NS_PER_HOUR };
  await sendFresh(exporter, anHour, 0);
  await settled(exporter);
  const facts = await keepSeed(database);
  let copies = 0;
  const sizes: Growth[] = [];
  for (const [index, size] of stored.entries()) {
    const wanted = Math.max(0, Math.ceil(size / facts) - 1);
    await addCopies(database, copies + 1, wanted + 1, (done) =>
      progress(`stored ${(facts * (done + 1)).toLocaleString('en-US')} spans`),
    );
    copies = Math.max(copies, wanted);
    await quiet([database.pid, exporter.pid]);
    sizes.push(
      await costAt(exporter, {
        hour_ns,
        copies,
        index,
        size: facts * (copies + 1),
        first: stored[0] ?? 0,
      }),
    );
    progress(JSON.stringify(sizes.at(-1)));
  }
  progress('looking at panels and traces');
  await fillDays(database);
  const panels = await lookAtPanels(exporter, await someRoots(database, copies || 1, 40));
  const [first, last] = [sizes[0], sizes.at(-1)];
  const reached = first !== undefined && last !== undefined && first.stored_spans < 2e6;
  const growth = (of: (one: Growth) => number): number | null =>
    reached && last.stored_spans >= 1e8 ? rounded(of(last) / of(first)) : null;
  return {
    settle: {
      growth_1m_to_100m: growth((one) => one.us_per_new_span),
      late_growth_1m_to_100m: growth((one) => one.us_per_late_span),
      end_to_end: sizes,
    },
    panels,
  };
}

interface Moment {
  readonly hour_ns: bigint;
  readonly copies: number;
  readonly index: number;
  readonly size: number;
  /** The first of the sizes. */
  readonly first: number;
}

async function costAt(exporter: Candidate, moment: Moment): Promise<Growth> {
  const { hour_ns, copies, index, size, first } = moment;
  const spans = traceful(first * NEW_SHARE);
  const cost = async (work: () => Promise<void>, spans: number) => {
    const pids = [exporter.pid, exporter.database.pid] as const;
    const before = pids.map(cpuSeconds);
    await work();
    await settled(exporter);
    const [own = 0, clickHouse = 0] = pids.map((pid, at) => cpuSeconds(pid) - (before[at] ?? 0));
    const us = (seconds: number): number => rounded((seconds * US_PER_S) / spans, 1);
    return { own: us(own), all: us(own + clickHouse) };
  };
  // Once before, so that neither code nor caches are cold at the first size only.
  const fresh_ns = { spans, length_ns: NEW_NS };
  const begin_ns = hour_ns + BigInt(index) * (NS_PER_HOUR / 20n);
  const warmUp = { ...fresh_ns, seed: 100 + index, start_ns: begin_ns };
  await sendFresh(exporter, warmUp, SPANS_PER_SECOND);
  await settled(exporter);
  const load = { ...fresh_ns, seed: 200 + index, start_ns: begin_ns + NS_PER_HOUR / 60n };
  const fresh = await cost(() => sendFresh(exporter, load, SPANS_PER_SECOND), spans);
  const roots = await someRoots(exporter.database, copies || 1, Math.ceil(first * LATE_SHARE));
  const late = await cost(async () => {
    await sendAll(lateCalls(roots, 300 + index, SPANS_PER_REQUEST), {
      url: exporter.url,
      connections: CONNECTIONS,
    });
  }, roots.length);
  return {
    stored_spans: size,
    us_per_new_span: fresh.all,
    exporter_us_per_new_span: fresh.own,
    us_per_late_span: late.all,
  };
}

interface FreshLoad {
  readonly seed: number;
  readonly spans: number;
  readonly start_ns: bigint;
  /** From the first trace to the last. */
  readonly length_ns: bigint;
}

/** Whole traces of about so many spans. */
function traceful(spans: number): number {
  return Math.ceil(spans / SPANS_PER_TRACE) * SPANS_PER_TRACE;
}

/** Fresh traces, at a steady rate; 0 is as fast as they are taken. */
async function sendFresh(
  exporter: Candidate,
  { seed, spans, start_ns, length_ns }: FreshLoad,
  spansPerSecond: number,
): Promise<void> {
  const traces = spans / SPANS_PER_TRACE;
  const traceEvery_ns = length_ns / BigInt(traces);
  const requests = feed(
    { seed, traces, spansPerRequest: SPANS_PER_REQUEST, start_ns, traceEvery_ns },
    emptyTruth(),
  );
  if (spansPerSecond === 0) {
    await sendAll(requests, { url: exporter.url, connections: CONNECTIONS });
    return;
  }
  const begun = performance.now();
  let sent = 0;
  const answers: Promise<number>[] = [];
  for (const { body, spans: own } of requests) {
    const due_ms = begun + (sent * 1_000) / spansPerSecond;
    await pause(due_ms - performance.now());
    sent += own;
    const headers = { 'content-type': 'application/x-protobuf' };
    answers.push(post(`${exporter.url}/v1/traces`, body, headers).then(({ status }) => status));
  }
  const refused = (await Promise.all(answers)).filter((status) => status !== 200);
  if (refused.length > 0) throw new Error(`load refused with ${refused.join(', ')}`);
}

/** Waits until no trace waits to be settled and nothing works any more: roll-ups and merges, too. */
async function settled(exporter: Candidate): Promise<void> {
  const deadline = performance.now() + SETTLE_LIMIT_MS;
  while ((await dirtyTraces(exporter)) > 0) {
    if (performance.now() > deadline) throw new Error('traces are not settled in time');
    await pause(POLL_MS);
  }
  await quiet([exporter.pid, exporter.database.pid]);
  if ((await dirtyTraces(exporter)) > 0) await settled(exporter);
}

async function dirtyTraces(exporter: Candidate): Promise<number> {
  const text = await (await fetch(`${exporter.url}/metrics`)).text();
  return Number(/^spanledger_dirty_traces(?:\{\})? (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

function pause(duration_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, duration_ms)));
}
