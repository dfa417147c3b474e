// Holds what is stored to the truth of the queue: every span once, raw and in the ledger, the sums of
// every class, the same sums from the REST API of each exporter, and the product's own verification.

import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedTruth } from '../feed.ts';
import type { SpanQueue, Stretch } from './span-queue.ts';
import { SPANS, type TraceTemplates } from './trace-template.ts';
import type { World } from './world.ts';

/** What a check found wrong; all zero when nothing is. */
export interface Verdict {
  lost_spans: number;
  doubled_spans: number;
  /** Differences of the product's own verification, and sums that are not the truth. */
  drift: number;
  rows_verified: number;
  /** In words, for a person. */
  readonly findings: string[];
}

const HOUR_MS = 3_600_000;
const HOUR_S = 3_600;
/** A trace's last span begins less than this after its first. */
const TRACE_LENGTH_MS = 120_000;
const TRACES_PER_QUERY = 100_000;
const POLL_MS = 2_000;
/** So long may the number of settled calls stand still before it is taken as the last word. */
const STANDSTILL_MS = 300_000;
const FINDINGS_MAX = 50;
const SHOWN_DIFFERENCES = 5;

/** Waits until ledger and roll-ups have all that the truth counts, or nothing moves any more. */
export async function settled(
  world: World,
  truth: FeedTruth,
  onProgress: (progress: { settled: number; rolled_up: number; of: number }) => void,
): Promise<void> {
  // A part of a trace may hold no call at all, so that calls alone do not tell whether it was settled.
  const of = truth.calls + truth.runs + truth.tools;
  let last = '';
  let moved = performance.now();
  while (performance.now() - moved < STANDSTILL_MS) {
    const [row] = await world.clickhouse.sql<{ settled: number; rolled_up: number }>(`
      WITH calls + runs + tool_calls AS counts
      SELECT (SELECT countIf(counted OR kind IN ('agent', 'tool')) FROM ledger FINAL) AS settled,
        least((SELECT sum(counts) FROM usage_by_hour), (SELECT sum(counts) FROM usage_by_day)) AS rolled_up`);
    const { settled = 0, rolled_up = 0 } = row ?? {};
    if (settled === of && rolled_up === of) return;
    const now = `${settled} ${rolled_up}`;
    if (now !== last) moved = performance.now();
    last = now;
    onProgress({ settled, rolled_up, of });
    await sleep(POLL_MS);
  }
}

export class Check {
  readonly #world: World;
  readonly #queue: SpanQueue;
  readonly #templates: TraceTemplates;
  readonly verdict: Verdict = {
    ...{ lost_spans: 0, doubled_spans: 0, drift: 0, rows_verified: 0, findings: [] },
  };

  constructor(world: World, queue: SpanQueue, templates: TraceTemplates) {
    this.#world = world;
    this.#queue = queue;
    this.#templates = templates;
  }

  /** Every span of these traces is stored once, as it came and in the ledger. */
  async spans(stretches: readonly Stretch[]): Promise<void> {
    for (const stretch of stretches) {
      for (let first = stretch.first; first < stretch.end; first += TRACES_PER_QUERY) {
        const end = Math.min(stretch.end, first + TRACES_PER_QUERY);
        await this.#count(stretch, first, end, RAW);
        await this.#count(stretch, first, end, LEDGER);
      }
    }
  }

