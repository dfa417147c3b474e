// One data point of a metric that tells tokens or cost, as it is stored: what it says and which
// series it belongs to. Points are sums over calls that nobody can tell apart any more.

import type { Column } from './column.ts';
import type { CacheConvention, ReasoningConvention } from './fact.ts';

/** What a point counts. Whatever else an emitter tells apart is one of these, or is not taken. */
export type MetricQuantity =
  | 'input'
  | 'cache_read'
  | 'cache_write'
  | 'output'
  | 'reasoning'
  /** What the emitter says it cost, in 10⁻¹² US dollars. */
  | 'cost';

/** A cumulative point repeats what its series told before; a delta point does not. */
export type Temporality = 'delta' | 'cumulative';

export interface MetricPoint {
  org_id: string;
  service_name: string;
  environment: string;
  scope_name: string;
  /** Which family of names it is of: families of one scope tell the same tokens. */
  dialect: string;
  metric: string;
  provider: string;
  request_model: string;
  response_model: string;
  quantity: MetricQuantity;
  cache_convention: CacheConvention;
  reasoning_convention: ReasoningConvention;
  temporality: Temporality;
  /** Hash of resource, scope, metric and attributes: 32 hex digits. */
  series: string;
  start_time: bigint;
  time: bigint;
  /** Tokens, or 10⁻¹² US dollars. */
  value: bigint;
}

export const METRIC_POINT_COLUMNS = [
  { name: 'org_id', type: 'LowCardinality(String)' },
  { name: 'service_name', type: 'LowCardinality(String)' },
  { name: 'environment', type: 'LowCardinality(String)' },
  { name: 'scope_name', type: 'LowCardinality(String)' },
  { name: 'dialect', type: 'LowCardinality(String)' },
  { name: 'metric', type: 'LowCardinality(String)' },
  { name: 'provider', type: 'LowCardinality(String)' },
  { name: 'request_model', type: 'LowCardinality(String)' },
  { name: 'response_model', type: 'LowCardinality(String)' },
  { name: 'quantity', type: 'LowCardinality(String)' },
  { name: 'cache_convention', type: 'LowCardinality(String)' },
  { name: 'reasoning_convention', type: 'LowCardinality(String)' },
  { name: 'temporality', type: 'LowCardinality(String)' },
  { name: 'series', type: 'String' },
  { name: 'start_time', type: 'DateTime64(9)' },
  { name: 'time', type: 'DateTime64(9)' },
  { name: 'value', type: 'UInt64' },
] as const satisfies readonly Column<MetricPoint>[];
