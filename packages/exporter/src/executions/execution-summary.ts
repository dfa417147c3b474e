// How the executions of a period went and what they cost: statuses and durations from the executions,
// everything that is summed from the roll-ups.

import { INPUT_CLASSES, OUTPUT_CLASSES, usd } from '@spanledger/ledger';
import type { Period, StatusCount, UsageRow } from '@spanledger/store';
import { z } from 'zod';
import type { Stages } from '../stages.ts';
import { successRate } from './success-rate.ts';

const MS_PER_S = 1_000;
const maybe = z.number().nullable();
const counts = z.record(z.string(), z.number());
const costs = z.record(z.string(), z.string().nullable());

export const SUMMARY_ANSWER = z.looseObject({
  date_range: z.object({ start: z.string(), end: z.string() }),
  total_executions: z.number(),
  status_counts: counts,
  agent_type_counts: counts,
  duration: z.object({ avg_ms: maybe, min_ms: maybe, max_ms: maybe }),
  success_rate: maybe.describe('of those that ended and were not skipped, 0 to 1'),
  total_llm_calls: z.number(),
  provider_counts: counts,
  model_counts: counts,
  tokens: z.object({ input: maybe, output: maybe, total: maybe }),
  total_cost_usd: z.string().nullable(),
  cost_by_provider: costs,
  cost_by_model: costs,
});

export async function executionSummary(stages: Stages, asked: Period): Promise<unknown> {
  const { store, config } = stages;
  const [statuses, usage] = await Promise.all([
    store.ask('execution_summary', { ...asked, abandoned_ms: config.abandoned_ms }),
    store.ask('usage', { ...asked, by: ['provider', 'model'] }),
  ]);
  const called = usage.filter(({ calls }) => calls > 0);
  const total = sumBy(statuses, () => '', 'executions')[''] ?? 0;
  const byStatus = sumBy(statuses, ({ status }) => status, 'executions');
  const tokens = {
    input: tokensOf(called, INPUT_CLASSES),
    output: tokensOf(called, OUTPUT_CLASSES),
  };
  return {
    date_range: { start: timeText(asked.from_s), end: timeText(asked.to_s) },
    total_executions: total,
    status_counts: byStatus,
    agent_type_counts: sumBy(statuses, ({ agent_name }) => agent_name, 'executions'),
    duration: durationOf(statuses),
    success_rate: successRate(byStatus),
    total_llm_calls: called.reduce((sum, { calls }) => sum + calls, 0),
    provider_counts: callsBy(called, 'provider'),
    model_counts: callsBy(called, 'model'),
    tokens: {
      ...tokens,
      total:
        tokens.input === null && tokens.output === null
          ? null
          : (tokens.input ?? 0) + (tokens.output ?? 0),
    },
    total_cost_usd: usd(costOf(called)),
    cost_by_provider: costBy(called, 'provider'),
    cost_by_model: costBy(called, 'model'),
  };
}

function sumBy(
  rows: readonly StatusCount[],
  name: (row: StatusCount) => string,
  figure: 'executions',
): Record<string, number> {
  const sums: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const row of rows) sums[name(row)] = (sums[name(row)] ?? 0) + row[figure];
  return sums;
}

function durationOf(rows: readonly StatusCount[]): unknown {
  const timed = rows.filter((row) => row.timed > 0);
  const count = timed.reduce((sum, row) => sum + row.timed, 0);
  const sum_ms = timed.reduce((sum, row) => sum + (row.duration_sum_ms ?? 0), 0);
  if (count === 0) return { avg_ms: null, min_ms: null, max_ms: null };
  return {
    avg_ms: sum_ms / count,
    min_ms: Math.min(...timed.map((row) => row.duration_min_ms ?? Infinity)),
    max_ms: Math.max(...timed.map((row) => row.duration_max_ms ?? 0)),
  };
}

function callsBy(rows: readonly UsageRow[], name: 'provider' | 'model'): Record<string, number> {
  const sums = Object.create(null) as Record<string, number>;
  for (const { group, calls } of rows) {
    const key = group[name] ?? '';
    sums[key] = (sums[key] ?? 0) + calls;
  }
  return sums;
}

function costBy(
  rows: readonly UsageRow[],
  name: 'provider' | 'model',
): Record<string, string | null> {
  const names = [...new Set(rows.map(({ group }) => group[name] ?? ''))];
  return Object.fromEntries(
    names.map((key) => [key, usd(costOf(rows.filter(({ group }) => (group[name] ?? '') === key)))]),
  );
}

/** Of what is priced; null where nothing is. */
function costOf(rows: readonly UsageRow[]): bigint | null {
  const known = rows.flatMap(({ cost_usd }) => cost_usd ?? []);
  return known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0n);
}

type Class = (typeof INPUT_CLASSES)[number] | (typeof OUTPUT_CLASSES)[number];

function tokensOf(rows: readonly UsageRow[], names: readonly Class[]): number | null {
  const known = rows.flatMap(({ tokens }) => names.flatMap((name) => tokens[name] ?? []));
  return known.length === 0 ? null : known.reduce((sum, count) => sum + Number(count), 0);
}

function timeText(time_s: number): string {
  return new Date(time_s * MS_PER_S).toISOString();
}
