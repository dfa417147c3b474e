// Goal: every body is bounded in size, time and number, and every refusal is an answer that the
// sender can act on. Method: the receiver behind a real HTTP server, bodies at and over each limit.

import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { ArenaPool } from '../src/receive/arena.ts';
import { readBody, requireEncoding } from '../src/receive/body.ts';
import { readConfig } from '../src/settings/config.ts';
import { Gunzip } from '../src/receive/gunzip.ts';
import { Metrics } from '../src/metrics/metrics.ts';
import { Receiver } from '../src/receive/receive.ts';

const KIB = 1024;
const LIMITS = {
  ...readConfig({}).receive,
  body_bytes_max: 256 * KIB,
  body_decompressed_bytes_max: 512 * KIB,
  body_wait_ms: 200,
  retry_after_s: 7,
};

let server: Server | null = null;

afterEach(async () => {
  server?.closeAllConnections();
  if (server !== null) await new Promise((resolve) => server?.close(resolve));
  server = null;
});

interface Taken {
  url: string;
  port: number;
  bodies: Buffer[];
  pool: ArenaPool;
  receiver: Receiver;
  metrics: Metrics;
}

/** A service whose work is to remember bodies; `hold` keeps each request until it resolves. */
async function start(
  changes: Partial<typeof LIMITS> = {},
  hold: () => Promise<void> = () => Promise.resolve(),
): Promise<Taken> {
  const limits = { ...LIMITS, ...changes };
  const pool = new ArenaPool(limits.in_flight_bytes_max);
  const gunzip = new Gunzip(limits.decompressions_max);
  const bodies: Buffer[] = [];
  const metrics = new Metrics();
  const receiver = new Receiver({
    limits,
    metrics,
    log: pino({ level: 'silent' }),
    checkHost: () => undefined,
    checkOpen: () => undefined,
    async take(request) {
      requireEncoding(request.headers['content-type']);
      const arena = await readBody(request, 'default', { pool, gunzip, limits });
      bodies.push(Buffer.from(arena.bytes.subarray(0, arena.length)));
      await hold();
      pool.give(arena);
      return { accepted: 1, refused: new Map() };
    },
  });
  server = createServer((request, response) => void receiver.handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1/traces`, port, bodies, pool, receiver, metrics };
}

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const GZIP = { ...PROTOBUF, 'content-encoding': 'gzip' };

function post(url: string, body: Uint8Array, headers: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers });
}

function noise(size: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

describe('a body arrives as it was sent', () => {
  test.each<[string, number]>([
    ['nothing', 0],
    ['one byte', 1],
    ['up to the slack of a small buffer', 64 * KIB - 64],
    ['one over it', 64 * KIB - 63],
    ['the limit', 256 * KIB],
  ])('%s', async (_, size) => {
    const { url, bodies, pool } = await start();
    const body = noise(size);
    expect((await post(url, body, PROTOBUF)).status).toBe(200);
    expect(bodies[0]?.equals(body)).toBe(true);
    expect(pool.held_bytes).toBe(0);
  });

  test.each<[string, Uint8Array]>([
    ['small gzip', noise(1_000)],
    ['large gzip', noise(200 * KIB)],
    ['gzip up to the limit', new Uint8Array(512 * KIB)],
    ['gzip of nothing', new Uint8Array(0)],
  ])('%s', async (_, body) => {
    const { url, bodies, pool } = await start();
    expect((await post(url, gzipSync(body), GZIP)).status).toBe(200);
    expect(bodies[0]?.equals(body)).toBe(true);
    expect(pool.held_bytes).toBe(0);
  });

  test('in chunks, with a content-type that has parameters', async () => {
    const { port, bodies } = await start();
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/v1/traces?x=1',
      headers: { 'content-type': 'Application/JSON; charset=utf-8' },
    });
    request.write('{"a"');
    request.end(':1}');
    const [response] = await once(request, 'response');
    response.resume();
    expect(response.statusCode).toBe(200);
    expect(bodies[0]?.toString()).toBe('{"a":1}');
  });
});

describe('a body is refused', () => {
  test.each<[string, Uint8Array, Record<string, string>, number, string]>([
    ['one byte over the limit', noise(256 * KIB + 1), PROTOBUF, 413, 'limit: 262144 bytes'],
    ['far over the limit', noise(4_000 * KIB), PROTOBUF, 413, 'limit: 262144 bytes'],
    ['a bomb, one byte over', gzipSync(new Uint8Array(512 * KIB + 1)), GZIP, 413, '524288 bytes'],
    ['a bomb of 100 MiB', gzipSync(new Uint8Array(100 * KIB * KIB)), GZIP, 413, '524288 bytes'],
    ['gzip that ends early', gzipSync(noise(900)).subarray(0, -9), GZIP, 400, 'gzip'],
    ['long gzip that ends early', gzipSync(noise(99_000)).subarray(0, -9), GZIP, 400, 'gzip'],
    ['no gzip at all', noise(100), GZIP, 400, 'gzip'],
    ['empty gzip', new Uint8Array(0), GZIP, 400, 'gzip'],
    ['zstd', noise(9), { ...PROTOBUF, 'content-encoding': 'zstd' }, 415, 'zstd'],
    ['text', noise(9), { 'content-type': 'text/plain' }, 415, 'text/plain'],
    ['no content-type', noise(9), {}, 415, 'none'],
  ])('%s', async (_, body, headers, status, words) => {
    const { url, pool } = await start();
    const response = await post(url, body, headers);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(words);
    expect(response.headers.get('retry-after')).toBe(null);
    expect(pool.held_bytes).toBe(0);
    expect((await post(url, noise(9), PROTOBUF)).status, 'it keeps serving').toBe(200);
  });

  test('that does not end in time, with 503 so that it comes again', async () => {
    const { port, pool } = await start();
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
    );
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 503 /);
    expect(String(answer)).toContain('retry-after: 7');
    expect(String(answer)).toContain('limit: 200 ms');
    expect(pool.held_bytes).toBe(0);
    socket.destroy();
  });

  test('whose connection breaks, without a buffer left behind', async () => {
    const { port, url, pool } = await start();
    const socket = connect(port, '127.0.0.1');
    const head =
      'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{';
    await new Promise<void>((resolve) => socket.write(head, () => resolve()));
    socket.destroy();
    await once(socket, 'close');
    expect((await post(url, noise(9), PROTOBUF)).status).toBe(200);
    expect(pool.held_bytes).toBe(0);
  });

  test('with another method', async () => {
    const { url } = await start();
    const response = await fetch(url);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });
});

describe('at most so much is held at once', () => {
  test.each([
    ['requests', { in_flight_requests_max: 1 }],
    ['bytes', { in_flight_bytes_max: 64 * KIB }],
  ])('%s: one over is 503 with retry-after, and the next after it is taken', async (_, limits) => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { url, bodies } = await start(limits, () => held);
    const first = post(url, noise(9), PROTOBUF);
    while (bodies.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const second = await post(url, noise(9), PROTOBUF);
    expect(second.status).toBe(503);
    expect(second.headers.get('retry-after')).toBe('7');
    release();
    expect((await first).status).toBe(200);
    expect((await post(url, noise(9), PROTOBUF)).status).toBe(200);
  });
});

describe('a refused body that does not end', () => {
  const HALF =
    'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 99\r\n\r\n{';
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  async function send(port: number): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    await new Promise<void>((resolve) => socket.write(HALF, () => resolve()));
    return socket;
  }

  async function sendUntil(port: number, receiver: Receiver, count: number): Promise<void> {
    for (let sent = 0; sent < count; sent++) await send(port);
    while (receiver.discards < count) await new Promise((resolve) => setImmediate(resolve));
  }

  test('keeps nobody else out', async () => {
    const { port, url, receiver } = await start({
      in_flight_requests_max: 1,
      body_wait_ms: 60_000,
    });
    await sendUntil(port, receiver, 5);
    expect(receiver.in_flight).toBe(0);
    expect((await post(url, noise(9), PROTOBUF)).status).toBe(200);
  });

  test('is cut where too many are read to their end, and counted', async () => {
    const { port, receiver, metrics } = await start({ body_wait_ms: 60_000 });
    await sendUntil(port, receiver, 64);
    const [answer] = await once(await send(port), 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 415 /);
    expect(String(answer)).toContain('connection: close');
    expect(metrics.text()).toContain('spanledger_cut_bodies_total 1\n');
    for (const socket of sockets) socket.destroy();
    while (receiver.discards > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});

test('a refusal is encoded as the request was', async () => {
  const { url } = await start();
  const asJson = await post(url, noise(9), {
    'content-type': 'application/json',
    'content-encoding': 'br',
  });
  expect(asJson.headers.get('content-type')).toBe('application/json');
  expect(await asJson.json()).toEqual({ code: 3, message: expect.stringContaining('(br)') });
  const asProtobuf = await post(url, noise(9), { ...PROTOBUF, 'content-encoding': 'br' });
  expect(asProtobuf.headers.get('content-type')).toBe('application/x-protobuf');
  const bytes = Buffer.from(await asProtobuf.arrayBuffer());
  expect([...bytes.subarray(0, 3)]).toEqual([0x08, 3, 0x12]);
});
