// How the executions of the last hours went, by agent: how many ended how, and how long they took.

import type { Period, StatusCount } from '@spanledger/store';
import type { Stages } from '../stages.ts';
import { successRate } from './success-rate.ts';

export interface AgentStats {
  readonly agent_type: string;
  readonly executions: number;
  readonly status_counts: Readonly<Record<string, number>>;
  /** Of those that ended and were not skipped, 0 to 1; null where there is none. */
  readonly success_rate: number | null;
  readonly duration_avg_ms: number | null;
  readonly duration_max_ms: number | null;
}

/** `scope`: one agent or service only. */
export async function trackingStats(
  { store, config }: Stages,
  asked: Period,
  scope: string | undefined,
): Promise<unknown> {
  const { abandoned_ms } = config;
  const whole = { ...asked, abandoned_ms };
  const rows =
    scope === undefined
      ? await store.ask('execution_summary', whole)
      : await scopedRows(store, whole, scope);
  const names = [...new Set(rows.map(({ agent_name }) => agent_name))];
  const agents = names.map((name) =>
    statsOf(
      name,
      rows.filter(({ agent_name }) => agent_name === name),
    ),
  );
  return {
    ...{ from: timeText(asked.from_s), to: timeText(asked.to_s), scope: scope ?? null },
    total: statsOf('', rows),
    agents: agents.toSorted((a, b) => b.executions - a.executions),
  };
}

/** An agent of that name, else the service. */
async function scopedRows(
  store: Stages['store'],
  asked: Period & { readonly abandoned_ms: number },
  scope: string,
): Promise<readonly StatusCount[]> {
  const ofAgent = await store.ask('execution_summary', { ...asked, agent: scope });
  return ofAgent.length > 0
    ? ofAgent
    : store.ask('execution_summary', { ...asked, service: scope });
}

function statsOf(agent_type: string, rows: readonly StatusCount[]): AgentStats {
  const status_counts: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const { status, executions } of rows) {
    status_counts[status] = (status_counts[status] ?? 0) + executions;
  }
  const executions = rows.reduce((sum, row) => sum + row.executions, 0);
  const timed = rows.filter((row) => row.timed > 0);
  const count = timed.reduce((sum, row) => sum + row.timed, 0);
  return {
    ...{ agent_type, executions, status_counts },
    success_rate: successRate(status_counts),
    duration_avg_ms:
      count === 0 ? null : timed.reduce((sum, row) => sum + (row.duration_sum_ms ?? 0), 0) / count,
    duration_max_ms: count === 0 ? null : Math.max(...timed.map((row) => row.duration_max_ms ?? 0)),
  };
}

function timeText(time_s: number): string {
  return new Date(time_s * 1_000).toISOString();
}
