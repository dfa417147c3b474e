// What was used in a period, as the REST API answers it, and as verification holds it against the sums.

import { metricUsage, usd, type DisplayCurrency, type MetricUsage } from '@spanledger/ledger';
import type { Dimension, Period, UsageRow } from '@spanledger/store';
import { amountAnswer, currencyOf, rateAnswer } from './display-currency.ts';
import type { Stages } from '../stages.ts';

export async function usageReport(
  stages: Stages,
  asked: Period,
  by: readonly Dimension[],
  limit: number | undefined,
  code: string | undefined,
): Promise<{ readonly rows: readonly UsageAnswer[] }> {
  const currency = code === undefined ? null : currencyOf(stages, code);
  const [rows, sums] = await Promise.all([
    stages.store.ask('usage', { ...asked, by, ...(limit === undefined ? {} : { limit }) }),
    stages.store.ask('metric_usage', asked),
  ]);
  const metric_only = metricUsage(sums).map(metricAnswer);
  const shown = rows.map((row) => usageAnswer(row, currency));
  return { by, rows: shown, metric_only, ...rateAnswer(currency) } as { rows: UsageAnswer[] };
}

/** A row as it is told: figures by name, money as decimal text. */
export type UsageAnswer = Readonly<Record<string, unknown>>;

/** Dimensions, sums and token classes side by side, as the columns of the view have them. */
export function usageAnswer(
  { group, tokens, cost_usd, ...sums }: UsageRow,
  currency: DisplayCurrency | null,
): UsageAnswer {
  const shown = amountAnswer(cost_usd, currency);
  return { ...group, ...sums, ...tokens, cost_usd: usd(cost_usd), ...shown };
}

/** Sums without calls, which are in no other row. */
function metricAnswer(row: MetricUsage): unknown {
  const { service_name, scope_name, provider, model, usage_reason, doubts } = row;
  const { input_total, cache_read, cache_write, output_total, reasoning } = row;
  return {
    ...{ service_name, scope_name, provider, model },
    ...{ input_total, cache_read, cache_write, output_total, reasoning },
    ...{ reported_cost_usd: usd(row.reported_cost_usd), usage_reason, doubts },
  };
}
