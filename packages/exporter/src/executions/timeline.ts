// What a run told while it went on, as a timeline: its stages with their time, what it logged, and how
// long nothing was told in between.

import type { ExecutionEvent } from '@spanledger/store';

const NS_PER_MS = 1e6;
const LOG_FIELD = 'spanledger.log.';
const TOLD = 'spanledger.';

export interface TimelineEntry {
  readonly event: string;
  /** Nanoseconds since 1970. */
  readonly time_ns: bigint;
  /** Since the run began. */
  readonly at_ms: number;
  /** Since the end of the entry before. */
  readonly gap_ms: number;
  readonly stage: string;
  readonly status: string;
  readonly message: string;
  /** Of a stage that ended, or of the run; null where it did not. */
  readonly duration_ms: number | null;
  readonly error_type: string;
  /** What else was told, by its name without our prefix. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A stage is one entry, from its start to its end; `events` are of one run, in their order. */
export function timelineOf(events: readonly ExecutionEvent[]): readonly TimelineEntry[] {
  const told = events.filter(({ event }) => event !== 'span');
  const begun_ns = told[0]?.time_ns ?? 0n;
  const ends = endsOfStages(told);
  const paired = new Set(ends.values());
  let before_ns = begun_ns;
  return told.flatMap((one) => {
    if (paired.has(one)) {
      if (one.time_ns > before_ns) before_ns = one.time_ns;
      return [];
    }
    const end = ends.get(one);
    const entry = entryOf(one, end, begun_ns, before_ns);
    if (one.time_ns > before_ns) before_ns = one.time_ns;
    return [entry];
  });
}

function entryOf(
  one: ExecutionEvent,
  end: ExecutionEvent | undefined,
  begun_ns: bigint,
  before_ns: bigint,
): TimelineEntry {
  return {
    event: one.event,
    time_ns: one.time_ns,
    at_ms: Number(one.time_ns - begun_ns) / NS_PER_MS,
    gap_ms: Number(one.time_ns - before_ns) / NS_PER_MS,
    stage: one.event === 'stage' || one.event === 'stage_end' ? one.stage : '',
    status: one.status,
    message: one.message,
    duration_ms:
      end === undefined
        ? one.duration_ms
        : (end.duration_ms ?? Number(end.time_ns - one.time_ns) / NS_PER_MS),
    error_type: end?.error_type || one.error_type,
    fields: fieldsOf(one),
  };
}

/** The start of each stage with its end: the next of that name, innermost first. */
function endsOfStages(events: readonly ExecutionEvent[]): Map<ExecutionEvent, ExecutionEvent> {
  const open: ExecutionEvent[] = [];
  const ends = new Map<ExecutionEvent, ExecutionEvent>();
  for (const one of events) {
    if (one.event === 'stage') open.push(one);
    if (one.event !== 'stage_end') continue;
    const at = open.findLastIndex(({ stage }) => stage === one.stage);
    const begun = at === -1 ? undefined : open.splice(at, 1)[0];
    if (begun !== undefined) ends.set(begun, one);
  }
  return ends;
}

/** The stages that began and did not end: where a run broke or is, the innermost last. */
export function openStages(events: readonly ExecutionEvent[]): readonly string[] {
  const ends = endsOfStages(events);
  return events.filter((one) => one.event === 'stage' && !ends.has(one)).map(({ stage }) => stage);
}

/** Log fields by the program's own name; decisions by ours. */
function fieldsOf({ attributes, event }: ExecutionEvent): Record<string, string> {
  const prefix = event === 'log' ? LOG_FIELD : `${TOLD}${event}.`;
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}
