// A ClickHouse of a candidate's own, asked behind the candidate's back: rows, sizes, hashes of columns.

import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClickHouse, type EmbeddedClickHouse } from '@spanledger/embedded-clickhouse';

const MEMORY_LIMIT_BYTES = 6_000_000_000;

export interface DatabaseOptions {
  /** Where a folder is made; the machine's place for temporary files when left out. */
  readonly parent?: string;
  readonly nativePort?: boolean;
}

export class Database {
  readonly #server: EmbeddedClickHouse;
  readonly #folder: string;

  private constructor(server: EmbeddedClickHouse, folder: string) {
    this.#server = server;
    this.#folder = folder;
    process.on('exit', this.#abandon);
  }

  /** A benchmark that is broken off leaves neither a process nor gigabytes behind. */
  readonly #abandon = (): void => {
    process.kill(this.#server.pid, 'SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  };

  static async start(options: DatabaseOptions = {}): Promise<Database> {
    const folder = await mkdtemp(join(options.parent ?? tmpdir(), 'spanledger-bench-'));
    const server = await startClickHouse({
      path: folder,
      memoryLimit_bytes: MEMORY_LIMIT_BYTES,
      ...(options.nativePort ? { tcpPort: 0 } : {}),
    });
    return new Database(server, folder);
  }

  get url(): string {
    return this.#server.url;
  }

  get pid(): number {
    return this.#server.pid;
  }

  get nativePort(): number {
    return this.#server.tcpPort ?? 0;
  }

  async sql<Row>(query: string, settings: Readonly<Record<string, string>> = {}): Promise<Row[]> {
    const url = new URL(this.url);
    url.search = new URLSearchParams({
      default_format: 'JSONEachRow',
      output_format_json_quote_64bit_integers: '0',
      wait_end_of_query: '1',
      ...settings,
    }).toString();
    // The server closes idle connections after a while, just as one may be used again.
    const headers = { connection: 'close' };
    const response = await fetch(url, { method: 'POST', body: query, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`${text.slice(0, 500)}\nin: ${query.slice(0, 500)}`);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row);
  }

  /** The one value of a question that has one. */
  async value<T>(query: string): Promise<T> {
    const [row] = await this.sql<{ value: T }>(`SELECT (${query}) AS value`);
    if (row === undefined) throw new Error(`no answer to: ${query}`);
    return row.value;
  }

  /** Bytes on disk of tables once all parts of each partition are merged into one. */
  async mergedBytes(tables: readonly string[]): Promise<Map<string, number>> {
    for (const table of tables) await this.sql(`OPTIMIZE TABLE ${table} FINAL`);
    const names = tables.map((table) => `'${table}'`).join(', ');
    const rows = await this.sql<{ name: string; size_bytes: number }>(`
      SELECT concat(database, '.', table) AS name, sum(bytes_on_disk) AS size_bytes
      FROM system.parts WHERE active AND name IN (${names}) GROUP BY name`);
    return new Map(rows.map(({ name, size_bytes }) => [name, size_bytes]));
  }

  async stop(): Promise<void> {
    process.off('exit', this.#abandon);
    await this.#server.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export interface TableContent {
  readonly rows: number;
  readonly hashes: Readonly<Record<string, string>>;
}

const MAPS = ['ResourceAttributes', 'SpanAttributes'];
const COLUMNS = [
  ...['Timestamp', 'TraceId', 'SpanId', 'ParentSpanId', 'TraceState', 'SpanName', 'SpanKind'],
  ...['ServiceName', 'ScopeName', 'ScopeVersion', 'Duration', 'StatusCode', 'StatusMessage'],
];

/** Rows and a hash of each column of a span table, whatever the order of rows and of map keys. */
export async function contentOf(database: Database, table: string): Promise<TableContent> {
  const row = 'TraceId, SpanId';
  const hashes = [
    ...COLUMNS.map((name) => `toString(sum(cityHash64(${row}, ${name}))) AS h_${name}`),
    ...MAPS.map(
      (name) =>
        `toString(sum(cityHash64(${row}, mapKeys(mapSort(${name})), mapValues(mapSort(${name}))))) AS h_${name}`,
    ),
  ];
  const [found] = await database.sql<Record<string, string | number>>(
    `SELECT count() AS rows, ${hashes.join(', ')} FROM ${table}`,
  );
  const names = [...COLUMNS, ...MAPS];
  return {
    rows: Number(found?.['rows'] ?? 0),
    hashes: Object.fromEntries(names.map((name) => [name, String(found?.[`h_${name}`])])),
  };
}

/** The columns whose content differs, by name. */
export function columnsThatDiffer(one: TableContent, other: TableContent): string[] {
  return Object.keys(one.hashes).filter((name) => one.hashes[name] !== other.hashes[name]);
}
