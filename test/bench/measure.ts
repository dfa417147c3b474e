// One pass of one candidate: its bytes sent, its rows awaited and counted, its CPU time and that of its
// ClickHouse taken from the kernel before and after.

import { setTimeout as sleep } from 'node:timers/promises';
import { post } from '../sender.ts';
import type { Candidate } from './candidate.ts';
import { headersOf, send, type Load } from './load.ts';
import { cpuSeconds, median, quiet, rounded } from './process-cost.ts';

export interface Pass {
  readonly spans: number;
  /** CPU seconds of the candidate. */
  readonly cpu_s: number;
  /** CPU seconds of ClickHouse until the rows were in, and until it had merged and was quiet. */
  readonly clickhouse_cpu_s: number;
  readonly clickhouse_merged_cpu_s: number;
  /** Rows that never came. */
  readonly missing: number;
}

const POLL_MS = 200;
/** Without a new row for this long, no more are expected. */
const STALLED_MS = 10_000;

/** Whether the candidate takes such a request at all; it is not counted. */
export async function takes(candidate: Candidate, load: Load): Promise<boolean> {
  const body = load.bodies[0]?.body ?? new Uint8Array(0);
  const answer = await post(`${candidate.url}/v1/traces`, body, headersOf(load.kind));
  await settled(candidate, await rowsOf(candidate));
  return answer.status === 200;
}

export async function measure(candidate: Candidate, load: Load): Promise<Pass> {
  const { pid, database } = candidate;
  const before = await settled(candidate, await rowsOf(candidate));
  const cpu = { own: cpuSeconds(pid), clickHouse: cpuSeconds(database.pid) };
  await send(candidate.url, load);
  const arrived = (await arrival(candidate, before + load.spans)) - before;
  const inserted = cpuSeconds(database.pid);
  await quiet([pid, database.pid]);
  return {
    spans: load.spans,
    cpu_s: cpuSeconds(pid) - cpu.own,
    clickhouse_cpu_s: inserted - cpu.clickHouse,
    clickhouse_merged_cpu_s: cpuSeconds(database.pid) - cpu.clickHouse,
    missing: load.spans - arrived,
  };
}

export interface IngestCost {
  readonly us_per_span: number;
  readonly us_per_span_by_pass: readonly number[];
  readonly spans_per_cpu_second: number;
  readonly clickhouse_cpu_s_per_200k_spans: number;
  readonly clickhouse_with_merges_cpu_s_per_200k_spans: number;
  readonly spans_missing: number;
}

const US_PER_S = 1e6;
const SHOWN_SPANS = 200_000;

/** The median of several passes, each figure by itself. */
export function costOf(passes: readonly Pass[]): IngestCost {
  const us = passes.map(({ cpu_s, spans }) => (cpu_s * US_PER_S) / spans);
  const per = (seconds: (pass: Pass) => number): number =>
    rounded(median(passes.map((pass) => (seconds(pass) * SHOWN_SPANS) / pass.spans)));
  return {
    us_per_span: rounded(median(us)),
    us_per_span_by_pass: us.map((value) => rounded(value)),
    spans_per_cpu_second: Math.round(US_PER_S / median(us)),
    clickhouse_cpu_s_per_200k_spans: per((pass) => pass.clickhouse_cpu_s),
    clickhouse_with_merges_cpu_s_per_200k_spans: per((pass) => pass.clickhouse_merged_cpu_s),
    spans_missing: passes.reduce((sum, { missing }) => sum + missing, 0),
  };
}

export async function rowsOf({ database, table }: Candidate): Promise<number> {
  return database.value<number>(`SELECT count() FROM ${table}`);
}

/** The rows once they no longer change and nothing works any more. */
async function settled(candidate: Candidate, rows: number): Promise<number> {
  await quiet([candidate.pid, candidate.database.pid]);
  const now = await rowsOf(candidate);
  return now === rows ? now : settled(candidate, now);
}

/** Waits for rows that were acknowledged before they were stored. */
async function arrival(candidate: Candidate, wanted: number): Promise<number> {
  let rows = await rowsOf(candidate);
  for (let since = performance.now(); rows < wanted;) {
    if (performance.now() - since > STALLED_MS) return rows;
    await sleep(POLL_MS);
    const now = await rowsOf(candidate);
    if (now !== rows) since = performance.now();
    rows = now;
  }
  return rows;
}
