// Goal: no connection, however hostile, holds more than its limit, keeps others out or goes uncounted.
// Method: the HTTP server of the service on real sockets with short limits; each row of the table is
// one attack, the answer that it gets and the counter that tells of it.

import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { ArenaPool } from '../src/receive/arena.ts';
import { readBody, requireEncoding } from '../src/receive/body.ts';
import { systemClock } from '../src/clock.ts';
import { readConfig, type Config } from '../src/settings/config.ts';
import { Connections } from '../src/limits/connections.ts';
import { Gunzip } from '../src/receive/gunzip.ts';
import { Metrics } from '../src/metrics/metrics.ts';
import type { ConnectionEnd } from '../src/metrics/metric-labels.ts';
import { Receiver } from '../src/receive/receive.ts';
import { createHttpServer } from '../src/server.ts';

const KIB = 1024;
const LIMITS = {
  SPANLEDGER_HEAD_WAIT_MS: '120',
  SPANLEDGER_BODY_WAIT_MS: '150',
  SPANLEDGER_KEEP_ALIVE_MS: '60000',
  SPANLEDGER_ANSWER_WAIT_MS: '200',
  SPANLEDGER_HEAD_BYTES_MAX: String(4 * KIB),
  SPANLEDGER_BODY_BYTES_MAX: String(256 * KIB),
  SPANLEDGER_BODY_DECOMPRESSED_BYTES_MAX: String(2 * KIB * KIB),
  SPANLEDGER_IN_FLIGHT_BYTES_MAX: String(8 * KIB * KIB),
  SPANLEDGER_CONNECTIONS_MAX: '20',
  SPANLEDGER_PIPELINED_REQUESTS_MAX: '5',
};
const LARGE_ANSWER = Buffer.alloc(32 * KIB * KIB);

/** The server as the service makes it; the work of a request is to wait until it is let go. */
class Target {
  readonly config: Config;
  readonly metrics = new Metrics();
  readonly connections: Connections;
  readonly pool: ArenaPool;
  readonly sockets: Socket[] = [];
  held: (() => void)[] = [];
  holding = false;
  private readonly server: Server;

  constructor(changes: Partial<typeof LIMITS>) {
    this.config = readConfig({ ...LIMITS, ...changes });
    const limits = this.config.receive;
    this.pool = new ArenaPool(limits.in_flight_bytes_max);
    this.connections = new Connections(limits, systemClock, (reason) =>
      this.metrics.count('spanledger_ended_connections_total', { reason }),
    );
    const reading = { pool: this.pool, gunzip: new Gunzip(limits.decompressions_max), limits };
    const receiver = new Receiver({
      ...{ limits, metrics: this.metrics, log: pino({ level: 'silent' }) },
      checkHost: () => undefined,
      checkOpen: () => undefined,
      take: async (request) => {
        requireEncoding(request.headers['content-type']);
        this.pool.give(await readBody(request, 'default', reading));
        if (this.holding) await new Promise<void>((resolve) => this.held.push(resolve));
        return { accepted: 1, refused: new Map() };
      },
    });
    this.server = createHttpServer(
      this.config,
      receiver,
      (request, response) => {
        if (request.url === '/large') response.end(LARGE_ANSWER);
        else request.resume().on('end', () => response.end('ok'));
      },
      this.connections,
      this.metrics,
    );
  }

