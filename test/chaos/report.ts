// What a run did and found: counted while it runs, printed as lines, written as JSON.

import type { Verdict } from './check.ts';
import { FAULTS, type FaultName, type PlannedFault } from './plan.ts';
import type { SenderLine } from './sender-main.ts';
import type { SpanQueue } from './span-queue.ts';
import type { World } from './world.ts';

interface Given {
  readonly minutes: number;
  readonly seed: number;
  readonly spans_per_second: number;
}

const REFUSALS_KEPT_MAX = 20;

export class Report {
  readonly seed: number;
  readonly minutes: number;
  readonly spans_per_second: number;
  readonly begun_at = new Date().toISOString();
  ended_at: string | null = null;
  /** SIGKILLs, by process. */
  kills: Record<string, number> = {};
  kills_total = 0;
  readonly faults = Object.fromEntries(Object.keys(FAULTS).map((name) => [name, 0])) as Record<
    FaultName,
    number
  >;
  /** Requests that proxies damaged, by what was done to them. */
  damaged_requests: Record<string, number> = {};
  requests_sent = 0;
  answers: Record<string, number> = {};
  /** Different spans, each counted once. */
  spans_made = 0;
  spans_acknowledged = 0;
  /** Spans in all requests, however often each was sent. */
  spans_sent = 0;
  spans_resent = 0;
  readonly refusals: string[] = [];
  /** Ends of an exporter that nobody asked for. */
  crashes = 0;
  checks = 0;
  spans_lost = 0;
  spans_doubled = 0;
  drift = 0;
  rows_verified = 0;
  readonly findings: string[] = [];
  readonly failures: string[] = [];

  constructor({ minutes, seed, spans_per_second }: Given) {
    this.minutes = minutes;
    this.seed = seed;
    this.spans_per_second = spans_per_second;
  }

  /** Something was checked, and nothing was found. */
  get good(): boolean {
    const found = this.spans_lost + this.spans_doubled + this.drift;
    const wrong = this.crashes + this.refusals.length + this.failures.length;
    return this.checks > 0 && found + wrong === 0;
  }

  addLine(line: SenderLine): void {
    this.requests_sent += line.requests;
    this.spans_sent += line.spans;
    for (const [status, times] of Object.entries(line.answers)) {
      this.answers[status] = (this.answers[status] ?? 0) + times;
    }
    const room = REFUSALS_KEPT_MAX - this.refusals.length;
    this.refusals.push(...line.refusals.slice(0, room));
  }

  addFault({ fault }: PlannedFault): void {
    this.faults[fault]++;
  }

  /** A fault that could not be brought about or ended: then the run has shown nothing. */
  addFailure(words: string): void {
    this.failures.push(words);
  }

  /** A check of everything comes last and says the same again of what earlier ones have seen. */
  addVerdict(verdict: Verdict): void {
    this.checks++;
    this.spans_lost = Math.max(this.spans_lost, verdict.lost_spans);
    this.spans_doubled = Math.max(this.spans_doubled, verdict.doubled_spans);
    this.drift = Math.max(this.drift, verdict.drift);
    this.rows_verified += verdict.rows_verified;
    this.findings.push(...verdict.findings);
  }

  #read(world: World, queue: SpanQueue): void {
    this.kills = Object.fromEntries(world.members.map(({ name, kills }) => [name, kills]));
    this.kills_total = world.members.reduce((sum, { kills }) => sum + kills, 0);
    this.crashes = world.exporters.reduce((sum, { crashes }) => sum + crashes, 0);
    this.damaged_requests = {};
    for (const proxy of world.proxies) {
      for (const [kind, times] of proxy.done) {
        this.damaged_requests[kind] = (this.damaged_requests[kind] ?? 0) + times;
      }
    }
    this.spans_made = queue.truth.spans;
    this.spans_acknowledged = queue.acknowledged_spans;
    this.spans_resent = Math.max(0, this.spans_sent - queue.acknowledged_spans);
  }

  end(world: World, queue: SpanQueue): void {
    this.#read(world, queue);
    this.ended_at = new Date().toISOString();
  }

  progress(world: World, queue: SpanQueue): string {
    this.#read(world, queue);
    return (
      `${this.kills_total} kills, ${figure(this.spans_made)} spans made, ` +
      `${figure(this.spans_acknowledged)} acknowledged, ${figure(this.spans_resent)} sent again`
    );
  }

  summary(): string {
    const counts = (of: Readonly<Record<string, number>>): string =>
      Object.entries(of)
        .map(([name, times]) => `${name} ${figure(times)}`)
        .join(', ');
    const lines: [string, string][] = [
      ['seed', String(this.seed)],
      ['kills', `${figure(this.kills_total)}: ${counts(this.kills)}`],
      ['faults', counts(this.faults)],
      ['damaged requests', counts(this.damaged_requests)],
      ['answers', counts(this.answers)],
      ['spans made', figure(this.spans_made)],
      ['spans acknowledged', figure(this.spans_acknowledged)],
      ['spans sent again', figure(this.spans_resent)],
      ['rows derived again', figure(this.rows_verified)],
      ['spans lost', figure(this.spans_lost)],
      ['spans doubled', figure(this.spans_doubled)],
      ['drift', figure(this.drift)],
      ['wrong refusals', this.refusals.length === 0 ? '0' : this.refusals.join('; ')],
      ['crashes', figure(this.crashes)],
      ['failures of the harness', this.failures.join('; ') || '0'],
    ];
    const width = Math.max(...lines.map(([name]) => name.length));
    return lines.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n');
  }
}

function figure(value: number): string {
  return value.toLocaleString('en-US');
}
