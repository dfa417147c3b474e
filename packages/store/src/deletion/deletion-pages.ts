// Finds what a deletion covers, a page of traces at a time: what names its subject, in the facts or as
// the ledger tells it, and what goes with that. A page is whole in itself: its records, and the traces
// that are to be derived again without them.

import type { Fact } from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import { isByTime, type Deletion, type DeletionKind } from './deletion.ts';
import type { DirtyTrace } from '../settle/dirty-traces.ts';
import { pieces } from '../usage/grouping.ts';
import { readNative } from '../clickhouse/native-reader.ts';
import { RecordTree, type JudgedRecord, type StoredRecord } from '../usage/record-tree.ts';
import { readTombstones, type RecordAt, type RecordKey } from './tombstones.ts';
import {
  BATCH_CONDITION,
  HOUR_S,
  LAST_S,
  batchParameters,
  batchesOf,
  hoursOf,
  keyOf,
  traceKey,
  type TraceHours,
} from '../settle/trace-hours.ts';

export interface DeletionPage {
  /** Of a deletion by time all traces of the page, else those of the records. */
  readonly traces: readonly DirtyTrace[];
  /** To be named in tombstones; of a deletion by time only what that time does not cover. */
  readonly keys: readonly RecordKey[];
  /** Whether a record is one of those. */
  takes(key: RecordKey): boolean;
}

type Subject = Pick<Deletion, 'org_id' | 'kind' | 'subject' | 'from_time' | 'to_time' | 'asked_at'>;

const TRACES_PER_PAGE = 500;
const IDS_PER_QUERY = 5_000;
/** Records of one call lead to others of it. */
const CALL_ROUNDS_MAX = 4;

const SUBJECT_COLUMNS: Readonly<Record<DeletionKind, keyof Fact | null>> = {
  execution: 'execution_id',
  conversation: 'conversation_id',
  user: 'user_id',
  organisation: null,
  range: null,
};

/**
 * What a record must be to be named by itself; `arrived` is the column of its arrival. Work that began
 * and came after the deletion was asked is not meant, except of an execution, which is one thing.
 */
export function subjectCondition(kind: DeletionKind, arrived: string): string {
  const column = SUBJECT_COLUMNS[kind];
  if (kind === 'range') return 'false';
  const asked = 'fromUnixTimestamp64Nano({asked_ns:Int64})';
  if (column === null) return `(start_time >= ${asked} AND ${arrived} < ${asked})`;
  if (kind === 'execution') return `(${column} = {subject:String})`;
  return `(${column} = {subject:String} AND (start_time < ${asked} OR ${arrived} < ${asked}))`;
}

/** Page after page, by the hour. */
export async function* pagesOf(
  connection: Connection,
  subject: Subject,
): AsyncGenerator<DeletionPage> {
  for (const hour_s of await hoursWithRecords(connection, subject)) {
    const found = await tracesAt(connection, subject, hour_s);
    for (const piece of pieces(found, TRACES_PER_PAGE)) {
      const page = await readPage(connection, subject, piece);
      if (page.traces.length > 0) yield page;
    }
  }
}

/** The records of these traces, and what an earlier deletion names of them. */
export async function readTree(
  connection: Connection,
  org_id: string,
  hours: readonly TraceHours[],
): Promise<RecordTree> {
  const records: StoredRecord[] = [];
  for (const batch of batchesOf(hours)) {
    const parameters = batchParameters(batch);
    const facts = await connection.native(
      `SELECT trace_id, span_id, event_id, parent_span_id, start_time FROM genai_facts
       WHERE ${BATCH_CONDITION}`,
      parameters,
    );
    const spans = await connection.native(
      `SELECT TraceId AS trace_id, SpanId AS span_id, '' AS event_id,
         ParentSpanId AS parent_span_id, Timestamp AS start_time FROM otel_traces
       WHERE OrgId = {org:String} AND TraceId IN {traces:Array(String)}
         AND Hour >= toDateTime({first_hour_s:UInt32}, 'UTC')
         AND Hour <= toDateTime({last_hour_s:UInt32}, 'UTC')`,
      parameters,
    );
    for (const row of readNative<StoredRecord>(facts)) records.push(row);
    for (const row of readNative<StoredRecord>(spans)) records.push(row);
  }
  const ids = hours.map(({ trace_id }) => trace_id);
  return new RecordTree(records, await readTombstones(connection, org_id, ids));
}

