// The slow check in the background: quiet while spans arrive and are settled, and loud, once, about
// what was changed behind the service's back; off where it is switched off.

import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../src/settings/config.ts';
import { startExporter, type Exporter } from '../src/exporter.ts';
import { call, recently_ns, request, spanId } from './otlp.ts';
import { Service } from './service.ts';

const WAIT = { timeout: 240_000, interval: 50 };
const QUICK = {
  SPANLEDGER_DRIFT_MS: '10',
  SPANLEDGER_DRIFT_FACTS: '50',
  SPANLEDGER_TICK_MS: '20',
  SPANLEDGER_HOUR_MS: '20',
  SPANLEDGER_DAY_MS: '50',
  SPANLEDGER_SWEEP_MS: '100',
  SPANLEDGER_BLOCK_WAIT_MS: '10',
  SPANLEDGER_BLOCK_REST_MS: '0',
  SPANLEDGER_PORT: '0',
};

let service: Service;
let exporter: Exporter;
const lines: Record<string, unknown>[] = [];
const log = pino(
  { level: 'error' },
  new Writable({
    write(line: Buffer, _, done) {
      lines.push(JSON.parse(line.toString()) as Record<string, unknown>);
      done();
    },
  }),
);

beforeAll(async () => {
  service = await Service.start({ SPANLEDGER_DRIFT: 'off', SPANLEDGER_DRIFT_MS: '10' });
  const environment = { ...QUICK, CLICKHOUSE_URL: service.clickhouse.url };
  exporter = await startExporter(readConfig(environment), log);
}, 120_000);
afterAll(async () => {
  await exporter.stop();
  await service.stop();
});

async function metric(name: string, url = exporter.url): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const values = page.split('\n').filter((line) => line.startsWith(`spanledger_drift_${name}`));
  return values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const SENT_MAX = 150;
let sent = 0;
async function send(): Promise<void> {
  sent++;
  const traceId = sent.toString(16).padStart(32, '0');
  const at = recently_ns((1 + (sent % 5)) * 3_600_000);
  const times = { startTimeUnixNano: String(at), endTimeUnixNano: String(at + 1_000_000n) };
  const body = JSON.stringify(request(call(spanId(sent), { traceId, ...times })));
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${exporter.url}/v1/traces`, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
}

test('while spans arrive, late ones among them, it finds nothing, however often it looks', async () => {
  // While at most so many are sent: a busy machine must get around them.
  while (sent < SENT_MAX && (await metric('rows_total')) < 300) await send();
  const begun = await metric('rounds_total');
  await vi.waitFor(
    async () => expect(await metric('rounds_total')).toBeGreaterThan(begun + 1),
    WAIT,
  );
  expect(await metric('rows_total')).toBeGreaterThan(0);
  expect(await metric('differences_total')).toBe(0);
  expect(await metric('last_finding_seconds')).toBe(0);
  expect(await metric('checked_to_seconds')).toBeGreaterThan(await metric('checked_from_seconds'));
  expect(lines).toEqual([]);
}, 300_000);

test('a changed figure is counted by level, and the log names the command that mends it', async () => {
  await service.sql(`ALTER TABLE ledger UPDATE output = 999 WHERE span_id = '${spanId(1)}'
    SETTINGS mutations_sync = 1`);
  await vi.waitFor(
    async () => expect(await metric('last_finding_seconds')).toBeGreaterThan(0),
    WAIT,
  );
  expect(await metric('differences_total{level="ledger"}')).toBeGreaterThan(0);
  const line = lines.find(({ example }) => (example as { level: string }).level === 'ledger');
  expect(line).toMatchObject({
    org: 'default',
    example: { level: 'ledger', what: 'output', expected: '30', found: '999' },
    next: expect.stringMatching(/^spanledger verify --from \S+Z --to \S+Z --repair$/),
  });
  const [from, to] = [line!['from'], line!['to']].map(String);
  const answer = await fetch(`${exporter.url}/api/v1/verify/repair`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from, to }),
  });
  expect(await answer.json(), JSON.stringify(lines.at(-1))).toMatchObject({
    remaining: [],
    repaired: { traces: 1 },
  });
  expect(await service.figure(`SELECT output FROM calls WHERE span_id = '${spanId(1)}'`)).toBe(
    '30',
  );
}, 300_000);

test('switched off it takes no step', async () => {
  expect(await metric('rounds_total')).toBeGreaterThan(0);
  expect(await metric('steps_total', service.url)).toBe(0);
});
