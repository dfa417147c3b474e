// Who takes the bytes in: our exporter, the Go collector with its ClickHouse exporter, and Rotel, each
// as its own process with stock settings and with a ClickHouse of its own.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database } from './database.ts';
import { OTEL_SCHEMA } from './otel-schema.ts';

export interface Candidate {
  readonly name: string;
  readonly database: Database;
  /** The table of spans, with its database. */
  readonly table: string;
  /** Everything that is kept of a span, this table and what is derived. */
  readonly schema: string;
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const EXPORTER = join(
  dirname(createRequire(import.meta.url).resolve('@spanledger/exporter')),
  'main.js',
);
/** Longer than any measurement: what is measured is taking in, and settling waits for its turn. */
const NO_TICK = '600000';
const READY_LIMIT_MS = 60_000;
const POLL_MS = 50;
const LOG_BYTES_KEPT = 4_000;

export interface ExporterOptions {
  /** The root of another checkout, built, whose exporter is to be started instead. */
  readonly checkout?: string;
  readonly name?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
}

export async function startExporter(
  database: Database,
  options: ExporterOptions = {},
): Promise<Candidate> {
  const port = await freePort();
  const main = options.checkout
    ? resolve(options.checkout, 'packages/exporter/dist/main.js')
    : EXPORTER;
  const child = new PeerProcess(process.execPath, [...(options.nodeOptions ?? []), main], {
    SPANLEDGER_PORT: String(port),
    CLICKHOUSE_URL: database.url,
    SPANLEDGER_LOG_LEVEL: 'warn',
    SPANLEDGER_TICK_MS: NO_TICK,
    ...options.environment,
  });
  return child.candidate({
    name: options.name ?? 'spanledger',
    database,
    table: 'spanledger.otel_traces',
    schema: 'spanledger',
    port,
    readyPath: '/readyz',
  });
}

/** OTLP receiver, batch processor, ClickHouse exporter; every setting that is not an address is stock. */
export async function startCollector(command: string): Promise<Candidate> {
  const database = await Database.start({ nativePort: true });
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'spanledger-bench-'));
  const config = join(folder, 'collector.yaml');
  await writeFile(
    config,
    `receivers:
  otlp:
    protocols:
      http:
        endpoint: "127.0.0.1:${port}"
processors:
  batch:
exporters:
  clickhouse:
    endpoint: "tcp://127.0.0.1:${database.nativePort}"
service:
  telemetry:
    logs:
      level: warn
    metrics:
      level: none
  pipelines:
    traces:
      receivers: [otlp]
      processors: [batch]
      exporters: [clickhouse]
`,
  );
  const child = new PeerProcess(command, ['--config', config], {}, folder);
  return child.candidate({
    name: 'collector',
    database,
    table: 'default.otel_traces',
    schema: 'default',
    port,
  });
}

/** Rotel makes no tables: it gets those of the collector's exporter. */
export async function startRotel(command: string): Promise<Candidate> {
  const database = await Database.start();
  for (const statement of OTEL_SCHEMA) await database.sql(statement, { database: 'default' });
  const [port, grpcPort] = [await freePort(), await freePort()];
  const folder = await mkdtemp(join(tmpdir(), 'spanledger-bench-'));
  const child = new PeerProcess(
    command,
    [
      'start',
      ...['--otlp-http-endpoint', `127.0.0.1:${port}`],
      ...['--otlp-grpc-endpoint', `127.0.0.1:${grpcPort}`],
      ...['--pid-file', join(folder, 'pid'), '--log-file', join(folder, 'log')],
      ...['--exporter', 'clickhouse', '--clickhouse-exporter-database', 'default'],
      ...['--clickhouse-exporter-endpoint', database.url],
    ],
    {},
    folder,
  );
  return child.candidate({
    name: 'rotel',
    database,
    table: 'default.otel_traces',
    schema: 'default',
    port,
  });
}

interface Place {
  readonly name: string;
  readonly database: Database;
  readonly table: string;
  readonly schema: string;
  readonly port: number;
  /** What is asked until it is fine; left out, a listening port is enough. */
  readonly readyPath?: string;
}

class PeerProcess {
  readonly #child: ChildProcess;
  readonly #folder: string | null;
  #log = '';

  constructor(
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    folder: string | null = null,
  ) {
    this.#folder = folder;
    this.#child = spawn(command, [...args], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-LOG_BYTES_KEPT);
      });
    }
    process.on('exit', this.#abandon);
  }

  readonly #abandon = (): void => {
    this.#child.kill('SIGKILL');
  };

  async candidate(place: Place): Promise<Candidate> {
    const { name, database, table, schema, port } = place;
    const url = `http://127.0.0.1:${port}`;
    try {
      await this.#ready(name, url, place.readyPath);
    } catch (error) {
      await this.#end();
      throw error;
    }
    return {
      ...{ name, database, table, schema, url },
      pid: this.#child.pid ?? 0,
      stop: () => this.#end(),
    };
  }

  async #ready(name: string, url: string, path: string | undefined): Promise<void> {
    const deadline = performance.now() + READY_LIMIT_MS;
    while (performance.now() < deadline && this.#child.exitCode === null) {
      try {
        const answer = await fetch(url + (path ?? '/'));
        if (path === undefined || answer.ok) return;
      } catch {
        // Not listening yet.
      }
      await sleep(POLL_MS);
    }
    throw new Error(`${name} is not ready:\n${this.#log}`);
  }

  async #end(): Promise<void> {
    const child = this.#child;
    process.off('exit', this.#abandon);
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
