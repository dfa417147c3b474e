// Everything ClickHouse: schema, inserts, settling, roll-ups, questions.

export type { StoreOptions } from './connection.ts';
export type { MigrationReport } from './migrate.ts';
export { openStore, type Store } from './store.ts';
export { BLOCK_COLUMNS, type BlockTable } from './tables.ts';
