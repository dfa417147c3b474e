// Goal: the service as a process starts, says what is wrong, stops on a signal with code 0 and
// brings its embedded ClickHouse back. Method: dist/main.js, as an operator runs it.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../src/settings/config.ts';
import { startExporter } from '../src/exporter.ts';
import { call, request, spanId } from './otlp.ts';
import { until } from './until.ts';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let folder: string;
let child: ChildProcess | null = null;
let taken: Server | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spanledger-process-'));
});
afterEach(async () => {
  if (child !== null && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  child = null;
  taken?.close();
  taken = null;
  await rm(folder, { recursive: true, force: true });
});

interface Started {
  readonly process: ChildProcess;
  /** The fields of the line that says where it listens; rejects with the log when it ends before. */
  readonly listening: Promise<{ url: string; clickhouse: string }>;
  log(): string;
}

function start(environment: Record<string, string>): Started {
  const env = {
    PATH: process.env['PATH'],
    SPANLEDGER_PORT: '0',
    SPANLEDGER_DATA_DIR: join(folder, 'data'),
    ...environment,
  };
  const started = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  child = started;
  let text = '';
  const listening = new Promise<{ url: string; clickhouse: string }>((resolve, reject) => {
    started.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const line = text.split('\n').find((one) => one.includes('"msg":"listening"'));
      if (line !== undefined) resolve(JSON.parse(line));
    });
    started.on('exit', () => reject(new Error(text)));
  });
  listening.catch(() => undefined);
  return { process: started, listening, log: () => text };
}

async function ended(started: Started): Promise<number | null> {
  const { process: running } = started;
  if (running.exitCode === null && running.signalCode === null) await once(running, 'exit');
  return running.exitCode;
}

async function takePort(): Promise<number> {
  taken = createServer();
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  return (taken.address() as AddressInfo).port;
}