  async listen(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async connect(options: { allowHalfOpen?: boolean } = {}): Promise<Socket> {
    const socket = connect({ port: this.port, host: '127.0.0.1', ...options });
    this.sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  ended(reason: ConnectionEnd): number {
    return this.metrics.value('spanledger_ended_connections_total', { reason });
  }

  letGo(): void {
    this.holding = false;
    for (const go of this.held.splice(0)) go();
  }

  /** Somebody honest, who sends and is answered. */
  async honest(): Promise<number> {
    const headers = { 'content-type': 'application/json', connection: 'close' };
    const url = `http://127.0.0.1:${this.port}/v1/traces`;
    return (await fetch(url, { method: 'POST', body: '{}', headers })).status;
  }

  async stop(): Promise<void> {
    this.letGo();
    for (const socket of this.sockets) socket.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    this.connections.stop();
  }
}

let target: Target;

afterEach(() => target.stop());

async function start(changes: Partial<typeof LIMITS> = {}): Promise<Target> {
  return (target = await new Target(changes).listen());
}

/** All that is answered until the other side closes. */
async function answerOf(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  if (!socket.closed) await new Promise((resolve) => socket.on('close', resolve));
  return Buffer.concat(parts).toString('latin1');
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

const OTLP = 'POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
const REST = 'POST /api HTTP/1.1\r\nhost: localhost\r\n';
const BUSY = /^HTTP\/1\.1 503 [^]*retry-after: \d+\r\n/;
const BOMB = gzipSync(Buffer.alloc(16 * KIB * KIB));
const WIDE_BOMB = gzipSync(Buffer.concat([noise(100 * KIB), Buffer.alloc(16 * KIB * KIB)]));

function noise(size: number): Buffer {
  let state = 1;
  return Buffer.from(
    Array.from({ length: size }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    }),
  );
}

function gzipRequest(body: Buffer): Buffer {
  const head = `${OTLP}content-encoding: gzip\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** Sends a piece again and again for as long as the other side takes it. */
function drip(socket: Socket, piece: string): void {
  const timer = setInterval(() => socket.write(piece), 20);
  socket.on('close', () => clearInterval(timer));
}

describe('one connection', () => {
  test.each<[string, (socket: Socket) => void, RegExp, ConnectionEnd | null]>([
    ['sends nothing', () => undefined, BUSY, 'slow_head'],
    ['never ends its head', (socket) => socket.write(OTLP), BUSY, 'slow_head'],
    [
      'sends a head forever, a little at a time',
      (socket) => {
        socket.write('GET / HTTP/1.1\r\n');
        drip(socket, 'x: y\r\n');
      },
      BUSY,
      'slow_head',
    ],
    [
      'sends a huge head',
      (socket) => socket.write(`${OTLP}x: ${'y'.repeat(5 * KIB)}\r\n\r\n`),
      /^HTTP\/1\.1 431 /,
      'large_head',
    ],
    [
      'sends a head of very many headers',
      (socket) => socket.write(OTLP + `x: ${'y'.repeat(20)}\r\n`.repeat(1_000)),
      /^HTTP\/1\.1 431 /,
      'large_head',
    ],
    [
      'speaks no HTTP',
      (socket) => socket.write('\x16\x03\x01\x02\x00\x01'),
      /^HTTP\/1\.1 400 /,
      'malformed',
    ],
    [
      'says two lengths',
      (socket) => socket.write(`${OTLP}content-length: 1\r\ncontent-length: 2\r\n\r\n`),
      /^HTTP\/1\.1 400 /,
      'malformed',
    ],
    [
      'never ends an OTLP body',
      (socket) => socket.write(`${OTLP}content-length: 99\r\n\r\n{`),
      BUSY,
      null,
    ],
    [
      'sends an OTLP body forever, a little at a time',
      (socket) => {
        socket.write(`${OTLP}transfer-encoding: chunked\r\n\r\n`);
        drip(socket, '1\r\n{\r\n');
      },
      BUSY,
      null,
    ],
    [
      'never ends another body',
      (socket) => socket.write(`${REST}content-length: 99\r\n\r\n{`),
      BUSY,
      'slow_body',
    ],
    [
      'ends its side within a body',
      (socket) => socket.end(`${OTLP}content-length: 99\r\n\r\n{`),
      /^$/,
      null,
    ],
    [
      'sends a bomb that fits into a small body',
      (socket) => socket.write(gzipRequest(BOMB)),
      /^HTTP\/1\.1 413 [^]*limit: 2097152 bytes/,
      null,
    ],
    [
      'sends a bomb behind what looks like content',
      (socket) => socket.write(gzipRequest(WIDE_BOMB)),
      /^HTTP\/1\.1 413 [^]*limit: 2097152 bytes/,
      null,
    ],
  ])('%s', async (_, attack, answer, reason) => {
    const it = await start();
    const socket = await it.connect({ allowHalfOpen: true });
    const answered = answerOf(socket);
    attack(socket);
    socket.on('end', () => socket.end());
    expect(await answered).toMatch(answer);
    if (reason !== null) expect(it.ended(reason)).toBe(1);
    await until(() => it.connections.size === 0);
    expect(it.pool.held_bytes).toBe(0);
    expect(await it.honest()).toBe(200);
  });

  test('sends a body without end and fast: it is cut at a multiple of the limit', async () => {
    const it = await start({ SPANLEDGER_BODY_WAIT_MS: '60000' });
    const socket = await it.connect();
    const answered = answerOf(socket);
    socket.write(`${OTLP}transfer-encoding: chunked\r\n\r\n`);
    const piece = `10000\r\n${'x'.repeat(64 * KIB)}\r\n`;
    const more = (): void => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', more);
    more();
    expect(await answered).toMatch(/^(HTTP\/1\.1 413 |$)/);
    expect(it.metrics.value('spanledger_refused_requests_total', { code: 'body_too_large' })).toBe(
      1,
    );
    expect(await it.honest()).toBe(200);
  });

  test('is idle between requests: it is closed', async () => {
    const it = await start({ SPANLEDGER_KEEP_ALIVE_MS: '50' });
    const socket = await it.connect();
    socket.write(`${OTLP}content-length: 2\r\n\r\n{}`);
    expect(await answerOf(socket)).toMatch(/^HTTP\/1\.1 200 /);
    await until(() => it.connections.size === 0);
  });

  test('pipelines: so many are answered, beyond it is cut off, and nobody else is', async () => {
    const it = await start();
    it.holding = true;
    const request = `${OTLP}content-length: 2\r\n\r\n{}`;
    const fair = await it.connect();
    fair.write(request.repeat(5));
    await until(() => it.held.length === 5);
    const greedy = await it.connect();
    greedy.write(request.repeat(500));
    await answerOf(greedy);
    expect(it.ended('pipelined')).toBe(1);
    it.letGo();
    const answers: string[] = [];
    fair.on('data', (part) => answers.push(String(part)));
    await until(() => answers.join('').split('HTTP/1.1 200').length === 6);
    expect(await it.honest()).toBe(200);
  });

  test('does not read its answer: it is cut off', async () => {
    const it = await start();
    const socket = await it.connect();
    socket.pause();
    socket.write('GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await until(() => it.ended('answer_not_read') === 1);
    expect(it.connections.size).toBe(0);
    expect(await it.honest()).toBe(200);
  });

  test('vanishes in the middle of an answer', async () => {
    const it = await start();
    const socket = await it.connect();
    socket.write('GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(socket, 'data');
    socket.resetAndDestroy();
    await until(() => it.connections.size === 0);
    expect(await it.honest()).toBe(200);
  });

  test('vanishes while its request is at work: the work is done, and its place is free', async () => {
    const it = await start();
    it.holding = true;
    const socket = await it.connect();
    socket.write(`${OTLP}content-length: 2\r\n\r\n{}`);
    await until(() => it.held.length === 1);
    socket.resetAndDestroy();
    await until(() => it.connections.size === 0);
    it.letGo();
    expect(await it.honest()).toBe(200);
  });
});

describe('many connections', () => {
  test('idle ones keep nobody out, and whoever was answered well is the last to go', async () => {
    const it = await start({ SPANLEDGER_HEAD_WAIT_MS: '60000' });
    const known = await it.connect();
    known.write(`${OTLP}content-length: 2\r\n\r\n{}`);
    await once(known, 'data');
    for (let flood = 0; flood < 300; flood++) await it.connect();
    expect(it.connections.size).toBeLessThanOrEqual(20);
    expect(it.ended('idle_for_a_new_one')).toBe(281);
    expect(await it.honest()).toBe(200);
    known.write(`${OTLP}content-length: 2\r\n\r\n{}`);
    expect(String((await once(known, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('at work are never closed for a new one, which is not taken and counted', async () => {
    const it = await start();
    it.holding = true;
    for (let busy = 0; busy < 20; busy++) {
      (await it.connect()).write(`${OTLP}content-length: 2\r\n\r\n{}`);
    }
    await until(() => it.held.length === 20);
    await answerOf(await it.connect());
    expect(it.ended('too_many')).toBe(1);
    it.letGo();
    expect(await it.honest()).toBe(200);
  });

  test('with bombs hold no more than the bytes in flight', async () => {
    const it = await start();
    let held_bytes = 0;
    const take = it.pool.append.bind(it.pool);
    it.pool.append = (...given) => {
      take(...given);
      held_bytes = Math.max(held_bytes, it.pool.held_bytes);
    };
    const answers = Array.from({ length: 18 }, async () => {
      const socket = await it.connect();
      socket.write(gzipRequest(WIDE_BOMB));
      return answerOf(socket);
    });
    for (const answer of await Promise.all(answers))
      expect(answer).toMatch(/^HTTP\/1\.1 (413|503)/);
    expect(held_bytes).toBeGreaterThan(0);
    expect(held_bytes).toBeLessThanOrEqual(8 * KIB * KIB);
    expect(it.pool.held_bytes).toBe(0);
  });
});
