// A run: phases of load under faults, each followed by a calm in which everything arrives and settles,
// and by the check of what the phase made; at the end the check of everything.

import { setTimeout as sleep } from 'node:timers/promises';
import { Check, settled } from './check.ts';
import { inflict } from './faults.ts';
import { planFaults, type PlannedFault } from './plan.ts';
import { Report } from './report.ts';
import type { SenderLine } from './sender-main.ts';
import { SpanQueue } from './span-queue.ts';
import { TraceTemplates } from './trace-template.ts';
import { World } from './world.ts';

export interface RunOptions {
  /** Of load; the checks come on top. */
  readonly minutes: number;
  readonly seed: number;
  readonly spans_per_second: number;
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const PHASE_MS = 10 * MINUTE_MS;
/** Between two faults; in a short run less, so that each kind comes. */
const FAULT_EVERY_MS = 12_000;
const FAULTS_MIN = 18;
const CLOCKS_APART_MS = 7 * MINUTE_MS;
const FEED_EVERY_MS = 50;
const SAY_EVERY_MS = 10_000;
const SPANS_PER_PIECE = 40;
const HELD_PIECES_MAX = 400;
/** Above it nothing new is made until senders have caught up. */
const OPEN_PIECES_MAX = 4_000;

export async function runChaos(options: RunOptions): Promise<Report> {
  const { minutes, seed, keep, say } = options;
  const report = new Report(options);
  const templates = new TraceTemplates(seed);
  const queue = new SpanQueue(templates, seed);
  const world = await World.start(seed, CLOCKS_APART_MS);
  say(`clickhouse, two exporters and two senders run; data and logs in ${world.folder}`);
  try {
    connect(world, queue, (line) => report.addLine(line));
    const phases = Math.max(1, Math.round((minutes * MINUTE_MS) / PHASE_MS));
    for (let number = 0; number < phases; number++) {
      say(`phase ${number + 1} of ${phases}`);
      const phase = new Phase(options, world, queue, report, phases - 1 - number);
      await phase.run((minutes * MINUTE_MS) / phases, seed + number);
      await settled(world, queue.truth, sometimes(say));
      const last = queue.stretches.slice(-1);
      await checked(new Check(world, queue, templates), last, report, say);
    }
    if (phases > 1) {
      say('everything again');
      await checked(new Check(world, queue, templates), queue.stretches, report, say);
    }
  } finally {
    report.end(world, queue);
    await world.stop(keep || !report.good);
  }
  return report;
}

/** Says how far settling is, not at every look. */
function sometimes(say: (line: string) => void): Parameters<typeof settled>[2] {
  let said = performance.now();
  return ({ settled, rolled_up, of }) => {
    if (performance.now() - said < SAY_EVERY_MS) return;
    said = performance.now();
    say(`of ${of} calls, runs and tool calls ${settled} settled, ${rolled_up} rolled up`);
  };
}

/** What senders report goes to the queue. */
export function connect(world: World, queue: SpanQueue, onLine: (line: SenderLine) => void): void {
  for (const sender of world.senders) {
    sender.onLine = (line) => {
      for (const id of line.acknowledged) queue.acknowledge(id);
      onLine(line);
    };
    sender.onGone = () => queue.takeBack(sender.name);
  }
}

async function checked(
  check: Check,
  stretches: SpanQueue['stretches'],
  report: Report,
  say: (line: string) => void,
): Promise<void> {
  await check.sums();
  await check.spans(stretches);
  let said = performance.now();
  await check.derived(stretches, (to) => {
    if (performance.now() - said < SAY_EVERY_MS) return;
    said = performance.now();
    say(`verified up to ${to}Z, ${check.verdict.rows_verified} rows`);
  });
  report.addVerdict(check.verdict);
  const { lost_spans, doubled_spans, drift, rows_verified } = check.verdict;
  say(
    `checked: ${lost_spans} lost, ${doubled_spans} doubled, drift ${drift}, ${rows_verified} rows derived again`,
  );
  for (const finding of check.verdict.findings) say(`  ${finding}`);
}

/** The traces of each phase lie in an hour of their own, so that it can be checked by itself. */
class Phase {
  readonly #options: RunOptions;
  readonly #world: World;
  readonly #queue: SpanQueue;
  readonly #report: Report;
  readonly #shift_ms: number;

  constructor(
    options: RunOptions,
    world: World,
    queue: SpanQueue,
    report: Report,
    hours_ago: number,
  ) {
    this.#options = options;
    this.#world = world;
    this.#queue = queue;
    this.#report = report;
    this.#shift_ms = hours_ago * HOUR_MS;
  }

  async run(duration_ms: number, seed: number): Promise<void> {
    const every_ms = Math.min(FAULT_EVERY_MS, duration_ms / FAULTS_MIN);
    const plan = planFaults(seed, duration_ms, every_ms);
    this.#queue.beginStretch();
    const begun = performance.now();
    const faults = plan.map((fault) => this.#inflict(fault));
    await this.#load(() => performance.now() - begun < duration_ms);
    await Promise.all(faults);
    await Promise.all(this.#world.exporters.map((exporter) => exporter.ready()));
    this.#options.say('calm: the rest is sent and settled');
    await this.#load(() => false);
  }

  async #inflict(fault: PlannedFault): Promise<void> {
    await sleep(fault.at_ms);
    this.#report.addFault(fault);
    try {
      await inflict(this.#world, fault);
    } catch (error) {
      this.#report.addFailure(`${fault.fault}: ${String(error)}`);
    }
  }

  #load(more: () => boolean): Promise<void> {
    const { spans_per_second, say } = this.#options;
    const at_ms = (now_ms: number): number => now_ms - this.#shift_ms;
    const progress = (): void => say(this.#report.progress(this.#world, this.#queue));
    return load(this.#world, this.#queue, { more, at_ms, spans_per_second, progress });
  }
}

interface Load {
  readonly more: () => boolean;
  readonly spans_per_second: number;
  /** When traces lie that are made now. */
  readonly at_ms: (now_ms: number) => number;
  readonly progress: () => void;
}

/** Makes spans while `more` says so, and hands them out until all are acknowledged. */
export async function load(world: World, queue: SpanQueue, options: Load): Promise<void> {
  const { more, at_ms, spans_per_second, progress } = options;
  let due = 0;
  let before = performance.now();
  let said = before;
  while (more() || queue.open > 0) {
    const now = performance.now();
    due += ((now - before) / 1_000) * (spans_per_second / SPANS_PER_PIECE);
    before = now;
    if (!more() || queue.open > OPEN_PIECES_MAX) due = 0;
    const now_ms = Date.now();
    for (; due >= 1; due--) queue.make(at_ms(now_ms), now_ms);
    for (const sender of world.senders) {
      const room = sender.pid === 0 ? 0 : HELD_PIECES_MAX - queue.heldBy(sender.name);
      const pieces = room > 0 ? queue.hand(sender.name, room, now_ms) : [];
      if (pieces.length > 0) sender.give(pieces);
    }
    if (now - said > SAY_EVERY_MS) {
      said = now;
      progress();
    }
    await sleep(FEED_EVERY_MS);
  }
}