function send(url: string, id: number): Promise<number> {
  const body = JSON.stringify(request(call(spanId(id))));
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}/v1/traces`, { method: 'POST', headers, body }).then(
    ({ status }) => status,
    () => 0,
  );
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s: it drains and ends with code 0', async (signal) => {
  const service = start({});
  const { url, clickhouse } = await service.listening;
  expect(await send(url, 1)).toBe(200);
  service.process.kill(signal);
  expect(await ended(service)).toBe(0);
  await expect(fetch(clickhouse)).rejects.toThrow();
});

test('its log is JSON, line by line, and holds no key', async () => {
  const secret = 'b'.repeat(64);
  const service = start({ SPANLEDGER_KEYS: `admin:acme:${secret}`, SPANLEDGER_LOG_LEVEL: 'debug' });
  const { url } = await service.listening;
  const headers = { authorization: 'Bearer hunter2', 'content-type': 'application/json' };
  await fetch(`${url}/v1/traces`, { method: 'POST', headers, body: '{}' });
  service.process.kill('SIGTERM');
  await ended(service);
  const lines = service.log().trim().split('\n');
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(JSON.parse(line)).toHaveProperty('level');
  expect(service.log()).not.toContain(secret);
  expect(service.log()).not.toContain('hunter2');
});

test('a port that is taken is named, with the way out', async () => {
  const port = await takePort();
  const service = start({ SPANLEDGER_PORT: String(port) });
  expect(await ended(service)).toBe(1);
  expect(service.log()).toContain(`127.0.0.1:${port}`);
  expect(service.log()).toContain('--port');
});

test('with port fallback another port is taken, and that is said', async () => {
  const port = await takePort();
  const service = start({ SPANLEDGER_PORT: String(port), SPANLEDGER_PORT_FALLBACK: 'true' });
  const { url } = await service.listening;
  expect(url).not.toContain(`:${port}`);
  expect(service.log()).toContain(`"taken":${port}`);
});

test('a wrong setting ends the start with its name, value and what is allowed', async () => {
  const service = start({ SPANLEDGER_TICK_MS: 'soon' });
  expect(await ended(service)).toBe(1);
  expect(service.log()).toContain('SPANLEDGER_TICK_MS="soon"; allowed: whole number 10 to 600000');
});

test('an open address without keys is refused before anything listens', async () => {
  const service = start({ SPANLEDGER_HOST: '0.0.0.0' });
  expect(await ended(service)).toBe(1);
  expect(service.log()).toContain('SPANLEDGER_KEYS');
});

test('a data directory in use is said by both who ask for it', async () => {
  const first = start({});
  await first.listening;
  const second = startExporter(
    readConfig({
      SPANLEDGER_PORT: '0',
      SPANLEDGER_LOG_LEVEL: 'silent',
      SPANLEDGER_DATA_DIR: join(folder, 'data'),
    }),
  );
  await expect(second).rejects.toThrow(/another process uses the data directory/);
});

test('its embedded ClickHouse lets nobody in without the password, the reader reads only', async () => {
  const exporter = await startExporter(
    readConfig({
      SPANLEDGER_PORT: '0',
      SPANLEDGER_LOG_LEVEL: 'silent',
      SPANLEDGER_DATA_DIR: join(folder, 'data'),
    }),
  );
  const ask = async (way: string, query: string): Promise<string> => {
    const url = `${exporter.clickhouse_url}/?${way}`;
    const response = await fetch(url, { method: 'POST', body: query });
    return `${response.status} ${await response.text()}`;
  };
  const play = new URL(exporter.play_url ?? '');
  expect((await fetch(play)).status).toBe(200);
  const reader = play.search.slice(1);
  const create = 'CREATE TABLE spanledger.t (x Int8) ENGINE = Memory';
  for (const way of ['', 'user=default', 'user=spanledger', 'user=reader_default', reader]) {
    expect(await ask(way, create), way).not.toMatch(/^200/);
  }
  expect(await ask('', 'SELECT 1')).not.toMatch(/^200/);
  expect(await ask(reader, 'SELECT count() FROM calls')).toBe('200 0\n');
  expect(await ask(reader, 'SELECT count() FROM ledger')).toContain('ACCESS_DENIED');
  await exporter.stop();
});

test('without keys every path asks for a host that is this machine, against foreign pages', async () => {
  const service = start({});
  const { port } = new URL((await service.listening).url);
  const status = async (path: string, host: string): Promise<number | undefined> => {
    const method = path.startsWith('/v1/') ? 'POST' : 'GET';
    const headers = { host, 'content-type': 'application/json' };
    const asked = httpRequest({ host: '127.0.0.1', port, path, method, headers });
    asked.end(method === 'POST' ? '{}' : undefined);
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };
  for (const path of ['/v1/traces', '/v1/logs', '/v1/metrics', '/readyz', '/healthz', '/metrics']) {
    for (const host of ['127.0.0.1', `localhost:${port}`, `[::1]:${port}`]) {
      expect(await status(path, host), `${path} ${host}`).toBe(200);
    }
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example']) {
      expect(await status(path, host), `${path} ${host}`).toBe(403);
    }
  }
});

test('an embedded ClickHouse that dies is started again; what is resent arrives', async () => {
  const service = start({ SPANLEDGER_INSERT_ATTEMPTS_MAX: '1', CLICKHOUSE_PASSWORD: 'secret' });
  const { url, clickhouse } = await service.listening;
  const headers = { 'x-clickhouse-user': 'spanledger', 'x-clickhouse-key': 'secret' };
  const query = "SELECT value FROM system.build_options WHERE name = 'VERSION_DESCRIBE'";
  expect(
    (await fetch(`${clickhouse}/?query=${encodeURIComponent(query)}`, { headers })).status,
  ).toBe(200);
  expect(await send(url, 1)).toBe(200);
  const [pid = ''] = await childrenOf(service.process.pid ?? 0);
  process.kill(Number(pid), 'SIGKILL');
  await until(async () => (await send(url, 2)) === 200);
  const count = 'SELECT count() FROM spanledger.otel_traces';
  const answer = await fetch(`${clickhouse}/?query=${encodeURIComponent(count)}`, { headers });
  expect(Number(await answer.text())).toBe(2);
  service.process.kill('SIGTERM');
  expect(await ended(service)).toBe(0);
});

/** As the kernel lists them; ps is not everywhere. */
async function childrenOf(pid: number): Promise<string[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.trim().split(' ');
}
