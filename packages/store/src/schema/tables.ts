// The tables that receive blocks, and the columns that a block brings for each; the time of arrival
// is the tables' own.

import {
  CONTENT_COLUMNS,
  FACT_COLUMNS,
  LOG_COLUMNS,
  METRIC_POINT_COLUMNS,
  TRACE_COLUMNS,
  type BlockTable,
} from '@spanledger/ledger';

export type { BlockTable };

const names = (columns: readonly { readonly name: string }[]): string[] =>
  columns.map(({ name }) => name);

export const BLOCK_COLUMNS: Readonly<Record<BlockTable, readonly string[]>> = {
  otel_traces: names(TRACE_COLUMNS),
  genai_content: names(CONTENT_COLUMNS),
  otel_logs: names(LOG_COLUMNS),
  genai_facts: names(FACT_COLUMNS),
  genai_metric_points: names(METRIC_POINT_COLUMNS),
};
