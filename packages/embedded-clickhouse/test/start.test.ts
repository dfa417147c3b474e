// The embedded server from outside: how it starts, ends, fails, and what it leaves behind.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  EMBEDDED_ERRORS,
  EmbeddedClickHouseError,
  libraryPackage,
  startClickHouse,
  type ClickHouseOptions,
  type EmbeddedClickHouse,
} from '../src/index.ts';

const OWNER = fileURLToPath(new URL('owner.mjs', import.meta.url));

let folder: string;
let started: EmbeddedClickHouse[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-test-'));
});

afterEach(async () => {
  await Promise.all(started.map((server) => server.stop()));
  started = [];
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<ClickHouseOptions> = {}): Promise<EmbeddedClickHouse> {
  const server = await startClickHouse({ path: join(folder, 'data'), ...options });
  started.push(server);
  return server;
}

async function query(server: { url: string }, sql: string): Promise<string> {
  const response = await fetch(server.url, {
    method: 'POST',
    body: sql,
    headers: { connection: 'close' },
  });
  return (await response.text()).trim();
}

async function failure(promise: Promise<unknown>): Promise<EmbeddedClickHouseError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EmbeddedClickHouseError);
  return error as EmbeddedClickHouseError;
}

async function configFolders(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('embedded-clickhouse-'));
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('is ready when start returns, and gone when stop returns', async () => {
  const server = await start();
  expect(await query(server, 'SELECT 1 + 1')).toBe('2');
  await server.stop();
  await server.stop();
  expect(await server.exited).toMatchObject({ reason: 'stopped', code: 0 });
  expect(isAlive(server.pid)).toBe(false);
});

test('keeps its data over a restart', async () => {
  const first = await start();
  await query(first, 'CREATE TABLE t (x UInt8) ENGINE = MergeTree ORDER BY x');
  await query(first, 'INSERT INTO t VALUES (1), (2)');
  await first.stop();
  expect(await query(await start(), 'SELECT sum(x) FROM t')).toBe('3');
});

test('opens HTTP only, on loopback, unless asked for more', async () => {
  const plain = await start();
  expect(plain.tcpPort).toBeNull();
  const both = await start({ path: join(folder, 'other'), tcpPort: 0 });
  expect(both.tcpPort).toBeGreaterThan(0);
  const remote = await query(
    both,
    `SELECT count() FROM remote('127.0.0.1:${both.tcpPort}', system.one)`,
  );
  expect(remote).toBe('1');
});

test('tells when the server dies by itself', async () => {
  const server = await start();
  process.kill(server.pid, 'SIGKILL');
  expect(await server.exited).toMatchObject({ reason: 'crashed', signal: 'SIGKILL' });
  await server.stop();
});

test('outlives a signal to the whole group, for its owner has still to drain', async () => {
  const server = await start();
  process.kill(server.pid, 'SIGTERM');
  process.kill(server.pid, 'SIGINT');
  expect(await query(server, 'SELECT 1')).toBe('1');
});

test('leaves no orphan when its owner is killed', async () => {
  const owner = spawn(process.execPath, [OWNER, join(folder, 'data')]);
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  const server = JSON.parse(line.toString()) as { pid: number; url: string };
  expect(await query(server, 'SELECT 1')).toBe('1');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  await waitUntil(() => !isAlive(server.pid));
  await start();
});

test('refuses a data directory that another process uses, and names that process', async () => {
  const first = await start();
  const error = await failure(start());
  expect(error.code).toBe('data_directory_locked');
  expect(error.detail).toContain(`process ${first.pid}`);
  expect(await query(first, 'SELECT 1')).toBe('1');
});

test('refuses a port that is taken when that port was asked for', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const error = await failure(start({ httpPort: port }));
  holder.close();
  expect(error.code).toBe('port_in_use');
  expect(error.detail).toBe(String(port));
});

test('refuses a data directory that cannot be made', async () => {
  const error = await failure(start({ path: '/dev/null/data' }));
  expect(error.code).toBe('data_directory_unusable');
});