async function readPage(
  connection: Connection,
  subject: Subject,
  dirty: readonly DirtyTrace[],
): Promise<DeletionPage> {
  const { org_id, kind } = subject;
  const hours = await hoursOf(connection, org_id, dirty);
  const tree = await readTree(connection, org_id, hours);
  const roots = await rootsOf(connection, subject, hours);
  for (const root of roots) {
    if (isByTime(kind)) tree.take(root);
    else tree.takeWithin(root);
  }
  if (!isByTime(kind)) {
    const rows = await judgedOf(connection, hours);
    await takeSameCalls(connection, org_id, hours, rows, tree);
    tree.takeEmptiedSums(rows);
  }
  const { keys, at } = tree.taken();
  const traces = new Map<string, DirtyTrace>();
  if (isByTime(kind)) for (const trace of dirty) traces.set(placeOf(trace), trace);
  for (const { trace_id, start_time } of at) {
    const trace = { org_id, trace_id, first_ns: start_time, last_ns: start_time };
    const place = placeOf(trace);
    const known = dirty.find((one) => trace_id !== '' && one.trace_id === trace_id);
    if (!traces.has(place)) traces.set(place, known ?? trace);
  }
  return { traces: [...traces.values()], keys, takes: (key) => tree.took(key) };
}

function placeOf({ trace_id, first_ns }: DirtyTrace): string {
  return traceKey(trace_id, first_ns);
}

/** Hours that hold a record which names the subject, or lies in the deleted time. */
async function hoursWithRecords(connection: Connection, subject: Subject): Promise<number[]> {
  const rows = await connection.rows(
    `SELECT DISTINCT toUnixTimestamp(hour) AS hour_s FROM (
       SELECT hour FROM genai_facts WHERE ${conditionOf(subject, 'ingested_at')}
       UNION ALL SELECT hour FROM ledger FINAL WHERE ${conditionOf(subject, 'written_at')})
     ORDER BY hour_s`,
    parametersOf(subject),
  );
  return rows.map((row) => Number(row['hour_s']));
}

async function tracesAt(
  connection: Connection,
  subject: Subject,
  hour_s: number,
): Promise<DirtyTrace[]> {
  const bytes = await connection.native(
    `SELECT org_id, trace_id, min(start) AS first_ns, max(start) AS last_ns FROM (
       SELECT org_id, trace_id, start_time AS start FROM genai_facts
       WHERE hour = toDateTime({hour_s:UInt32}, 'UTC') AND ${conditionOf(subject, 'ingested_at')}
       UNION ALL SELECT org_id, trace_id, start_time AS start FROM ledger FINAL
       WHERE hour = toDateTime({hour_s:UInt32}, 'UTC') AND ${conditionOf(subject, 'written_at')})
     GROUP BY org_id, trace_id, if(trace_id = '', toStartOfMinute(start, 'UTC'), toDateTime(0, 'UTC'))
     ORDER BY trace_id, first_ns`,
    { ...parametersOf(subject), hour_s },
  );
  return readNative<DirtyTrace>(bytes);
}

function conditionOf(subject: Subject, arrived: string): string {
  const named = subjectCondition(subject.kind, arrived);
  if (!isByTime(subject.kind)) return `org_id = {org:String} AND ${named}`;
  return `org_id = {org:String} AND (${named} OR (
    hour >= toStartOfHour(fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC'), 'UTC')
    AND hour <= fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
    AND start_time >= fromUnixTimestamp64Nano({from_ns:Int64})
    AND start_time < fromUnixTimestamp64Nano({to_ns:Int64})))`;
}

function parametersOf(subject: Subject): Record<string, unknown> {
  const { org_id, from_time, to_time, asked_at } = subject;
  return {
    ...{ org: org_id, subject: subject.subject },
    ...{ from_ns: from_time, to_ns: to_time, asked_ns: asked_at },
  };
}

