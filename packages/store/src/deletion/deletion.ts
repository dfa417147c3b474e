// What was asked to be deleted, and how far that has come: one row of the table deletions each. A
// deletion goes through its states in order and is begun again from its state after a crash.

import { randomUUID } from 'node:crypto';
import { encodeRows, type Column } from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import { readNative } from '../clickhouse/native-reader.ts';

export const DELETION_KINDS = [
  'execution',
  'conversation',
  'user',
  'organisation',
  'range',
] as const;
export type DeletionKind = (typeof DELETION_KINDS)[number];

/**
 * `listing`: what is deleted is looked for. `settling`: it is out, and what it changes is derived
 * again. `removing`: totals have followed; the rows wait for the next batch that removes them. `done`.
 */
export type DeletionState = 'listing' | 'settling' | 'removing' | 'done';

export interface DeletionRequest {
  readonly org_id: string;
  readonly kind: DeletionKind;
  /** The id of the execution, conversation or user; '' for an organisation or a range. */
  readonly subject: string;
  /** Of a range: records that began from here until there. */
  readonly from_ns: bigint;
  readonly to_ns: bigint;
}

export interface Deletion {
  org_id: string;
  deletion_id: string;
  kind: DeletionKind;
  subject: string;
  from_time: bigint;
  to_time: bigint;
  asked_at: bigint;
  /** Until then what is sent again stays deleted; a range and an organisation have no end. */
  keep_until: bigint;
  state: DeletionState;
  /** Traces whose rows may change, and records that were named, so far. */
  traces: bigint;
  records: bigint;
  /** Of the traces, those that were derived again. */
  settled: bigint;
  version: bigint;
}

export const DELETION_COLUMNS: readonly Column<Deletion>[] = [
  { name: 'org_id', type: 'LowCardinality(String)' },
  { name: 'deletion_id', type: 'String' },
  { name: 'kind', type: 'LowCardinality(String)' },
  { name: 'subject', type: 'String' },
  { name: 'from_time', type: 'DateTime64(9)' },
  { name: 'to_time', type: 'DateTime64(9)' },
  { name: 'asked_at', type: 'DateTime64(9)' },
  { name: 'keep_until', type: 'DateTime64(9)' },
  { name: 'state', type: 'LowCardinality(String)' },
  { name: 'traces', type: 'UInt64' },
  { name: 'records', type: 'UInt64' },
  { name: 'settled', type: 'UInt64' },
  { name: 'version', type: 'UInt64' },
];

const NAMES = DELETION_COLUMNS.map(({ name }) => name);
const NS_PER_DAY = 86_400_000_000_000n;
const LISTED_MAX = 1_000;

/** Whether it deletes by time alone, and not record by record. */
export function isByTime(kind: DeletionKind): boolean {
  return kind === 'organisation' || kind === 'range';
}

/** Durable when it resolves: whatever dies then, it is carried out. */
export async function createDeletion(
  connection: Connection,
  request: DeletionRequest,
  tombstone_days: number,
): Promise<Deletion> {
  const { org_id, kind, subject, from_ns, to_ns } = request;
  const asked_at = await connection.serverTime();
  const deletion: Deletion = {
    ...{ org_id, kind, subject, asked_at },
    deletion_id: randomUUID(),
    from_time: kind === 'range' ? from_ns : 0n,
    to_time: kind === 'range' && to_ns < asked_at ? to_ns : asked_at,
    keep_until: asked_at + BigInt(tombstone_days) * NS_PER_DAY,
    state: 'listing',
    traces: 0n,
    records: 0n,
    settled: 0n,
    version: asked_at,
  };
  await write(connection, deletion);
  return deletion;
}

/** Its next state or its progress, with a version of now: whoever reads knows that it is worked on. */
export async function updateDeletion(
  connection: Connection,
  deletion: Deletion,
  change: Partial<Pick<Deletion, 'state' | 'traces' | 'records' | 'settled'>>,
): Promise<Deletion> {
  const next = { ...deletion, ...change, version: await connection.serverTime() };
  await write(connection, next);
  return next;
}

/** The latest first; of one organisation. */
export async function readDeletions(
  connection: Connection,
  org_id: string,
  deletion_id = '',
): Promise<Deletion[]> {
  const bytes = await connection.native(
    `SELECT ${NAMES.join(', ')} FROM deletions FINAL
     WHERE org_id = {org:String} AND ({id:String} = '' OR deletion_id = {id:String})
     ORDER BY asked_at DESC, deletion_id LIMIT ${LISTED_MAX}`,
    { org: org_id, id: deletion_id },
  );
  return readNative<Deletion>(bytes);
}

/** Those of all organisations that are not done, the oldest first, that nobody touched since. */
export async function readUnfinished(
  connection: Connection,
  untouched_since: bigint,
): Promise<Deletion[]> {
  const bytes = await connection.native(
    `SELECT ${NAMES.join(', ')} FROM deletions FINAL
     WHERE state != 'done' AND (state = 'removing' OR version < {since:UInt64})
     ORDER BY asked_at, deletion_id LIMIT ${LISTED_MAX}`,
    { since: untouched_since },
  );
  return readNative<Deletion>(bytes);
}

/** Back to a state that it had left, where more came that it covers. */
export async function reopenDeletions(
  connection: Connection,
  org_id: string,
  deletion_ids: readonly string[],
  state: 'settling' | 'removing',
): Promise<void> {
  if (deletion_ids.length === 0) return;
  const ended = state === 'removing' ? `state = 'done'` : `state IN ('removing', 'done')`;
  const columns = NAMES.map((name) => {
    if (name === 'version') return 'toUnixTimestamp64Nano(now64(9))';
    return name === 'state' ? '{state:String}' : name;
  });
  await connection.command(
    `INSERT INTO deletions (${NAMES.join(', ')})
     SELECT ${columns.join(', ')} FROM (SELECT * FROM deletions FINAL
       WHERE org_id = {org:String} AND deletion_id IN {ids:Array(String)} AND ${ended})`,
    { org: org_id, ids: deletion_ids, state },
  );
}

async function write(connection: Connection, deletion: Deletion): Promise<void> {
  const parts = encodeRows(DELETION_COLUMNS, [deletion]);
  await connection.inserter.insert('deletions', NAMES, parts, randomUUID());
}
