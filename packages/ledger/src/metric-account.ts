// What an account says of metrics: sums of services that told no usage otherwise, apart from all calls
// and totals.

import type { AccountMetric } from './account-contract.ts';
import type { Fact } from './fact.ts';
import type { MetricPoint } from './metric-point.ts';
import { metricSums, metricUsage, type MetricUsage } from './metric-usage.ts';
import { usd } from './usd.ts';

/** What metrics tell of the services of which no span and no log record told any usage. */
export function metricsBeside(
  facts: readonly Fact[],
  points: readonly MetricPoint[],
): AccountMetric[] {
  const told = new Set(facts.filter(tellsTokens).map(({ service_name }) => service_name));
  const silent = points.filter(({ service_name }) => !told.has(service_name));
  return metricUsage(metricSums(silent)).map(metricOf);
}

/** A zero is what some emitters write where they do not know. */
const tellsTokens = ({ input_tokens, output_tokens, total_tokens }: Fact): boolean =>
  Math.max(input_tokens ?? 0, output_tokens ?? 0, total_tokens ?? 0) > 0;

function metricOf(row: MetricUsage): AccountMetric {
  const { service_name, scope_name, provider, model, usage_reason, doubts } = row;
  const { input_total, cache_read, cache_write, output_total, reasoning } = row;
  const input_uncached =
    input_total === null || cache_read === null
      ? null
      : Math.max(0, input_total - cache_read - (cache_write ?? 0));
  return {
    ...{ service: service_name, scope: scope_name, provider, model },
    tokens: { input_total, input_uncached, cache_read, cache_write, output_total, reasoning },
    ...{ reported_cost_usd: usd(row.reported_cost_usd), usage_reason, doubts },
  };
}
