// The product as processes: a real ClickHouse that survives the exporter, and the exporter as its
// own process, so that either can be killed without warning and started again on the same data.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startClickHouse, type EmbeddedClickHouse } from '@spanledger/embedded-clickhouse';

const EXPORTER = join(
  dirname(createRequire(import.meta.url).resolve('@spanledger/exporter')),
  'main.js',
);
const READY_LIMIT_MS = 60_000;
const UNTIL_LIMIT_MS = 120_000;
const POLL_MS = 50;
const LOG_LINES_KEPT = 200;

export interface ServiceOptions {
  readonly environment?: Readonly<Record<string, string>>;
}

export class Service {
  readonly folder: string;
  readonly port: number;
  readonly clickHousePort: number;
  readonly environment: Readonly<Record<string, string>>;
  log: string[] = [];
  private clickHouse: EmbeddedClickHouse | null = null;
  private exporter: ChildProcess | null = null;

  private constructor(
    folder: string,
    port: number,
    clickHouse: EmbeddedClickHouse,
    environment: Readonly<Record<string, string>>,
  ) {
    this.folder = folder;
    this.port = port;
    this.clickHouse = clickHouse;
    this.clickHousePort = clickHouse.httpPort;
    this.environment = environment;
  }

  static async start(options: ServiceOptions = {}): Promise<Service> {
    const folder = await mkdtemp(join(tmpdir(), 'spanledger-test-'));
    const clickHouse = await startClickHouse({ path: join(folder, 'clickhouse') });
    const service = new Service(folder, await freePort(), clickHouse, options.environment ?? {});
    await service.startExporter();
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get clickHouseUrl(): string {
    return `http://127.0.0.1:${this.clickHousePort}`;
  }

  get exporterPid(): number {
    return this.exporter?.pid ?? 0;
  }

  get clickHousePid(): number {
    return this.clickHouse?.pid ?? 0;
  }

  async startExporter(): Promise<void> {
    const child = spawn(process.execPath, [EXPORTER], {
      env: {
        PATH: process.env['PATH'],
        SPANLEDGER_PORT: String(this.port),
        CLICKHOUSE_URL: this.clickHouseUrl,
        SPANLEDGER_LOG_FORMAT: 'json',
        ...this.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.log = [...this.log, ...text.trimEnd().split('\n')].slice(-LOG_LINES_KEPT);
      });
    }
    this.exporter = child;
    await this.ready();
  }

  /** Waits until the service says that it is ready; ends with its log when it is not in time. */
  async ready(): Promise<void> {
    const deadline = performance.now() + READY_LIMIT_MS;
    while (performance.now() < deadline) {
      if (this.exporter?.exitCode !== null) break;
      try {
        if ((await fetch(`${this.url}/readyz`)).ok) return;
      } catch {
        // Not listening yet.
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`exporter is not ready:\n${this.log.join('\n')}`);
  }

  /** Polls until it holds or time is up; what was expected is then asserted by the caller. */
  async until(holds: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + UNTIL_LIMIT_MS;
    while (performance.now() < deadline && !(await holds())) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** SIGKILL: nothing is flushed, no handler runs. */
  async killExporter(): Promise<void> {
    await this.endExporter('SIGKILL');
  }

  /** SIGTERM: refuse, drain, settle, close. Returns the exit code. */
  async stopExporter(): Promise<number | null> {
    return this.endExporter('SIGTERM');
  }

  private async endExporter(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.exporter;
    this.exporter = null;
    if (!child || child.exitCode !== null || child.signalCode !== null)
      return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  }

  async killClickHouse(): Promise<void> {
    const server = this.clickHouse;
    this.clickHouse = null;
    if (!server) return;
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
  }

  async startClickHouse(): Promise<void> {
    this.clickHouse = await startClickHouse({
      path: join(this.folder, 'clickhouse'),
      httpPort: this.clickHousePort,
    });
  }

  /** SQL on the server's own user: the test looks behind the product's back. */
  async sql<Row>(query: string): Promise<Row[]> {
    const response = await fetch(
      `${this.clickHouseUrl}/?database=spanledger&default_format=JSONEachRow&output_format_json_quote_64bit_integers=0`,
      { method: 'POST', body: query },
    );
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row);
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  async stop(): Promise<void> {
    await this.endExporter('SIGTERM');
    await this.clickHouse?.stop();
    await rm(this.folder, { recursive: true, force: true });
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
