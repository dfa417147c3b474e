// The processes of a run: one ClickHouse, two exporters on it and two senders, with a faulty proxy on
// each way between them. Each can be killed, paused and started again without the others.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startClickHouse, type EmbeddedClickHouse } from '@spanledger/embedded-clickhouse';
import { FaultyProxy } from './faulty-proxy.ts';
import type { SenderLine } from './sender-main.ts';
import type { Piece } from './trace-template.ts';

const EXPORTER = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@spanledger/exporter')),
  'main.js',
);
const HERE = import.meta.dirname;
const BUILT = path.join('dist', 'chaos');
// Seen from the source as well as from what is built: Node runs only the latter.
const PROGRAMS = HERE.endsWith(BUILT) ? HERE : path.join(HERE, '..', BUILT);
const SENDER = path.join(PROGRAMS, 'sender-main.js');
const SHIFTED_CLOCK = path.join(PROGRAMS, 'shifted-clock-main.js');
/** An exporter gives a request up after this; what is held must be held longer. */
export const CLICKHOUSE_WAIT_MS = 8_000;
const READY_LIMIT_MS = 180_000;
const POLL_MS = 100;

/** One process of ours by its name: what is done to it is done one after another. */
abstract class Member {
  readonly name: string;
  kills = 0;
  protected child: ChildProcess | null = null;
  #work: Promise<unknown> = Promise.resolve();

  constructor(name: string) {
    this.name = name;
  }

  /** Runs after what was asked of this process before. */
  next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (child === null) return;
    this.child = null;
    this.kills++;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  async pause(duration_ms: number): Promise<void> {
    const { pid } = this;
    if (pid === 0) return;
    process.kill(pid, 'SIGSTOP');
    await sleep(duration_ms);
    process.kill(pid, 'SIGCONT');
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === null) return;
    this.child = null;
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  }
}

export class ExporterMember extends Member {
  readonly port: number;
  readonly url: string;
  readonly log: string;
  /** Ends that nobody asked for. */
  crashes = 0;
  readonly #environment: Readonly<Record<string, string>>;

  constructor(name: string, port: number, log: string, environment: Record<string, string>) {
    super(name);
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.log = log;
    this.#environment = environment;
  }