test('reports a crash at start with what it wrote last', async () => {
  const error = await failure(start({ usersXml: '<clickhouse><not closed' }));
  expect(error.code).toBe('crashed_at_start');
  expect(error.detail).toMatch(/Exception/);
});

test('hands its log on, at the level asked for', async () => {
  const lines: string[] = [];
  const server = await start({ logLevel: 'error', onLog: (line) => lines.push(line) });
  await query(server, 'SELECT no_such_column');
  await server.stop();
  expect(lines.join('\n')).toContain('no_such_column');
  expect(lines.join('\n')).not.toContain('<Debug>');
});

test('takes users of its caller', async () => {
  const usersXml = `<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users>
    <someone><password>secret</password><networks><ip>127.0.0.1</ip></networks>
    <profile>default</profile><quota>default</quota></someone>
    <default><password></password><networks><ip>127.0.0.1</ip></networks>
    <profile>default</profile><quota>default</quota></default></users></clickhouse>`;
  const server = await start({ usersXml });
  const url = `${server.url}/?user=someone&password=secret`;
  expect(await query({ url }, 'SELECT currentUser()')).toBe('someone');
});

test('is open to nobody without a password where `default` has one session: its own', async () => {
  const loopback = '<networks><ip>127.0.0.1</ip><ip>::1</ip></networks><quota>default</quota>';
  const usersXml = `<clickhouse><quotas><default/></quotas><profiles><default/>
    <own><max_sessions_for_user>1</max_sessions_for_user></own></profiles><users>
    <default><password></password><profile>own</profile>${loopback}</default>
    <someone><password>secret</password><profile>default</profile>${loopback}</someone>
    </users></clickhouse>`;
  const server = await start({ usersXml, user: 'someone', password: 'secret' });
  expect(server).toMatchObject({ user: 'someone', password: 'secret' });
  for (const way of ['', 'user=default', 'session_id=s', 'max_sessions_for_user=0']) {
    const url = `${server.url}/?${way}`;
    expect(await query({ url }, 'CREATE TABLE t (x Int8) ENGINE = Memory'), way).toContain(
      'USER_SESSION_LIMIT_EXCEEDED',
    );
  }
  const url = `${server.url}/?user=someone&password=secret`;
  expect(await query({ url }, "SELECT count() FROM system.tables WHERE name = 't'")).toBe('0');
});

test('removes its configuration files, also when its owner is killed', async () => {
  const owner = spawn(process.execPath, [OWNER, join(folder, 'data')], {
    env: { ...process.env, TMPDIR: folder },
  });
  await once(owner.stdout, 'data');
  expect(await configFolders()).toHaveLength(1);
  owner.kill('SIGKILL');
  await waitUntil(async () => (await configFolders()).length === 0);
});

test.each([
  [{ os: 'linux', cpu: 'x64', glibc: true }, '@chdb/lib-linux-x64-gnu'],
  [{ os: 'linux', cpu: 'arm64', glibc: true }, '@chdb/lib-linux-arm64-gnu'],
  [{ os: 'darwin', cpu: 'arm64', glibc: false }, '@chdb/lib-darwin-arm64'],
])('knows the library of %j', (platform, expected) => {
  expect(libraryPackage(platform)).toBe(expected);
});

test.each([
  { os: 'win32', cpu: 'x64', glibc: false },
  { os: 'linux', cpu: 'ppc64', glibc: true },
  { os: 'linux', cpu: 'x64', glibc: false },
])('names the way on where there is no library: %j', async (platform) => {
  const error = await failure((async () => libraryPackage(platform))());
  expect(error.code).toBe('unsupported_platform');
  expect(error.message).toContain('CLICKHOUSE_URL');
});

test('every error says what to do next', () => {
  for (const entry of Object.values(EMBEDDED_ERRORS)) {
    expect(entry.message).toMatch(/^cannot /);
    expect(entry.next_step).not.toBe('');
  }
});
