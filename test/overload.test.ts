// Goal: far beyond what the machine can take, memory stays within its bounds, what was acknowledged is
// stored and nothing else, every refusal is counted, health stays honest, and an organisation that
// sends little is not starved by one that floods. Method: the service as processes; the flood sends
// without pause over many connections and comes again at once, the other as senders do.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { TraceTemplates } from './chaos/trace-template.ts';
import { post } from './sender.ts';
import { Service } from './service.ts';

/** The flood ends when so many of its requests were refused, and so many of both were taken. */
const REFUSED_MIN = 1_000;
const TAKEN_MIN = { flood: 60, small: 10 };
const LOAD_LIMIT_MS = 240_000;
const FLOOD_CONNECTIONS = 96;
const SMALL_CONNECTIONS = 2;
const TRACES_PER_REQUEST = 10;
const SPANS_PER_TRACE = 8;
const IDLE_CONNECTIONS = 500;
const MIB = 1024 * 1024;
/** Node itself and its heap while it settles; what the settings bound comes on top. */
const BASE_BYTES = 450 * MIB;
const IN_FLIGHT_BYTES = 32 * MIB;
const BLOCK_BYTES = 16 * MIB;
const BLOCKS = 3;

const KEYS = { flood: 'flood-key', small: 'small-key', operator: 'operator-key' };
const SETTINGS = {
  SPANLEDGER_KEYS: [
    `admin:flood:${hashOf(KEYS.flood)}`,
    `admin:small:${hashOf(KEYS.small)}`,
    `admin:*:${hashOf(KEYS.operator)}`,
  ].join(','),
  SPANLEDGER_IN_FLIGHT_REQUESTS_MAX: '48',
  SPANLEDGER_IN_FLIGHT_BYTES_MAX: String(IN_FLIGHT_BYTES),
  SPANLEDGER_BLOCK_BYTES: String(BLOCK_BYTES),
  SPANLEDGER_BLOCK_ROWS: '8000',
  SPANLEDGER_BLOCKS_MAX: String(BLOCKS),
  SPANLEDGER_QUEUE_WAIT_MS: '300',
  SPANLEDGER_CONNECTIONS_MAX: '256',
  SPANLEDGER_STOP_WAIT_MS: '2000',
};

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

let service: Service | null = null;
const idle: Socket[] = [];

afterEach(async () => {
  for (const socket of idle.splice(0)) socket.destroy();
  await service?.stop();
  service = null;
});

type Org = 'flood' | 'small';

class Sent {
  readonly org: Org;
  readonly templates: TraceTemplates;
  /** The first traces of the requests that were acknowledged. */
  readonly acknowledged: number[] = [];
  /** Answers by status; 0 for a connection that broke. */
  readonly answers = new Map<number, number>();
  /** Refusals that did not say when to come again. */
  withoutRetryAfter = 0;

  constructor(org: Org) {
    this.org = org;
    this.templates = new TraceTemplates(org === 'flood' ? 1 : 2);
  }

  get headers(): Record<string, string> {
    const authorization = `Bearer ${KEYS[this.org]}`;
    return { 'content-type': 'application/x-protobuf', authorization };
  }

  /** One request of new traces, from this number on. */
  bytesOf(first: number): Buffer {
    const start_ns = String(BigInt(Date.now() - 1_800_000) * 1_000_000n);
    const piece = { ...{ id: first, first, start_ns }, traces: TRACES_PER_REQUEST };
    return this.templates.bytesOf({ ...piece, part: 'whole' });
  }

  get share(): number {
    return this.acknowledged.length / [...this.answers.values()].reduce((a, b) => a + b, 0);
  }
}

