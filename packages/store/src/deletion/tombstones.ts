// What was deleted stays out: every reading of facts leaves out what a deletion covers. Records are
// named one by one in tombstones, or by the time in which they began.

import { randomUUID } from 'node:crypto';
import { encodeRows, type Column, type Fact } from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import type { Deletion } from './deletion.ts';
import { pieces } from '../usage/grouping.ts';
import { readNative } from '../clickhouse/native-reader.ts';

/** A span with all on it, an event, or a whole trace where span and event are ''. */
export interface RecordKey {
  readonly trace_id: string;
  readonly span_id: string;
  readonly event_id: string;
}

export type RecordAt = RecordKey & Pick<Fact, 'start_time'>;

export interface DeletedTime {
  readonly from_ns: bigint;
  readonly to_ns: bigint;
}

interface Tombstone {
  org_id: string;
  trace_id: string;
  span_id: string;
  event_id: string;
  deletion_id: string;
  keep_until: bigint;
}

const COLUMNS: readonly Column<Tombstone>[] = [
  { name: 'org_id', type: 'LowCardinality(String)' },
  { name: 'trace_id', type: 'String' },
  { name: 'span_id', type: 'String' },
  { name: 'event_id', type: 'String' },
  { name: 'deletion_id', type: 'String' },
  { name: 'keep_until', type: 'DateTime64(9)' },
];

const TRACES_PER_QUERY = 1_000;
const ROWS_PER_INSERT = 50_000;

/** Names of records, and the deletion that each was named by. */
export class Tombstones {
  readonly #named = new Map<string, string>();

  add(key: RecordKey, deletion_id: string): void {
    this.#named.set(nameOf(key), deletion_id);
  }

  get size(): number {
    return this.#named.size;
  }

  /** The deletion that names this record, its span or its trace; null for none. */
  of({ trace_id, span_id, event_id }: RecordKey): string | null {
    const own = this.#named.get(nameOf({ trace_id, span_id, event_id }));
    if (own !== undefined) return own;
    if (trace_id === '') return null;
    return this.ofSpan(trace_id, span_id) ?? this.ofTrace(trace_id);
  }

  ofSpan(trace_id: string, span_id: string): string | null {
    if (span_id === '') return null;
    return this.#named.get(nameOf({ trace_id, span_id, event_id: '' })) ?? null;
  }

  ofTrace(trace_id: string): string | null {
    if (trace_id === '') return null;
    return this.#named.get(nameOf({ trace_id, span_id: '', event_id: '' })) ?? null;
  }
}

function nameOf({ trace_id, span_id, event_id }: RecordKey): string {
  return `${trace_id}\n${span_id}\n${event_id}`;
}

export async function readTombstones(
  connection: Connection,
  org_id: string,
  traces: Iterable<string>,
): Promise<Tombstones> {
  const found = new Tombstones();
  for (const piece of pieces([...new Set(traces)], TRACES_PER_QUERY)) {
    const bytes = await connection.native(
      `SELECT trace_id, span_id, event_id, deletion_id FROM tombstones FINAL
       WHERE org_id = {org:String} AND trace_id IN {traces:Array(String)} AND keep_until > now64(9)`,
      { org: org_id, traces: piece },
    );
    for (const row of readNative<RecordKey & { deletion_id: string }>(bytes)) {
      found.add(row, row.deletion_id);
    }
  }
  return found;
}

export async function writeTombstones(
  connection: Connection,
  { org_id, deletion_id, keep_until }: Deletion,
  keys: readonly RecordKey[],
): Promise<void> {
  for (const piece of pieces(keys, ROWS_PER_INSERT)) {
    const rows = piece.map(({ trace_id, span_id, event_id }) => ({
      ...{ org_id, trace_id, span_id, event_id, deletion_id, keep_until },
    }));
    const names = COLUMNS.map(({ name }) => name);
    await connection.inserter.insert('tombstones', names, encodeRows(COLUMNS, rows), randomUUID());
  }
}

/** What an organisation deleted, as it was known when this was made. */
export class DeletedRecords {
  readonly #connection: Connection;
  readonly #org_id: string;
  readonly #times: readonly DeletedTime[];
  readonly #named: boolean;

  private constructor(
    connection: Connection,
    org_id: string,
    times: readonly DeletedTime[],
    named: boolean,
  ) {
    this.#connection = connection;
    this.#org_id = org_id;
    this.#times = times;
    this.#named = named;
  }

  /**
   * Of these organisations those that ever deleted anything, in one question for all: most never did.
   * To be read after the version of a settlement was taken.
   */
  static async organisations(
    connection: Connection,
    org_ids: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const bytes = await connection.native(
      `SELECT DISTINCT org_id FROM deletions WHERE org_id IN {orgs:Array(String)}
       UNION ALL SELECT DISTINCT org_id FROM tombstones WHERE org_id IN {orgs:Array(String)}`,
      { orgs: org_ids },
    );
    return new Set(readNative<{ org_id: string }>(bytes).map(({ org_id }) => org_id));
  }

  /** Of an organisation that never deleted anything. */
  static none(connection: Connection, org_id: string): DeletedRecords {
    return new DeletedRecords(connection, org_id, [], false);
  }

  /** To be read after the version of a settlement was taken. */
  static async read(connection: Connection, org_id: string): Promise<DeletedRecords> {
    const [row] = await connection.rows(
      `SELECT (SELECT groupArray((toString(toUnixTimestamp64Nano(from_time)),
           toString(toUnixTimestamp64Nano(to_time)))) FROM deletions FINAL
         WHERE org_id = {org:String} AND kind IN ('organisation', 'range') AND state != 'listing')
           AS times,
         EXISTS(SELECT 1 FROM tombstones WHERE org_id = {org:String}) AS named`,
      { org: org_id },
    );
    const times = (row?.['times'] ?? []) as [string, string][];
    return new DeletedRecords(
      connection,
      org_id,
      times.map(([from, to]) => ({ from_ns: BigInt(from), to_ns: BigInt(to) })),
      Number(row?.['named']) === 1,
    );
  }

  /** False where the organisation never deleted anything. */
  get any(): boolean {
    return this.#named || this.#times.length > 0;
  }

  /** The records that are still there. */
  async keep<Row extends RecordAt>(rows: Row[]): Promise<Row[]> {
    if (!this.any || rows.length === 0) return rows;
    const timely = rows.filter(({ start_time }) => !isWithin(this.#times, start_time));
    if (!this.#named) return timely;
    const traces = timely.map(({ trace_id }) => trace_id);
    const named = await readTombstones(this.#connection, this.#org_id, traces);
    return named.size === 0 ? timely : timely.filter((row) => named.of(row) === null);
  }
}

export function isWithin(times: readonly DeletedTime[], time_ns: bigint): boolean {
  return times.some(({ from_ns, to_ns }) => time_ns >= from_ns && time_ns < to_ns);
}
