// The tables that receive blocks, and the columns that a block brings for each; hours and times of
// arrival are the tables' own.

import { FACT_COLUMNS } from '@spanledger/ledger';

export type BlockTable = 'otel_traces' | 'genai_facts' | 'otel_logs';

const ROW_COLUMNS = ['OrgId', 'Timestamp', 'TraceId', 'SpanId', 'ServiceName', 'Version'];

export const BLOCK_COLUMNS: Readonly<Record<BlockTable, readonly string[]>> = {
  otel_traces: [
    ...ROW_COLUMNS,
    'ParentSpanId',
    'TraceState',
    'SpanName',
    'SpanKind',
    'ResourceAttributes',
    'ScopeName',
    'ScopeVersion',
    'SpanAttributes',
    'Duration',
    'StatusCode',
    'StatusMessage',
    'Events.Timestamp',
    'Events.Name',
    'Events.Attributes',
    'Links.TraceId',
    'Links.SpanId',
    'Links.TraceState',
    'Links.Attributes',
  ],
  otel_logs: [
    ...ROW_COLUMNS,
    'TraceFlags',
    'SeverityText',
    'SeverityNumber',
    'Body',
    'ResourceSchemaUrl',
    'ResourceAttributes',
    'ScopeSchemaUrl',
    'ScopeName',
    'ScopeVersion',
    'ScopeAttributes',
    'LogAttributes',
    'EventName',
    'EventId',
  ],
  genai_facts: FACT_COLUMNS.map(({ name }) => name),
};
