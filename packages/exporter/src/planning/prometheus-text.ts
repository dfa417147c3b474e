// The usage of an organisation as Prometheus reads it. Gauges of a window that moves, not counters: what is
// settled again, deleted or priced anew makes a sum smaller, and a counter that falls is read as a restart.

import { INPUT_CLASSES, OUTPUT_CLASSES, usd, type TokenClass } from '@spanledger/ledger';
import type { Store, UsageRow } from '@spanledger/store';

/** Of services, agents, providers, models and operations together; the dearest first. */
export const SERIES_GROUPS_MAX = 1_000;
const NS_PER_S = 1e9;
const MINUTE_S = 60;

const LABELS = [
  ['service_name', 'service_name'],
  ['agent_name', 'gen_ai_agent_name'],
  ['provider', 'gen_ai_provider_name'],
  ['model', 'gen_ai_request_model'],
  ['operation', 'gen_ai_operation_name'],
] as const;

interface Family {
  readonly name: string;
  readonly help: string;
  readonly lines: string[];
}

export async function prometheusText(
  store: Store,
  org: string,
  window: string,
  window_s: number,
): Promise<string> {
  // Whole minutes, so that two that ask in one minute are told the same.
  const to_s = Math.floor(Date.now() / 1_000 / MINUTE_S) * MINUTE_S;
  const asked = { org, from_s: to_s - window_s, to_s, limit: SERIES_GROUPS_MAX };
  const rows = await store.ask('usage', { ...asked, by: LABELS.map(([dimension]) => dimension) });
  const called = rows.filter((row) => row.calls > 0 || row.call_errors > 0);
  const complete = gauge(
    'spanledger_usage_complete',
    `0 where only the ${SERIES_GROUPS_MAX} dearest groups of the last ${window} are told.`,
  );
  complete.lines.push(`${complete.name}{window="${window}"} ${rows.length < asked.limit ? 1 : 0}`);
  return [...familiesOf(called, window), complete]
    .map(({ name, help, lines }) =>
      [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines, ''].join('\n'),
    )
    .join('');
}

function gauge(name: string, help: string): Family {
  return { name, help, lines: [] };
}

function familiesOf(rows: readonly UsageRow[], window: string): Family[] {
  const tokens = gauge(
    'gen_ai_client_token_usage',
    `Tokens of the last ${window}; gen_ai.client.token.usage. Absent where no call told any.`,
  );
  const duration = gauge(
    'gen_ai_client_operation_duration_seconds',
    `Quantiles of the durations of the last ${window}; gen_ai.client.operation.duration.`,
  );
  const calls = gauge('spanledger_model_calls', `Model calls of the last ${window}.`);
  const unpriced = gauge('spanledger_unpriced_calls', `Calls of these that no cost is known of.`);
  const errors = gauge('spanledger_failed_calls', `Model calls of the last ${window} that failed.`);
  const cost = gauge(
    'spanledger_cost_usd',
    `Cost of the last ${window} in dollars. Absent where no call has a price.`,
  );
  for (const row of rows) {
    const labels = labelsOf(row, window);
    const put = ({ name, lines }: Family, more: string, value: string | number | null): void => {
      if (value !== null) lines.push(`${name}{${labels}${more}} ${value}`);
    };
    put(tokens, ',gen_ai_token_type="input"', sumOf(row, INPUT_CLASSES));
    put(tokens, ',gen_ai_token_type="output"', sumOf(row, OUTPUT_CLASSES));
    put(duration, ',quantile="0.5"', secondsOf(row.duration_p50_ns));
    put(duration, ',quantile="0.95"', secondsOf(row.duration_p95_ns));
    put(calls, '', row.calls);
    put(unpriced, '', row.calls - row.calls_priced);
    put(errors, '', row.call_errors);
    put(cost, '', usd(row.cost_usd));
  }
  return [tokens, duration, calls, unpriced, errors, cost];
}

function labelsOf({ group }: UsageRow, window: string): string {
  const labels = LABELS.map(
    ([dimension, label]) => `${label}="${escaped(group[dimension] ?? '')}"`,
  );
  return [...labels, `window="${window}"`].join(',');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function sumOf({ tokens }: UsageRow, classes: readonly TokenClass[]): number | null {
  const known = classes.flatMap((name) => tokens[name] ?? []);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function secondsOf(duration_ns: number | null): number | null {
  return duration_ns === null ? null : duration_ns / NS_PER_S;
}
