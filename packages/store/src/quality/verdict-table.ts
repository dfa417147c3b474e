// The verdicts on answers, as they are stored.

import { randomUUID } from 'node:crypto';
import { encodeRows, type Column, type Verdict } from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import type { AnsweredCall } from './stored-answers.ts';

export interface JudgedCall {
  readonly call: AnsweredCall;
  readonly verdict: Verdict;
  readonly request_hash: string;
}

interface VerdictRow {
  readonly org_id: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly event_id: string;
  readonly start_time: bigint;
  readonly source: string;
  readonly reason: string;
  readonly score_ppm: number | null;
  readonly valid: boolean | null;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly words: number | null;
  readonly request_hash: string;
  readonly judged_at: bigint;
}

const LC = 'LowCardinality(String)';
export const VERDICT_COLUMNS: readonly Column<VerdictRow>[] = [
  { name: 'org_id', type: LC },
  { name: 'trace_id', type: 'String' },
  { name: 'span_id', type: 'String' },
  { name: 'event_id', type: 'String' },
  { name: 'start_time', type: 'DateTime64(9)' },
  { name: 'source', type: LC },
  { name: 'reason', type: LC },
  { name: 'score_ppm', type: 'Nullable(UInt32)' },
  { name: 'valid', type: 'Nullable(Bool)' },
  { name: 'errors', type: 'Array(LowCardinality(String))' },
  { name: 'warnings', type: 'Array(LowCardinality(String))' },
  { name: 'words', type: 'Nullable(UInt32)' },
  { name: 'request_hash', type: 'String' },
  { name: 'judged_at', type: 'UInt64' },
];

const MILLION = 1_000_000;

/** `judged_at`: ClickHouse's clock before the content was read; the latest verdict stands. */
export async function writeVerdicts(
  connection: Connection,
  judged: readonly JudgedCall[],
  judged_at: bigint,
): Promise<void> {
  if (judged.length === 0) return;
  const rows = judged.map(({ call, verdict, request_hash }): VerdictRow => {
    const { org_id, trace_id, span_id, event_id, start_time } = call;
    const { source, reason, score, valid, errors, warnings, words } = verdict;
    return {
      ...{ org_id, trace_id, span_id, event_id, start_time, source, reason },
      score_ppm: score === null ? null : Math.round(score * MILLION),
      ...{ valid, errors, warnings, words, request_hash, judged_at },
    };
  });
  const names = VERDICT_COLUMNS.map(({ name }) => name);
  const parts = encodeRows(VERDICT_COLUMNS, rows);
  await connection.inserter.insert('answer_verdicts', names, parts, randomUUID());
}
