// What is stored of the answers of calls: which calls were settled since, a page at a time, and the
// attributes, events and log records in which an answer may lie.

import {
  ANSWER_EVENTS,
  ANSWER_PATTERN,
  REQUEST_PATTERN,
  type StoredAnswer,
} from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import { readNative } from '../clickhouse/native-reader.ts';
import { hourOf } from '../settle/trace-hours.ts';

/** A counted model call that did not fail. */
export interface AnsweredCall {
  readonly org_id: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly event_id: string;
  /** Nanoseconds since 1970. */
  readonly start_time: bigint;
  readonly finish_reasons: readonly string[];
  /** When the ledger had it, by ClickHouse's clock. */
  readonly written_at: bigint;
}

/** An answer, and a hash of what it answers: '' where that is not stored. */
export interface StoredCall extends StoredAnswer {
  readonly request_hash: string;
}

export interface AnswersPage {
  readonly calls: readonly AnsweredCall[];
  /** Where to go on; null when all were told. */
  readonly next_ns: bigint | null;
}

/** A longer value is no answer that a person reads, and is left out. */
export const ANSWER_BYTES_MAX = 256 * 1024;
/** Calls whose answers are read at once: their values are in memory together. */
export const ANSWERS_READ_MAX = 64;

/**
 * In the order of writing, those without a verdict that is later. Rows of one insert share that time, so a
 * page never ends among them and may be longer than its limit by one insert.
 */
const PAGE = `
SELECT l.org_id AS org_id, l.trace_id AS trace_id, l.span_id AS span_id, l.event_id AS event_id,
  l.start_time AS start_time, l.finish_reasons AS finish_reasons, l.written_at AS written_at
FROM ledger AS l
LEFT ANY JOIN
(
  SELECT org_id, hour, trace_id, span_id, event_id, max(judged_at) AS judged
  FROM answer_verdicts WHERE judged_at >= toUInt64({since:Int64})
  GROUP BY org_id, hour, trace_id, span_id, event_id
) AS v
ON l.org_id = v.org_id AND l.hour = v.hour AND l.trace_id = v.trace_id
  AND l.span_id = v.span_id AND l.event_id = v.event_id
WHERE l.written_at >= fromUnixTimestamp64Nano({since:Int64})
  AND l.written_at < fromUnixTimestamp64Nano({end:Int64})
  AND l.kind = 'llm' AND l.counted AND l.is_deleted = 0 AND l.status != 'error'
  AND v.judged < toUInt64(toUnixTimestamp64Nano(l.written_at))
ORDER BY l.written_at LIMIT {limit:UInt64} WITH TIES`;

const YEAR_NS = 365n * 86_400_000_000_000n;

/** `now_ns`: ClickHouse's clock. */
export async function answersSince(
  connection: Connection,
  { since_ns, now_ns, window_ns }: AnswersAsked,
  calls_max: number,
): Promise<AnswersPage> {
  const isLast = since_ns + window_ns >= now_ns;
  const end_ns = isLast ? now_ns + YEAR_NS : since_ns + window_ns;
  const bytes = await connection.native(PAGE, {
    ...{ since: since_ns, end: end_ns, limit: calls_max },
  });
  const rows = readNative<AnsweredCall>(bytes);
  const last = rows.at(-1);
  if (last !== undefined && rows.length >= calls_max) {
    return { calls: rows, next_ns: last.written_at + 1n };
  }
  return { calls: rows, next_ns: isLast ? null : end_ns };
}

export interface AnswersAsked {
  readonly since_ns: bigint;
  readonly now_ns: bigint;
  /** A page is looked for in so much time, so that one of a long backlog is as cheap as the last. */
  readonly window_ns: bigint;
}

