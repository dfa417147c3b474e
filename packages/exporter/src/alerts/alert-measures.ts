// What each rule measures, from the same questions that REST and the command line ask.

import type { AlertRule, UsageRow } from '@spanledger/store';
import { usd } from '@spanledger/ledger';
import { exact, type AlertQuestion } from './alert-rules.ts';
import type { Measured } from './incidents.ts';
import { standingBudgets } from '../planning/standing-budgets.ts';
import type { Stages } from '../stages.ts';
import { toolReport } from '../tools/tool-report.ts';

/** Null where nothing can be said now: what holds goes on. */
type Measure = (
  stages: Stages,
  asked: { readonly org: string; readonly from_s: number; readonly to_s: number },
  rule: AlertRule,
) => Promise<readonly Measured[] | null>;

/** A share of a few says nothing. */
const CALLS_MIN = 20;
/** Windows before this one that a tool's use is held against. */
const WINDOWS_BEFORE = 24;
const MINUTE_S = 60;
/** Fewer than rows, because a window reaches into one step more. */
const STEPS_MAX = 5_000;
const ROWS = { limit: 10_000 } as const;

export const MEASURES: Readonly<Record<AlertQuestion, Measure>> = {
  tool_share: async (stages, asked) => {
    const sets = await stages.store.ask('tool_sets', { ...asked, ...ROWS });
    const requests = sum(sets, (set) => set.requests);
    const withTools = sum(sets, (set) => set.requests_with_tools);
    return whole(share(withTools, requests), `${withTools} of ${requests} requests had tools`);
  },
  tool_overhead: async (stages, asked) => {
    const { totals } = await toolReport(stages, asked);
    const { requests, overhead_share, input_tokens, definition_tokens, result_tokens } = totals;
    const told = `definitions ${definition_tokens ?? 'unknown'}, results ${result_tokens ?? 'unknown'}`;
    const value = requests < CALLS_MIN ? null : overhead_share;
    return whole(value, `of ${input_tokens ?? 'unknown'} input tokens are of tools: ${told}`);
  },
  agent_share: async (stages, asked) => {
    const rows = await stages.store.ask('usage', { ...asked, by: ['agent_name'], ...ROWS });
    const all = sum(rows, tokensOf);
    const agents = rows.filter(({ group }) => (group.agent_name ?? '') !== '');
    // One agent alone has all, which tells nothing.
    if (agents.length < 2 || sum(rows, ({ calls }) => calls) < CALLS_MIN || all === 0) return [];
    return agents.map((row) => ({
      subject: row.group.agent_name ?? '',
      value: exact(tokensOf(row) / all),
      evidence: `${tokensOf(row)} of ${all} tokens`,
    }));
  },
  tool_spike: async (stages, asked, { window_s }) => {
    const by = { by: ['tool_name'] as const, ...ROWS };
    const from_s = asked.from_s - WINDOWS_BEFORE * window_s;
    const [now, before] = await Promise.all([
      stages.store.ask('usage', { ...asked, ...by }),
      stages.store.ask('usage', { ...asked, ...by, from_s, to_s: asked.from_s }),
    ]);
    const usual = new Map(before.map((row) => [row.group.tool_name ?? '', row.tool_calls]));
    return now.flatMap(({ group, tool_calls }) => {
      const subject = group.tool_name ?? '';
      if (subject === '' || tool_calls < CALLS_MIN) return [];
      const mean = (usual.get(subject) ?? 0) / WINDOWS_BEFORE;
      // A tool that is new has no usual use.
      if (mean === 0) return [];
      const evidence = `${tool_calls} calls, usually ${mean.toFixed(1)}`;
      return [{ subject, value: exact(tool_calls / mean), evidence }];
    });
  },
  cost: async (stages, asked) => {
    const [totals] = await stages.store.ask('totals', asked);
    const { cost_usd = null, calls = 0, calls_priced = 0 } = totals ?? {};
    const unpriced =
      calls === calls_priced ? '' : `, and ${calls - calls_priced} calls without a price`;
    return [
      { subject: '', value: cost_usd, evidence: `${usd(cost_usd) ?? 'unknown'} USD${unpriced}` },
    ];
  },
  error_rate: async (stages, asked) => {
    const rows = await stages.store.ask('usage', { ...asked, by: ['status'] });
    const failed = sum(rows, ({ call_errors }) => call_errors);
    const good = sum(rows, ({ group, calls }) => (group.status === 'error' ? 0 : calls));
    return whole(share(failed, failed + good), `${failed} of ${failed + good} calls failed`);
  },
  silence: async (stages, asked, { window_s }) => {
    // As fine as a list of steps allows, whose end is what counts.
    const step_s = MINUTE_S * Math.ceil(window_s / MINUTE_S / STEPS_MAX);
    const steps = await stages.store.ask('usage_over_time', { ...asked, by: [], step_s, ...ROWS });
    const last_s = steps.reduce((latest, { time_s }) => Math.max(latest, time_s), 0);
    // Whoever was silent for the whole window does not speak again by it.
    if (last_s === 0) return null;
    const value = exact(Math.max(0, asked.to_s - last_s - step_s));
    return [{ subject: '', value, evidence: `last at ${timeText(last_s)}` }];
  },
  drift: (stages, { org, from_s }) => {
    const found = stages.drifted.get(org);
    if (found === undefined) return Promise.resolve(null);
    const value = found.at_s < from_s ? null : exact(found.differences);
    return Promise.resolve([{ subject: '', value, evidence: found.next }]);
  },
  budget_used: async (stages, { org }) => {
    const standing = await standingBudgets(stages.store, await stages.store.budgets.list(org), []);
    return standing.map(({ budget, status }) => ({
      subject: budget.name,
      value: status.used_share === null ? null : exact(status.used_share),
      evidence: `${Math.floor((status.used_share ?? 0) * 100)} % of the budget ${budget.name}`,
    }));
  },
  budget_burn: async (stages, { org }) => {
    const standing = await standingBudgets(stages.store, await stages.store.budgets.list(org));
    return standing.map(({ budget, status }) => {
      const rates = status.burn.map(({ rate }) => rate ?? 0);
      const { used_up_at_s } = status;
      const end =
        used_up_at_s === null ? 'is not used up' : `is used up at ${timeText(used_up_at_s)}`;
      const value = exact(Math.min(...rates));
      return { subject: budget.name, value, evidence: `the budget ${budget.name} ${end}` };
    });
  },
};

function whole(value: number | null, evidence: string): readonly Measured[] {
  return [{ subject: '', value: value === null ? null : exact(value), evidence }];
}

function share(part: number, all: number): number | null {
  return all < CALLS_MIN ? null : part / all;
}

function sum<Row>(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((all, row) => all + of(row), 0);
}

function tokensOf({ tokens }: UsageRow): number {
  return Object.values(tokens).reduce((all: number, count) => all + (count ?? 0), 0);
}

function timeText(time_s: number): string {
  return new Date(time_s * 1_000).toISOString().replace('.000Z', 'Z');
}