/** The records that are named by themselves. */
async function rootsOf(
  connection: Connection,
  subject: Subject,
  hours: readonly TraceHours[],
): Promise<RecordAt[]> {
  const names = 'trace_id, span_id, event_id, start_time';
  const sources = [
    `SELECT ${names} FROM genai_facts WHERE ${BATCH_CONDITION}
       AND ${subjectCondition(subject.kind, 'ingested_at')}`,
  ];
  if (!isByTime(subject.kind)) {
    sources.push(`SELECT ${names} FROM ledger FINAL WHERE ${BATCH_CONDITION}
      AND ${subjectCondition(subject.kind, 'written_at')}`);
  }
  if (subject.kind === 'execution') {
    sources.push(`SELECT trace_id, span_id, '' AS event_id, start_time FROM executions FINAL
      WHERE ${BATCH_CONDITION} AND execution_id = {subject:String}`);
  }
  const wanted = new Set(hours.map(keyOf));
  const roots: RecordAt[] = [];
  for (const batch of batchesOf(hours)) {
    for (const source of sources) {
      const bytes = await connection.native(source, {
        ...parametersOf(subject),
        ...batchParameters(batch),
      });
      for (const row of readNative<RecordAt>(bytes)) {
        if (wanted.has(traceKey(row.trace_id, row.start_time))) roots.push(row);
      }
    }
  }
  return roots;
}

const JUDGED_NAMES =
  'trace_id, span_id, event_id, start_time, role, counted, owner_trace_id, owner_span_id';

async function judgedOf(
  connection: Connection,
  hours: readonly TraceHours[],
): Promise<JudgedRecord[]> {
  const rows: JudgedRecord[] = [];
  for (const batch of batchesOf(hours)) {
    const sql = `SELECT ${JUDGED_NAMES} FROM ledger FINAL WHERE ${BATCH_CONDITION}`;
    const bytes = await connection.native(sql, batchParameters(batch));
    for (const row of readNative<JudgedRecord>(bytes)) rows.push(row);
  }
  return rows;
}

/** A call is deleted with all its records, in whichever trace they lie. */
async function takeSameCalls(
  connection: Connection,
  org_id: string,
  hours: readonly TraceHours[],
  rows: readonly JudgedRecord[],
  tree: RecordTree,
): Promise<void> {
  const asked = new Set<string>();
  let known = rows;
  for (let round = 0; round < CALL_ROUNDS_MAX; round++) {
    const calls = new Set<string>();
    for (const row of known) {
      if (!tree.has(row)) continue;
      if (row.owner_span_id !== '' && row.role !== 'aggregate') {
        calls.add(`${row.owner_trace_id || row.trace_id}:${row.owner_span_id}`);
      } else if (row.counted !== 0 && row.event_id === '') {
        calls.add(`${row.trace_id}:${row.span_id}`);
      }
    }
    const fresh = [...calls].filter((call) => !asked.has(call));
    if (fresh.length === 0) return;
    for (const call of fresh) asked.add(call);
    known = await recordsOfCalls(connection, org_id, hours, fresh);
    for (const row of known) tree.take(row);
  }
}

/** The spans that own these calls, and what tells of them without owning. */
async function recordsOfCalls(
  connection: Connection,
  org_id: string,
  hours: readonly TraceHours[],
  calls: readonly string[],
): Promise<JudgedRecord[]> {
  const first_s = Math.min(...hours.map(({ first_hour_s }) => first_hour_s)) - HOUR_S;
  const last_s = Math.max(...hours.map(({ last_hour_s }) => last_hour_s)) + HOUR_S;
  const found: JudgedRecord[] = [];
  for (const piece of pieces(calls, IDS_PER_QUERY)) {
    const bytes = await connection.native(
      `SELECT ${JUDGED_NAMES} FROM ledger FINAL
       WHERE org_id = {org:String} AND hour >= toDateTime({first_s:UInt32}, 'UTC')
         AND hour <= toDateTime({last_s:UInt32}, 'UTC') AND role != 'aggregate'
         AND ((counted AND event_id = '' AND concat(trace_id, ':', span_id) IN {calls:Array(String)})
           OR (owner_span_id != '' AND concat(if(owner_trace_id = '', trace_id, owner_trace_id),
             ':', owner_span_id) IN {calls:Array(String)}))`,
      {
        org: org_id,
        calls: piece,
        first_s: Math.max(0, first_s),
        last_s: Math.min(LAST_S, last_s),
      },
    );
    for (const row of readNative<JudgedRecord>(bytes)) found.push(row);
  }
  return found;
}
