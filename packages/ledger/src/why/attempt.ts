// What became of one run of an agent, told from its span and its events, whichever of them arrived.

import {
  evidenceOf,
  type Evidence,
  type Sureness,
  type WhyRow,
  type WhyVerdict,
} from './evidence.ts';

/** One run and how it ended. */
export interface Attempt {
  readonly agent_name: string;
  readonly trace_id: string;
  readonly began_ns: bigint;
  readonly verdict: WhyVerdict;
  readonly sure: Sureness;
  readonly evidence: readonly Evidence[];
}

export interface Now {
  readonly now_ns: bigint;
  /** A run that is not over and was silent for so long is dead. */
  readonly abandoned_ns: bigint;
}

const FAILED = new Set(['error', 'failed', 'timeout', 'cancelled']);
const OVER = new Set(['end', 'span']);
const BUDGET = /budget/i;

/** Every run of the rows; a budget's stop is no run of the agent that it names. */
export function attemptsOf(rows: readonly WhyRow[], now: Now): Attempt[] {
  const runs = new Map<string, WhyRow[]>();
  for (const row of rows) {
    if (row.what === 'trace' || row.event === 'budget_stopped') continue;
    const key = `${row.trace_id}:${row.span_id}`;
    const known = runs.get(key);
    if (known === undefined) runs.set(key, [row]);
    else known.push(row);
  }
  return [...runs.values()].map((run) => attemptOf(run, now));
}

function attemptOf(rows: readonly WhyRow[], now: Now): Attempt {
  const began_ns = rows.reduce((least, { time_ns }) => min(least, time_ns), rows[0]?.time_ns ?? 0n);
  const names = rows.map(({ agent_name }) => agent_name).filter((name) => name !== '');
  const { verdict, sure, evidence } = outcomeOf(rows, now);
  return {
    agent_name: names.toSorted()[0] ?? '',
    trace_id: rows[0]?.trace_id ?? '',
    ...{ began_ns, verdict, sure, evidence },
  };
}

function outcomeOf(
  rows: readonly WhyRow[],
  { now_ns, abandoned_ns }: Now,
): Pick<Attempt, 'verdict' | 'sure' | 'evidence'> {
  const found = (verdict: WhyVerdict, sure: Sureness, because: readonly WhyRow[], more = '') => ({
    ...{ verdict, sure },
    evidence: because.map((row) => evidenceOf(row, row.event || row.what, detailOf(row, more))),
  });
  const over = rows.filter(({ what, event }) => what === 'run' || OVER.has(event));
  const skips = rows.filter(({ event, status }) => event === 'skip' || status === 'skipped');
  const failures = over.filter(({ status }) => FAILED.has(status));
  const stopped = failures.filter(({ error_type }) => BUDGET.test(error_type));
  if (stopped.length > 0) return found('budget_stopped', 'certain', stopped);
  if (failures.length > 0) return found('failed', 'certain', failures, brokenStage(rows));
  const died = over.filter(({ attributes }) => attributes['spanledger.unfinished'] === 'true');
  if (died.length > 0) return found('failed', 'certain', died, 'the process ended');
  if (skips.length > 0) return found('skipped', 'certain', skips);
  if (over.length > 0) return found('fired_successfully', 'certain', over);
  const last_ns = rows.reduce((most, { time_ns }) => (time_ns > most ? time_ns : most), 0n);
  const stage = brokenStage(rows);
  if (now_ns - last_ns <= abandoned_ns) return found('still_running', 'certain', rows, stage);
  return found('failed', 'likely', rows, `silent since, its process died${stage && `; ${stage}`}`);
}

/** The stage that began last and did not end. */
function brokenStage(rows: readonly WhyRow[]): string {
  const ended = new Set(
    rows.filter(({ event }) => event === 'stage_end').map(({ stage }) => stage),
  );
  const open = rows
    .filter(({ event, stage }) => event === 'stage' && !ended.has(stage))
    .toSorted((one, other) =>
      one.time_ns < other.time_ns
        ? 1
        : one.time_ns > other.time_ns
          ? -1
          : one.stage < other.stage
            ? -1
            : 1,
    );
  return open[0] === undefined ? '' : `in stage ${open[0].stage}`;
}

function detailOf(row: WhyRow, more: string): string {
  const { status, error_type, attributes } = row;
  const confidence = attributes['spanledger.skip.confidence'];
  return [
    ...[status, error_type, attributes['spanledger.skip.reasoning'] ?? ''],
    ...[confidence === undefined ? '' : `confidence ${confidence}`, more],
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function min(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
