// Takes out of the tables what deletions cover, all deletions of a batch in one mutation of each table:
// a mutation costs the same whatever it removes. It may be begun any number of times.

import { SpanledgerError } from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import { isByTime, type Deletion } from './deletion.ts';
import { placesHere, type DeletionPlace } from './deletion-places.ts';

interface Removal {
  readonly table: string;
  readonly condition: string;
}

export interface RemovalReport {
  /** Nothing that these deletions cover is left. */
  readonly done: boolean;
  /** Rows that were still there, by table. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Begins what is to be removed, or sees that it is gone. */
export async function removeDeleted(
  connection: Connection,
  deletions: readonly Deletion[],
): Promise<RemovalReport> {
  const rows: Record<string, number> = {};
  for (const { table, condition } of await removalsOf(connection, deletions)) {
    if (await isUnderWay(connection, table)) {
      rows[table] = 0;
      continue;
    }
    const [found] = await connection.rows(
      `SELECT count() AS rows FROM ${table} WHERE ${condition}`,
    );
    const left = Number(found?.['rows']);
    if (left === 0) continue;
    rows[table] = left;
    await connection.command(
      `ALTER TABLE ${table} DELETE WHERE ${condition}`,
      {},
      {
        settings: { mutations_sync: '0', allow_nondeterministic_mutations: 1 },
      },
    );
  }
  return { done: Object.keys(rows).length === 0, rows };
}

async function isUnderWay(connection: Connection, table: string): Promise<boolean> {
  const [row] = await connection.rows(
    `SELECT count() AS waiting, max(latest_fail_reason) AS failed FROM system.mutations
     WHERE database = {database:String} AND table = {table:String} AND NOT is_done`,
    { database: connection.database, table },
  );
  const failed = String(row?.['failed'] ?? '');
  if (failed !== '') {
    throw new SpanledgerError('store_unavailable', `rows of ${table}: ${failed.slice(0, 300)}`);
  }
  return Number(row?.['waiting']) > 0;
}

async function removalsOf(
  connection: Connection,
  deletions: readonly Deletion[],
): Promise<Removal[]> {
  const times = deletions.filter(({ kind }) => isByTime(kind));
  const organisations = deletions.filter(({ kind }) => kind === 'organisation');
  const hours = await hoursListed(connection, deletions);
  const removals: Removal[] = [];
  const add = (table: string, parts: readonly string[]): void => {
    if (parts.length > 0) removals.push({ table, condition: parts.join('\n OR ') });
  };
  for (const place of await placesHere(connection)) {
    add(place.table, [
      ...namedIn(connection.database, place, deletions, hours),
      ...times.map((one) => withinTime(place, one)),
    ]);
  }
  add(
    'genai_metric_points',
    times.map(
      ({ org_id, from_time, to_time }) =>
        `(org_id = ${text(org_id)} AND time >= ${time(from_time)} AND time < ${time(to_time)})`,
    ),
  );
  add('traces', [
    ...wholeTraces(connection.database, deletions, 'org_id, trace_id'),
    ...times.map(
      ({ org_id, from_time, to_time }) =>
        `(org_id = ${text(org_id)} AND first_time >= ${time(from_time)}
          AND last_time + INTERVAL 1 HOUR <= ${time(to_time)})`,
    ),
  ]);
  add('otel_traces_trace_id_ts', [
    ...wholeTraces(connection.database, deletions, 'OrgId, TraceId'),
    ...times.map(
      ({ org_id, from_time, to_time }) =>
        `(OrgId = ${text(org_id)} AND Start >= ${time(from_time)} AND End < ${time(to_time)})`,
    ),
  ]);
  add(
    'services_with_usage',
    times.map(
      ({ org_id, from_time, to_time }) =>
        `(org_id = ${text(org_id)} AND toDateTime64(day, 9, 'UTC') >= ${time(from_time)}
        AND toDateTime64(day + 1, 9, 'UTC') <= ${time(to_time)})`,
    ),
  );
  add(
    'alert_incidents',
    organisations.map(
      ({ org_id, to_time }) => `(org_id = ${text(org_id)} AND began_at < ${time(to_time)})`,
    ),
  );
  const levels = { usage_minute: 'toStartOfMinute', usage_hour: 'toStartOfHour' } as const;
  for (const [table, startOf] of Object.entries({ ...levels, usage_day: 'toStartOfDay' })) {
    add(
      table,
      organisations.map(
        ({ org_id, to_time }) =>
          `(org_id = ${text(org_id)} AND time < ${startOf}(${time(to_time)}, 'UTC'))`,
      ),
    );
  }
  return removals;
}

interface Hours {
  readonly first_s: number;
  readonly last_s: number;
}

/** The hours of all traces that these deletions name records of; null where they name none. */
async function hoursListed(
  connection: Connection,
  deletions: readonly Deletion[],
): Promise<Hours | null> {
  const [row] = await connection.rows(
    `SELECT count() AS traces, toUnixTimestamp(toStartOfHour(min(first_time), 'UTC')) AS first_s,
       toUnixTimestamp(toStartOfHour(max(last_time), 'UTC')) AS last_s
     FROM deletion_traces
     WHERE org_id IN {orgs:Array(String)} AND deletion_id IN {ids:Array(String)}`,
    {
      orgs: [...new Set(deletions.map(({ org_id }) => org_id))],
      ids: deletions.map(({ deletion_id }) => deletion_id),
    },
  );
  if (Number(row?.['traces'] ?? 0) === 0) return null;
  return { first_s: Number(row?.['first_s']), last_s: Number(row?.['last_s']) };
}

/** When a trace was is of no use once all of it is gone. */
function wholeTraces(
  database: string,
  deletions: readonly Deletion[],
  columns: 'org_id, trace_id' | 'OrgId, TraceId',
): string[] {
  const named = deletions.filter(({ kind }) => !isByTime(kind));
  if (named.length === 0) return [];
  const ids = named.map(({ deletion_id }) => text(deletion_id)).join(', ');
  return [
    `(${columns}) IN (SELECT org_id, trace_id FROM \`${database}\`.tombstones
      WHERE deletion_id IN (${ids}) AND trace_id != '' AND span_id = '' AND event_id = '')`,
  ];
}

/** Records by their names: whole traces, spans with their events, and events. */
function namedIn(
  database: string,
  { org, hour, trace, span, event }: DeletionPlace,
  deletions: readonly Deletion[],
  hours: Hours | null,
): string[] {
  const named = deletions.filter(({ kind }) => kind !== 'range');
  if (named.length === 0 || hours === null) return [];
  const orgs = [...new Set(named.map(({ org_id }) => text(org_id)))].join(', ');
  const ids = named.map(({ deletion_id }) => text(deletion_id)).join(', ');
  const keys = (columns: string, which: string): string =>
    `(SELECT ${columns} FROM \`${database}\`.tombstones
      WHERE org_id IN (${orgs}) AND deletion_id IN (${ids}) AND ${which})`;
  const parts = [
    `(${org}, ${trace}) IN ${keys('org_id, trace_id', "trace_id != '' AND span_id = '' AND event_id = ''")}`,
    `(${org}, ${trace}, ${span}) IN ${keys('org_id, trace_id, span_id', "span_id != '' AND event_id = ''")}`,
  ];
  if (event !== "''") {
    parts.push(
      `(${org}, ${trace}, ${span}, ${event}) IN ${keys('org_id, trace_id, span_id, event_id', "event_id != ''")}`,
    );
  }
  return [
    `(${org} IN (${orgs}) AND ${hour} >= toDateTime(${hours.first_s}, 'UTC')
      AND ${hour} <= toDateTime(${hours.last_s}, 'UTC') AND (${parts.join(' OR ')}))`,
  ];
}

function withinTime(
  { org, hour, time: column }: DeletionPlace,
  { org_id, from_time, to_time }: Deletion,
): string {
  return `(${org} = ${text(org_id)} AND ${hour} >= toStartOfHour(${time(from_time)}, 'UTC')
    AND ${hour} <= ${time(to_time)} AND ${column} >= ${time(from_time)} AND ${column} < ${time(to_time)})`;
}

/** A mutation is kept as its text, so nothing in it is a parameter. */
function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function time(ns: bigint): string {
  return `fromUnixTimestamp64Nano(${ns}, 'UTC')`;
}