const SPANS = `
SELECT TraceId, SpanId,
  mapFilter((name, value) -> match(name, {pattern:String}) AND length(value) <= {bytes_max:UInt32},
    SpanAttributes) AS values,
  \`Events.Name\` AS event_names,
  arrayMap(pairs -> mapFilter(
    (name, value) -> match(name, {pattern:String}) AND length(value) <= {bytes_max:UInt32}, pairs),
    \`Events.Attributes\`) AS event_values,
  arraySort(arrayFilter(name -> match(name, {request:String}), mapKeys(SpanAttributes))) AS asked,
  if(empty(asked), '', lower(hex(cityHash64(
    arrayMap(name -> (name, SpanAttributes[name]), asked))))) AS request_hash
FROM spans_with_content
WHERE OrgId = {org:String} AND Hour IN {hours:Array(DateTime('UTC'))}
  AND TraceId IN {traces:Array(String)} AND SpanId IN {spans:Array(String)}`;

const LOGS = `
SELECT TraceId, SpanId, EventId, if(length(Body) <= {bytes_max:UInt32}, Body, '') AS body,
  has({events:Array(String)}, EventName) AS holds_answer,
  mapFilter((name, value) -> match(name, {pattern:String}) AND length(value) <= {bytes_max:UInt32},
    LogAttributes) AS values
FROM logs_with_content
WHERE OrgId = {org:String} AND Hour IN {hours:Array(DateTime('UTC'))}
  AND TraceId IN {traces:Array(String)} AND SpanId IN {spans:Array(String)}
  AND (EventName IN {events:Array(String)} OR EventId IN {event_ids:Array(String)})
ORDER BY Timestamp, EventId`;

interface SpanRow {
  readonly TraceId: string;
  readonly SpanId: string;
  readonly values: StoredAnswer['values'];
  readonly event_names: readonly string[];
  readonly event_values: readonly StoredAnswer['values'][];
  readonly request_hash: string;
}

interface LogRow {
  readonly TraceId: string;
  readonly SpanId: string;
  readonly EventId: string;
  readonly body: string;
  readonly holds_answer: number;
  readonly values: StoredAnswer['values'];
}

/** Of calls of one organisation, at most `ANSWERS_READ_MAX`; in their order. */
export async function storedAnswers(
  connection: Connection,
  org_id: string,
  calls: readonly AnsweredCall[],
): Promise<StoredCall[]> {
  const times = calls.map(({ start_time }) => hourOf(start_time));
  const given = {
    ...{ org: org_id, hours: [...new Set(times)], pattern: ANSWER_PATTERN },
    request: REQUEST_PATTERN,
    traces: [...new Set(calls.map(({ trace_id }) => trace_id))],
    spans: [...new Set(calls.map(({ span_id }) => span_id))],
    event_ids: calls.map(({ event_id }) => event_id).filter((id) => id !== ''),
    ...{ events: [...ANSWER_EVENTS], bytes_max: ANSWER_BYTES_MAX },
  };
  const spans = (await connection.rows(SPANS, given)) as unknown as SpanRow[];
  const logs = (await connection.rows(LOGS, given)) as unknown as LogRow[];
  return calls.map((call) => answerOf(call, spans, logs));
}

function answerOf(
  call: AnsweredCall,
  spans: readonly SpanRow[],
  logs: readonly LogRow[],
): StoredCall {
  const here = (row: { TraceId: string; SpanId: string }): boolean =>
    row.TraceId === call.trace_id && row.SpanId === call.span_id;
  const { event_id, finish_reasons } = call;
  const beside = logs.filter(
    (log) => here(log) && (event_id === '' ? log.holds_answer : log.EventId === event_id),
  );
  const span = event_id === '' ? spans.find(here) : undefined;
  const values: Record<string, string> = { ...span?.values };
  for (const log of beside) Object.assign(values, log.values);
  return {
    values,
    events: (span?.event_names ?? []).map((name, at) => ({
      ...{ name, values: span?.event_values[at] ?? {} },
    })),
    bodies: beside.filter(({ holds_answer }) => holds_answer).map(({ body }) => body),
    finish_reasons,
    request_hash: span?.request_hash ?? '',
  };
}
