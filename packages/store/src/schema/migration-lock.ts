// One migration at a time, among any number of replicas and over their deaths. A statement of an old
// migration that runs late, in a replica that then dies, would put back a view that a newer one had
// replaced; so whoever migrates holds a table that only one can create. ClickHouse has no lock that
// ends with its holder: a holder says every few seconds that it lives, and one that is silent for
// longer than the lease is passed over by a table of the next number.

import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Connection } from '../clickhouse/connection.ts';

export const LEASE_MS = 15_000;
const LOOKS_PER_LEASE = 30;
const SIGNS_PER_LEASE = 5;
const PREFIX = 'schema_lock_';

interface Held {
  readonly number: number;
  readonly holder: string;
  readonly age_ms: number;
}

/** Waits for whoever migrates now, then runs the work as the only one. */
export async function withMigrationLock<T>(
  connection: Connection,
  lease_ms: number,
  work: () => Promise<T>,
): Promise<T> {
  const holder = randomUUID();
  const number = await acquire(connection, holder, lease_ms);
  let signs = 0;
  const sign = setInterval(() => {
    const text = `${holder} ${++signs}`;
    const table = PREFIX + number;
    void connection
      .command(`ALTER TABLE ${table} MODIFY COMMENT '${text}'`)
      // The next sign may come through; without any the lease ends, and the work is one that may be
      // done twice.
      .catch(() => undefined);
  }, lease_ms / SIGNS_PER_LEASE);
  try {
    return await work();
  } finally {
    clearInterval(sign);
    await release(connection, number);
  }
}

async function acquire(connection: Connection, holder: string, lease_ms: number): Promise<number> {
  for (;;) {
    const newest = (await locks(connection)).at(-1);
    if (newest !== undefined && newest.age_ms < lease_ms) {
      await wait(lease_ms / LOOKS_PER_LEASE);
      continue;
    }
    const number = (newest?.number ?? 0) + 1;
    await connection.command(
      `CREATE TABLE IF NOT EXISTS ${PREFIX}${number} (nothing UInt8) ENGINE = Memory COMMENT '${holder}'`,
    );
    const own = (await locks(connection)).at(-1);
    if (own?.number === number && own.holder === holder) return number;
  }
}

/** Also those that this one passed over. */
async function release(connection: Connection, number: number): Promise<void> {
  for (const lock of await locks(connection)) {
    if (lock.number <= number) {
      await connection.command(`DROP TABLE IF EXISTS ${PREFIX}${lock.number}`);
    }
  }
}

/** By number. */
async function locks(connection: Connection): Promise<Held[]> {
  const rows = await connection.rows(
    `SELECT toUInt32(substring(name, ${PREFIX.length + 1})) AS number, splitByChar(' ', comment)[1] AS holder,
       greatest(0, dateDiff('millisecond', metadata_modification_time, now64(3))) AS age_ms
     FROM system.tables
     WHERE database = {database:String} AND match(name, '^${PREFIX}[0-9]+$') ORDER BY number`,
    { database: connection.database },
    { anyDatabase: true },
  );
  return rows.map((row) => ({
    number: Number(row['number']),
    holder: String(row['holder']),
    age_ms: Number(row['age_ms']),
  }));
}
