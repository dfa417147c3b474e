// Goal: receiving processes beside the service change nothing but its speed: what is acknowledged is
// stored and settled, whichever process dies. Method: dist/main.js with two workers on a real
// ClickHouse, as an operator runs it.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startClickHouse, type EmbeddedClickHouse } from '@spanledger/embedded-clickhouse';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { call, request, spanId } from './otlp.ts';
import { until } from './until.ts';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const WORKERS = 2;

let folder: string;
let clickhouse: EmbeddedClickHouse;
let service: Service;
let databases = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spanledger-workers-'));
  clickhouse = await startClickHouse({ path: join(folder, 'data') });
});
afterAll(async () => {
  await clickhouse.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  service = new Service(`test_${++databases}`);
  await service.workers(WORKERS);
});
afterEach(() => service.kill());

class Service {
  readonly database: string;
  readonly process: ChildProcess;
  readonly exited: Promise<unknown>;
  #log = '';

  constructor(database: string) {
    this.database = database;
    const env = {
      PATH: process.env['PATH'],
      SPANLEDGER_PORT: '0',
      SPANLEDGER_WORKERS: String(WORKERS),
      SPANLEDGER_TICK_MS: '50',
      SPANLEDGER_BLOCK_WAIT_MS: '10',
      CLICKHOUSE_URL: clickhouse.url,
      CLICKHOUSE_DATABASE: database,
    };
    this.process = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.exited = once(this.process, 'exit');
    this.process.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#log += chunk;
    });
  }

  /** The log lines with this message, when there are so many; throws when it ended before. */
  async lines(msg: string, count: number): Promise<Record<string, unknown>[]> {
    for (;;) {
      const found = this.#log
        .split('\n')
        .slice(0, -1)
        .filter((line) => line.includes(`"msg":"${msg}"`));
      if (found.length >= count) return found.map((line) => JSON.parse(line));
      if (this.process.exitCode !== null) throw new Error(this.#log);
      await pause(20);
    }
  }

  async url(): Promise<string> {
    const [line] = await this.lines('listening', 1);
    return String(line?.['url']);
  }

  /** Process ids of the workers started so far, when there are so many and the tables are there. */
  async workers(count: number): Promise<number[]> {
    await this.url();
    const lines = await this.lines('receiving process started', count);
    return lines.map(({ worker }) => Number(worker));
  }

  /** A request on a connection of its own; 0 when it breaks off. */
  async send(...ids: readonly number[]): Promise<number> {
    const spans = ids.map((id) => call(spanId(id), { traceId: spanId(id).padStart(32, 'f') }));
    const body = JSON.stringify(request(...spans));
    const url = `${await this.url()}/v1/traces`;
    return new Promise((resolve) => {
      const options = {
        method: 'POST',
        agent: new Agent({ keepAlive: false }),
        headers: { 'content-type': 'application/json' },
      };
      httpRequest(url, options, (answer) => {
        answer.resume().on('close', () => resolve(answer.statusCode ?? 0));
      })
        .on('error', () => resolve(0))
        .end(body);
    });
  }

  async metric(name: string): Promise<number> {
    const page = await (await fetch(`${await this.url()}/metrics`)).text();
    const line = page.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1));
  }

  async sql(query: string): Promise<string> {
    const url = `${clickhouse.url}/?database=${this.database}`;
    return (await (await fetch(url, { method: 'POST', body: query })).text()).trim();
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('both workers receive, one loop settles, and every other path is answered as ever', async () => {
  const ids = Array.from({ length: 20 }, (_, at) => at + 1);
  const answers = await Promise.all(ids.map((id) => service.send(id)));
  expect(answers).toEqual(ids.map(() => 200));
  await until(async () => (await service.sql('SELECT count() FROM calls')) === '20');
  // Each block is one worker's: as each gets every second connection, both have inserted.
  await until(async () => {
    const taken = 'spanledger_requests_total{signal="traces",status="200"}';
    return (await service.metric(taken)) === 20;
  });
  expect(await service.metric('spanledger_accepted_records_total{signal="traces"}')).toBe(20);
  expect(await service.metric('spanledger_request_seconds_count')).toBe(20);
  expect(await service.metric('spanledger_workers')).toBe(WORKERS);
  const url = await service.url();
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({
    ready: true,
    phase: 'ready',
  });
  const missing = await fetch(`${url}/v1/nothing`);
  expect([missing.status, await missing.json()]).toMatchObject([
    404,
    { error: { code: 'not_found' } },
  ]);
  const wrong = await fetch(`${url}/v1/traces`);
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
});

test('a worker that dies is replaced, and what was acknowledged is stored and settled', async () => {
  const [first = 0] = await service.workers(WORKERS);
  const acknowledged: number[] = [];
  let stop = false;
  const senders = Array.from({ length: 4 }, async (_, sender) => {
    for (let id = 1 + sender * 10_000; !stop; id++) {
      if ((await service.send(id)) === 200) acknowledged.push(id);
    }
  });
  await until(async () => acknowledged.length > 40);
  process.kill(first, 'SIGKILL');
  const before = acknowledged.length;
  const pids = await service.workers(WORKERS + 1);
  expect(pids.at(-1)).not.toBe(first);
  await until(async () => acknowledged.length > before + 40);
  stop = true;
  await Promise.all(senders);
  const settled = async (): Promise<string[]> =>
    (await service.sql('SELECT span_id FROM calls')).split('\n');
  await until(async () => {
    const known = new Set(await settled());
    return acknowledged.every((id) => known.has(spanId(id)));
  });
  expect(await service.metric('spanledger_workers')).toBe(WORKERS);
});

test('a stop loses nothing that was acknowledged, settles it, and leaves no process', async () => {
  const pids = await service.workers(WORKERS);
  const acknowledged: number[] = [];
  const senders = Array.from({ length: 6 }, async (_, sender) => {
    for (let id = 1 + sender * 10_000; ; id++) {
      const status = await service.send(id);
      if (status !== 200) return expect([0, 503]).toContain(status);
      acknowledged.push(id);
    }
  });
  await until(async () => acknowledged.length > 60);
  service.process.kill('SIGTERM');
  await Promise.all(senders);
  expect(await service.exited).toEqual([0, null]);
  expect(pids.filter(isAlive)).toEqual([]);
  const known = new Set((await service.sql('SELECT span_id FROM calls')).split('\n'));
  expect(acknowledged.filter((id) => !known.has(spanId(id)))).toEqual([]);
  const sums = await service.sql(
    'SELECT (SELECT sum(calls) FROM usage) = (SELECT count() FROM calls)',
  );
  expect(sums).toBe('1');
});

test('workers end by themselves when the service is killed', async () => {
  const pids = await service.workers(WORKERS);
  expect(await service.send(1)).toBe(200);
  await service.kill();
  await until(async () => !pids.some(isAlive));
  expect(await service.sql('SELECT count() FROM otel_traces')).toBe('1');
});