  async #count(stretch: Stretch, first: number, end: number, table: typeof RAW): Promise<void> {
    const hour = (ms: number): string => `toDateTime(${Math.floor(ms / HOUR_MS) * HOUR_S}, 'UTC')`;
    const [row] = await this.#world.clickhouse.sql<Record<string, number>>(`
      SELECT count() AS traces, sum(${SPANS.whole} - different) AS lost, sum(n - different) AS doubled
      FROM (SELECT ${table.trace} AS trace, count() AS n, uniqExact(${table.span}) AS different
        FROM ${table.name} FINAL
        WHERE ${table.hour} >= ${hour(stretch.from_ms)}
          AND ${table.hour} <= ${hour(stretch.to_ms + TRACE_LENGTH_MS)}
          AND ${table.trace} >= '${this.#templates.traceId(first)}'
          AND ${table.trace} < '${this.#templates.traceId(end)}'
        GROUP BY trace)`);
    const { traces = 0, lost = 0, doubled = 0 } = row ?? {};
    const missing = (end - first - traces) * SPANS.whole + lost;
    this.verdict.lost_spans += missing;
    this.verdict.doubled_spans += doubled;
    if (missing + doubled > 0) {
      this.#find(`${table.name}: ${missing} spans lost and ${doubled} doubled, traces ${first} on`);
    }
  }

  /** The sums of everything ever made, from the ledger and from both exporters. */
  async sums(): Promise<void> {
    const expected = sumsOf(this.#queue.truth);
    const [ledger] = await this.#world.clickhouse.sql<Sums>(LEDGER_SUMS);
    this.#compare('ledger', expected, ledger);
    const period = new URLSearchParams(periodOf(this.#queue.stretches)).toString();
    for (const { name, url } of this.#world.exporters) {
      const answer = await get<{ rows: Sums[] }>(`${url}/api/v1/usage?${period}`);
      this.#compare(`${name} /api/v1/usage`, expected, answer.rows[0]);
    }
  }

  /** The product's own verification of these stretches, page by page, by each exporter in turn. */
  async derived(stretches: readonly Stretch[], onPage: (to: string) => void): Promise<void> {
    const { exporters } = this.#world;
    const period = periodOf(stretches);
    let after: string | null = '0';
    for (let page = 0; after !== null; page++) {
      const exporter = exporters[page % exporters.length];
      const asked = new URLSearchParams({ ...period, after }).toString();
      const answer: VerifyPage = await get(`${exporter?.url}/api/v1/verify?${asked}`);
      this.verdict.rows_verified += answer.rows;
      this.verdict.drift += answer.differences.length + (answer.complete ? 0 : 1);
      for (const one of answer.differences.slice(0, SHOWN_DIFFERENCES)) {
        this.#find(`verify: ${JSON.stringify(one)}`);
      }
      onPage(new Date(answer.verified_to_s * 1_000).toISOString().slice(0, 16));
      after = answer.next;
    }
  }

  #compare(where: string, expected: Sums, found: Sums | undefined): void {
    for (const name of Object.keys(expected) as (keyof Sums)[]) {
      if (Number(found?.[name] ?? 0) === expected[name]) continue;
      this.verdict.drift++;
      this.#find(`${where}: ${name} is ${found?.[name]} and should be ${expected[name]}`);
    }
  }

  #find(words: string): void {
    if (this.verdict.findings.length < FINDINGS_MAX) this.verdict.findings.push(words);
  }
}

const RAW = { name: 'otel_traces', trace: 'TraceId', span: 'SpanId', hour: 'Hour' };
const LEDGER = { name: 'ledger', trace: 'trace_id', span: 'span_id', hour: 'hour' };

interface VerifyPage {
  readonly rows: number;
  readonly differences: readonly unknown[];
  readonly complete: boolean;
  readonly verified_to_s: number;
  readonly next: string | null;
}

/** As the REST API names them. */
interface Sums {
  readonly calls: number;
  readonly runs: number;
  readonly tool_calls: number;
  readonly input_uncached: number;
  readonly cache_read: number;
  readonly cache_write_5m: number;
  readonly output: number;
  readonly reasoning: number;
}

const LEDGER_SUMS = `
SELECT countIf(counted) AS calls, countIf(kind = 'agent') AS runs, countIf(kind = 'tool') AS tool_calls,
  sumIf(input_uncached, counted) AS input_uncached, sumIf(cache_read, counted) AS cache_read,
  sumIf(cache_write_5m, counted) AS cache_write_5m, sumIf(output, counted) AS output,
  sumIf(reasoning, counted) AS reasoning
FROM ledger FINAL`;

function sumsOf(truth: FeedTruth): Sums {
  const { calls, runs, input_uncached, cache_read, output, reasoning } = truth;
  const own = { tool_calls: truth.tools, cache_write_5m: truth.cache_write };
  return { calls, runs, input_uncached, cache_read, output, reasoning, ...own };
}

function hoursOf(stretches: readonly Stretch[]): number[] {
  const hours = new Set<number>();
  for (const { from_ms, to_ms } of stretches) {
    const first = Math.floor(from_ms / HOUR_MS) * HOUR_MS;
    for (let hour = first; hour <= to_ms + TRACE_LENGTH_MS; hour += HOUR_MS) hours.add(hour);
  }
  return [...hours].sort((a, b) => a - b);
}

function periodOf(stretches: readonly Stretch[]): { from: string; to: string } {
  const hours = hoursOf(stretches);
  const from = new Date(hours[0] ?? 0).toISOString();
  const to = new Date((hours.at(-1) ?? 0) + HOUR_MS).toISOString();
  return { from, to };
}

/** Without a limit in time: a large hour takes as long as it takes. */
function get<T>(url: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as T);
        else reject(new Error(`${url}: ${response.statusCode} ${text}`));
      });
    });
    request.on('error', reject);
    request.end();
  });
}
