// Who changed what over the REST API with an admin's key: written after it was done or refused, never changed.

import type { Connection } from './clickhouse/connection.ts';
import { count, text } from './clickhouse/field.ts';

export interface AdminDeed {
  readonly org_id: string;
  /** '' where no key is asked for. */
  readonly key_id: string;
  /** Method and path, as in `POST /api/v1/budgets`. */
  readonly way: string;
  /** Parameters as JSON, without secrets. */
  readonly given: string;
  /** `done`, or the code of the error. */
  readonly outcome: string;
}

export interface RecordedDeed extends AdminDeed {
  readonly time_ms: number;
}

export async function recordDeed(connection: Connection, deed: AdminDeed): Promise<void> {
  await connection.command(
    `INSERT INTO administration (org_id, key_id, way, given, outcome)
     SELECT {org_id:String}, {key_id:String}, {way:String}, {given:String}, {outcome:String}`,
    { ...deed },
  );
}

/** The latest first; `*` is every organisation. */
export async function recordedDeeds(
  connection: Connection,
  org_id: string,
  limit: number,
): Promise<RecordedDeed[]> {
  const rows = await connection.rows(
    `SELECT org_id, key_id, way, given, outcome, toUnixTimestamp64Milli(time) AS time_ms
     FROM administration WHERE {org:String} = '*' OR org_id = {org:String}
     ORDER BY time DESC, way LIMIT {limit:UInt32}`,
    { org: org_id, limit },
  );
  return rows.map((row) => ({
    org_id: text(row['org_id'], 'org_id'),
    key_id: text(row['key_id'], 'key_id'),
    way: text(row['way'], 'way'),
    given: text(row['given'], 'given'),
    outcome: text(row['outcome'], 'outcome'),
    time_ms: count(row['time_ms'], 'time_ms'),
  }));
}