/** Sends new traces over each connection, and comes again at once, until told to stop. */
async function load(
  url: string,
  sent: Sent,
  connections: number,
  more: () => boolean,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let next = 0;
  const worker = async (): Promise<void> => {
    while (more()) {
      const first = next;
      next += TRACES_PER_REQUEST;
      const body = sent.bytesOf(first);
      const { status, headers: told } = await post(`${url}/v1/traces`, body, sent.headers, agent);
      sent.answers.set(status, (sent.answers.get(status) ?? 0) + 1);
      if (status === 200) sent.acknowledged.push(first);
      else if (told['retry-after'] === undefined) sent.withoutRetryAfter++;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
}

function residentBytes(pid: number): number {
  const [, kib = '0'] =
    /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

interface Seen {
  readonly resident: number[];
  readonly health: Set<number>;
  readonly ready: Set<number>;
  busy: number;
}

/** What a probe and the kernel see while the load goes on. */
async function watch(target: Service, more: () => boolean): Promise<Seen> {
  const seen: Seen = { resident: [], health: new Set(), ready: new Set(), busy: 0 };
  while (more()) {
    seen.resident.push(residentBytes(target.exporterPid));
    seen.health.add((await fetch(`${target.url}/healthz`)).status);
    const ready = await fetch(`${target.url}/readyz`);
    seen.ready.add(ready.status);
    if (((await ready.json()) as { busy: boolean }).busy) seen.busy++;
  }
  return seen;
}

async function metrics(target: Service): Promise<Map<string, number>> {
  const headers = { authorization: `Bearer ${KEYS.operator}` };
  const text = await (await fetch(`${target.url}/metrics`, { headers })).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

interface Stored {
  org_id: string;
  spans: number;
  calls: number;
}

function storedOf(target: Service): Promise<Stored[]> {
  return target.sql<Stored>(`
    SELECT org_id, max(raw) AS spans, max(counted) AS calls FROM (
      SELECT OrgId AS org_id, count() AS raw, 0 AS counted FROM otel_traces FINAL GROUP BY org_id
      UNION ALL
      SELECT org_id, 0, countIf(counted) FROM ledger FINAL GROUP BY org_id)
    GROUP BY org_id ORDER BY org_id`);
}

function expected({ org, acknowledged, templates }: Sent): Stored {
  let calls = 0;
  for (const first of acknowledged) {
    for (let at = 0; at < TRACES_PER_REQUEST; at++) calls += templates.truthOf(first + at).calls;
  }
  const spans = acknowledged.length * TRACES_PER_REQUEST * SPANS_PER_TRACE;
  return { org_id: org, spans, calls };
}

test('ten times what the machine takes: bounded, exact, counted, honest and fair', async () => {
  service = await Service.start({ environment: SETTINGS });
  const target = service;
  for (let at = 0; at < IDLE_CONNECTIONS; at++) {
    idle.push(connect(target.port, '127.0.0.1').on('error', () => undefined));
  }
  const [flood, small] = [new Sent('flood'), new Sent('small')];
  const limit_ms = performance.now() + LOAD_LIMIT_MS;
  const more = (): boolean =>
    performance.now() < limit_ms &&
    ((flood.answers.get(503) ?? 0) < REFUSED_MIN ||
      flood.acknowledged.length < TAKEN_MIN.flood ||
      small.acknowledged.length < TAKEN_MIN.small);
  const [seen] = await Promise.all([
    watch(target, more),
    load(target.url, flood, FLOOD_CONNECTIONS, more),
    load(target.url, small, SMALL_CONNECTIONS, more),
  ]);

  expect(Math.max(...seen.resident)).toBeLessThan(
    BASE_BYTES + IN_FLIGHT_BYTES + BLOCKS * 2 * BLOCK_BYTES,
  );
  expect([...seen.health]).toEqual([200]);
  expect([...seen.ready]).toEqual([200]);
  expect(seen.busy).toBeGreaterThan(0);

  expect(flood.answers.get(503)).toBeGreaterThan(flood.acknowledged.length);
  expect([...flood.answers.keys()].sort()).toEqual([200, 503]);
  expect(flood.withoutRetryAfter + small.withoutRetryAfter).toBe(0);
  const counted = await metrics(target);
  const answered = (status: number): number =>
    (flood.answers.get(status) ?? 0) + (small.answers.get(status) ?? 0);
  for (const status of [200, 503]) {
    const name = `spanledger_requests_total{signal="traces",status="${status}"}`;
    expect(counted.get(name), name).toBe(answered(status));
  }
  const reasons = [...counted].filter(([name]) => name.startsWith('spanledger_busy_total{'));
  expect(reasons.reduce((sum, [, times]) => sum + times, 0)).toBe(answered(503));
  expect(
    counted.get('spanledger_ended_connections_total{reason="idle_for_a_new_one"}'),
  ).toBeGreaterThan(IDLE_CONNECTIONS - 256);

  const refused = ({ share }: Sent): number => 1 - share;
  expect(refused(small), 'the small one is taken in its turn').toBeLessThan(refused(flood) / 4);
  const all = [expected(flood), expected(small)] as const;
  await target.until(async () => {
    const stored = await storedOf(target);
    return stored.every((one, at) => one.calls >= (all[at]?.calls ?? 0));
  });
  expect(await storedOf(target)).toEqual(all);
  for (const { org } of [flood, small]) {
    const headers = { authorization: `Bearer ${KEYS[org]}` };
    const verdict = await fetch(`${target.url}/api/v1/verify?last=24h`, { headers });
    expect(await verdict.json()).toMatchObject({ differences: [] });
  }

  await target.killClickHouse();
  expect((await fetch(`${target.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${target.url}/healthz`)).status).toBe(200);
  const gone = await post(`${target.url}/v1/traces`, small.bytesOf(1_000_000), small.headers);
  expect([gone.status, gone.headers['retry-after']]).toEqual([503, '1']);
}, 600_000);
