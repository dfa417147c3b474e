// What is known of a conversation and of an agent, as rows that a verdict can be made of, and the words of
// a verdict.

/** Why an agent did or did not run in a conversation. */
export const WHY_VERDICTS = [
  'fired_successfully',
  'still_running',
  'budget_stopped',
  'failed',
  'skipped',
  'routed_elsewhere',
  'upstream_failed',
  'never_invoked',
  'never_observed',
] as const;
export type WhyVerdict = (typeof WHY_VERDICTS)[number];

/** From the least to the most. */
export const SURENESS = ['possible', 'likely', 'certain'] as const;
export type Sureness = (typeof SURENESS)[number];

/** Why `never_invoked` cannot be said. */
export type Unseen =
  | 'no_data'
  | 'traces_incomplete'
  | 'sampled'
  | 'agent_unknown'
  | 'agent_of_other_services'
  | 'chosen';

/** A run, an event of one, or what is known of a trace. */
export interface WhyRow {
  readonly what: 'run' | 'event' | 'trace';
  /** start, end, skip, route, stage, stage_end, status, span, budget_stopped; '' of others. */
  readonly event: string;
  /** Nanoseconds since 1970: when it began or happened. */
  readonly time_ns: bigint;
  readonly trace_id: string;
  readonly span_id: string;
  readonly execution_id: string;
  readonly agent_name: string;
  readonly service_name: string;
  readonly status: string;
  readonly error_type: string;
  readonly stage: string;
  /** Of an event its attributes; of a trace `spans`, `roots`, `orphans`, `sampled`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** In other conversations of the last days: where the agent ran, or a router could have chosen it. */
export interface Habit {
  readonly how: 'ran' | 'declared';
  readonly service_name: string;
  /** The first agent of the conversations, which tells their kind. */
  readonly entry_agent: string;
  /** Whoever called it, or could have. */
  readonly parent_agent: string;
  readonly times: number;
  readonly last_ns: bigint;
}

export interface Evidence {
  readonly what: string;
  readonly time_ns: bigint;
  readonly trace_id: string;
  readonly span_id: string;
  readonly execution_id: string;
  readonly agent_name: string;
  /** In a few words: a status, an error, the reason that a router gave. */
  readonly detail: string;
}

export interface WhyFinding {
  readonly verdict: WhyVerdict;
  readonly sure: Sureness;
  readonly evidence: readonly Evidence[];
}

export interface Why extends WhyFinding {
  /** What else was found, and how sure that is. */
  readonly also: readonly WhyFinding[];
  /** Of `never_observed`: why more cannot be said. */
  readonly unseen: readonly Unseen[];
  readonly habits: readonly Habit[];
}

export function evidenceOf(row: WhyRow, what: string, detail: string): Evidence {
  const { time_ns, trace_id, span_id, execution_id, agent_name } = row;
  return { what, time_ns, trace_id, span_id, execution_id, agent_name, detail };
}

export function surer(one: Sureness, other: Sureness): Sureness {
  return SURENESS.indexOf(one) >= SURENESS.indexOf(other) ? one : other;
}

/** By time; the same in whatever order they came. */
export function inOrder(rows: readonly Evidence[]): Evidence[] {
  const key = (one: Evidence): string =>
    [one.trace_id, one.span_id, one.what, one.agent_name, one.detail, one.execution_id].join('\n');
  return rows.toSorted((one, other) => {
    if (one.time_ns !== other.time_ns) return one.time_ns < other.time_ns ? -1 : 1;
    return key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0;
  });
}
