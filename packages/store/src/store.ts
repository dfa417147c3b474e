// The store: everything that is asked of ClickHouse, over one connection.

import { Connection, type StoreOptions } from './connection.ts';
import { migrate, readMigrations, type MigrationReport } from './migrate.ts';
import { BLOCK_COLUMNS, type BlockTable } from './tables.ts';

export class Store {
  readonly #connection: Connection;

  constructor(options: StoreOptions) {
    this.#connection = new Connection(options);
  }

  /** Brings the schema to this version; with dryRun only says what would run. */
  async migrate(options: { readonly dryRun?: boolean } = {}): Promise<MigrationReport> {
    return migrate(this.#connection, await readMigrations(), options);
  }

  /** Resolves when the rows are in the table; the same token makes a second sending harmless. */
  insertBlock(table: BlockTable, parts: readonly Uint8Array[], token: string): Promise<void> {
    return this.#connection.inserter.insert(table, BLOCK_COLUMNS[table], parts, token);
  }

  /** ClickHouse's clock in nanoseconds: the only clock that orders derived data. */
  serverTime(): Promise<bigint> {
    return this.#connection.serverTime();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

export function openStore(options: StoreOptions): Store {
  return new Store(options);
}