  start(): void {
    const log = openSync(this.log, 'a');
    const child = spawn(process.execPath, ['--import', SHIFTED_CLOCK, EXPORTER], {
      env: { SPANLEDGER_PORT: String(this.port), ...this.#environment },
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.child = child;
    child.once('exit', () => {
      if (this.child !== child) return;
      this.crashes++;
      this.start();
    });
  }

  async ready(): Promise<void> {
    const deadline = performance.now() + READY_LIMIT_MS;
    while (performance.now() < deadline) {
      const ok = await fetch(`${this.url}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (ok) return;
      await sleep(POLL_MS);
    }
    throw new Error(`${this.name} is not ready within ${READY_LIMIT_MS} ms; its log: ${this.log}`);
  }
}

export class SenderMember extends Member {
  onLine: (line: SenderLine) => void = () => undefined;
  onGone: () => void = () => undefined;
  readonly #seed: number;
  readonly #urls: readonly string[];
  #starts = 0;

  constructor(name: string, seed: number, urls: readonly string[]) {
    super(name);
    this.#seed = seed;
    this.#urls = urls;
  }

  start(): void {
    const own = this.#seed + ++this.#starts * 7919 + this.name.length;
    const child = spawn(
      process.execPath,
      [SENDER, String(this.#seed), String(own), ...this.#urls],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    this.child = child;
    child.stdin?.on('error', () => undefined);
    if (child.stdout === null) throw new Error('a sender has no output');
    createInterface({ input: child.stdout }).on('line', (text) => {
      // A killed sender may leave half a line.
      if (text.endsWith('}')) this.onLine(JSON.parse(text) as SenderLine);
    });
    child.once('close', () => this.onGone());
  }

  give(pieces: readonly Piece[]): void {
    this.child?.stdin?.write(`${JSON.stringify(pieces)}\n`);
  }
}

/** The exporters have a user of their own, which may be made to read only; the server needs its own. */
const EXPORTERS_USER = 'product';

function usersXml(exportersReadOnly: boolean): string {
  const networks = '<networks><ip>127.0.0.1</ip><ip>::1</ip></networks>';
  const user = (name: string, profile: string): string =>
    `<${name}><password></password>${networks}<profile>${profile}</profile><quota>default</quota></${name}>`;
  const readonly = exportersReadOnly ? '<readonly>1</readonly>' : '';
  return `<clickhouse>
  <profiles><default/><exporters>${readonly}</exporters></profiles>
  <quotas><default/></quotas>
  <users>${user('default', 'default')}${user(EXPORTERS_USER, 'exporters')}</users>
</clickhouse>
`;
}

export class ClickHouseMember extends Member {
  readonly port: number;
  readonly #folder: string;
  #server: EmbeddedClickHouse | null = null;

  constructor(port: number, folder: string) {
    super('clickhouse');
    this.port = port;
    this.#folder = folder;
  }

  override get pid(): number {
    return this.#server?.pid ?? 0;
  }

  async start(exportersReadOnly = false): Promise<void> {
    this.#server = await startClickHouse({
      path: this.#folder,
      httpPort: this.port,
      usersXml: usersXml(exportersReadOnly),
    });
  }

  override async kill(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    this.kills++;
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
  }

  override async end(): Promise<void> {
    await this.#server?.stop();
    this.#server = null;
  }

  /** SQL behind the product's back. */
  async sql<Row>(query: string): Promise<Row[]> {
    const settings = 'database=spanledger&default_format=JSONEachRow';
    const quoting = 'output_format_json_quote_64bit_integers=0';
    const answer = await fetch(`http://127.0.0.1:${this.port}/?${settings}&${quoting}`, {
      method: 'POST',
      body: query,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row);
  }
}

export class World {
  readonly folder: string;
  readonly clickhouse: ClickHouseMember;
  readonly exporters: readonly ExporterMember[];
  readonly senders: readonly SenderMember[];
  /** Between each exporter and ClickHouse. */
  readonly below: readonly FaultyProxy[];
  /** Between the senders and each exporter. */
  readonly above: readonly FaultyProxy[];

  private constructor(parts: Omit<World, 'members' | 'heal' | 'stop' | 'proxies'>) {
    this.folder = parts.folder;
    this.clickhouse = parts.clickhouse;
    this.exporters = parts.exporters;
    this.senders = parts.senders;
    this.below = parts.below;
    this.above = parts.above;
  }

  /** The clocks of the two exporters differ by `clocks_apart_ms`. */
  static async start(seed: number, clocks_apart_ms: number): Promise<World> {
    const folder = await mkdtemp(path.join(tmpdir(), 'spanledger-chaos-'));
    const [port = 0, ...exporterPorts] = await freePorts(3);
    const clickhouse = new ClickHouseMember(port, path.join(folder, 'clickhouse'));
    await clickhouse.start();
    const below: FaultyProxy[] = [];
    const above: FaultyProxy[] = [];
    const exporters: ExporterMember[] = [];
    for (const [index, exporterPort] of exporterPorts.entries()) {
      const name = `exporter-${index + 1}`;
      const proxy = await FaultyProxy.start(() => port);
      below.push(proxy);
      above.push(await FaultyProxy.start(() => exporterPort));
      const environment = {
        CLICKHOUSE_URL: proxy.url,
        CLICKHOUSE_USER: EXPORTERS_USER,
        SPANLEDGER_CLICKHOUSE_WAIT_MS: String(CLICKHOUSE_WAIT_MS),
        SPANLEDGER_LOG_FORMAT: 'json',
        CHAOS_CLOCK_SHIFT_MS: String(index * clocks_apart_ms),
      };
      const log = path.join(folder, `${name}.log`);
      exporters.push(new ExporterMember(name, exporterPort, log, environment));
    }
    const urls = above.map(({ url }) => url);
    const senders = [1, 2].map((number) => new SenderMember(`sender-${number}`, seed, urls));
    const world = new World({ folder, clickhouse, exporters, senders, below, above });
    for (const member of [...exporters, ...senders]) member.start();
    await Promise.all(exporters.map((exporter) => exporter.ready()));
    return world;
  }

  get members(): readonly Member[] {
    return [this.clickhouse, ...this.exporters, ...this.senders];
  }

  get proxies(): readonly FaultyProxy[] {
    return [...this.below, ...this.above];
  }

  async stop(keep: boolean): Promise<void> {
    for (const sender of this.senders) await sender.end('SIGKILL');
    await Promise.all(this.exporters.map((exporter) => exporter.end('SIGTERM')));
    await this.clickhouse.end();
    for (const proxy of this.proxies) await proxy.stop();
    if (!keep) await rm(this.folder, { recursive: true, force: true });
  }
}

/** Different ports that are free now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
