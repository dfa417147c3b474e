// The keys in ClickHouse: made, revoked, and read as a whole, because there are few and every replica
// holds them in memory. Only hashes are here.

import { SpanledgerError } from '@spanledger/ledger';
import type { Connection } from './clickhouse/connection.ts';
import { text } from './clickhouse/field.ts';

/** A key as it is stored; times are seconds since 1970 UTC. */
export interface StoredKey {
  /** SHA-256 of the key as lower-case hex. */
  readonly hash: string;
  /** An organisation, or `*` for all of them. */
  readonly org_id: string;
  readonly role: string;
  readonly name: string;
  /** Whether its SQL user may read raw spans, and with them prompts where they are kept. */
  readonly spans: boolean;
  /** The id of the key that made it. */
  readonly created_by: string;
  readonly created_s: number;
  /** Null for a key that does not end by itself. */
  readonly expires_s: number | null;
  readonly revoked_s: number | null;
}

export const KEY_LIMITS = {
  /** Keys of an organisation that are neither revoked nor expired. */
  valid_keys_max: 100,
  /** Keys of an organisation that were ever made. */
  keys_max: 10_000,
} as const;

const COLUMNS = `hash, org_id, role, name, spans, created_by, toUnixTimestamp(created_at) AS created_s,
  toUnixTimestamp(expires_at) AS expires_s, toUnixTimestamp(revoked_at) AS revoked_s`;
const VALID = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())';

/** Keys that are neither revoked nor expired, of all organisations. */
export async function validKeys(connection: Connection): Promise<StoredKey[]> {
  const rows = await connection.rows(`SELECT ${COLUMNS} FROM keys FINAL WHERE ${VALID}`);
  return rows.map(keyOf);
}

/** All keys of an organisation, or of all with `*`: the newest first, those that ended included. */
export async function listKeys(
  connection: Connection,
  org_id: string,
  limit: number,
): Promise<StoredKey[]> {
  const rows = await connection.rows(
    `SELECT ${COLUMNS} FROM keys FINAL WHERE {org:String} = '*' OR org_id = {org:String}
     ORDER BY revoked_at IS NULL DESC, created_at DESC, hash LIMIT {limit:UInt32}`,
    { org: org_id, limit },
  );
  return rows.map(keyOf);
}

/** A key by the beginning of its hash, if it is of the organisation; `*` finds it in any. */
export async function findKey(
  connection: Connection,
  org_id: string,
  key_id: string,
): Promise<StoredKey | null> {
  const [row] = await connection.rows(
    `SELECT ${COLUMNS} FROM keys FINAL
     WHERE startsWith(hash, {key_id:String}) AND ({org:String} = '*' OR org_id = {org:String})`,
    { org: org_id, key_id },
  );
  return row === undefined ? null : keyOf(row);
}

/** Throws `too_many_keys` at a limit of the organisation. */
export async function createKey(connection: Connection, key: StoredKey): Promise<void> {
  const [row] = await connection.rows(
    `SELECT countIf(${VALID}) AS valid, count() AS ever FROM keys FINAL WHERE org_id = {org:String}`,
    { org: key.org_id },
  );
  const { valid_keys_max, keys_max } = KEY_LIMITS;
  if (Number(row?.['valid']) >= valid_keys_max)
    throw tooMany(`valid keys; limit: ${valid_keys_max}`);
  if (Number(row?.['ever']) >= keys_max) throw tooMany(`keys ever made; limit: ${keys_max}`);
  await write(connection, key, 1);
}

export function revokeKey(connection: Connection, key: StoredKey, now_s: number): Promise<void> {
  return write(connection, { ...key, revoked_s: now_s }, 2);
}

/** Days since 1970 by the id of a key. */
export async function keyUses(connection: Connection): Promise<Map<string, number>> {
  const rows = await connection.rows(
    'SELECT key_id, toUInt32(toUInt16(day)) AS day FROM key_uses FINAL',
  );
  return new Map(rows.map((row) => [text(row['key_id'], 'key_id'), Number(row['day'])]));
}

export async function recordKeyUses(
  connection: Connection,
  key_ids: readonly string[],
  day: number,
): Promise<void> {
  if (key_ids.length === 0) return;
  await connection.command(
    `INSERT INTO key_uses (key_id, day)
     SELECT arrayJoin({ids:Array(String)}), toDate({day:UInt16})`,
    { ids: [...key_ids], day },
  );
}

async function write(connection: Connection, key: StoredKey, revision: number): Promise<void> {
  await connection.command(
    `INSERT INTO keys (hash, org_id, role, name, spans, created_by, created_at, expires_at,
       revoked_at, revision)
     SELECT {hash:String}, {org_id:String}, {role:String}, {name:String}, {spans:Bool},
       {created_by:String}, toDateTime({created_s:UInt32}),
       {expires_s:Nullable(UInt32)}, {revoked_s:Nullable(UInt32)}, {revision:UInt8}`,
    { ...key, revision },
  );
}

function tooMany(detail: string): SpanledgerError {
  return new SpanledgerError('too_many_keys', detail);
}

function keyOf(row: Readonly<Record<string, unknown>>): StoredKey {
  const seconds = (name: string): number | null => (row[name] === null ? null : Number(row[name]));
  return {
    hash: text(row['hash'], 'hash'),
    org_id: text(row['org_id'], 'org_id'),
    role: text(row['role'], 'role'),
    name: text(row['name'], 'name'),
    spans: row['spans'] === true,
    created_by: text(row['created_by'], 'created_by'),
    created_s: Number(row['created_s']),
    expires_s: seconds('expires_s'),
    revoked_s: seconds('revoked_s'),
  };
}
