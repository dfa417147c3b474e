// E5, D5: alerts from model calls over OTLP to the webhook, REST, command line and SQL; a webhook that fails,
// and a service that is killed before it told.

import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readConfig, startExporter } from '@spanledger/exporter';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Installation, OWNER } from '../isolation/installation.ts';
import { tracesOf, type Told } from './model-calls.ts';

const SECRET = 'a secret';
const many = (count: number, told: Told): Told[] => Array.from({ length: count }, () => told);

/** Of acme: writer has most, half of the calls fail, tools are in most, one tool is used as never before. */
const ACME: readonly Told[] = [
  ...many(20, {
    ...{ agent: 'writer', input: 900, output: 100, failed: true },
    more: { 'gen_ai.tool.definitions': `[{"type":"function","name":"${'x'.repeat(4_000)}"}]` },
  }),
  ...many(10, { agent: 'planner', input: 90, output: 10 }),
  ...many(30, { kind: 'tool', agent: 'planner', tool: 'search' }),
  ...many(1, { kind: 'tool', agent: 'planner', tool: 'search', ago_min: 600 }),
];
/** Of globex: nothing out of the ordinary. */
const GLOBEX: readonly Told[] = [
  ...many(15, { agent: 'writer', input: 90, output: 10 }),
  ...many(15, { agent: 'planner', input: 90, output: 10 }),
];

interface Message {
  readonly id: string;
  readonly state: string;
  readonly rule: string;
  readonly subject: string;
  readonly org_id: string;
}

let installation: Installation;
let hook: Server;
let status = 200;
const taken: Message[] = [];
const refused: string[] = [];
const badly: string[] = [];
const keys = new Map<string, string>();

beforeAll(async () => {
  hook = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const id = String(request.headers['x-spanledger-delivery']);
      const [, time, signature] =
        /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers['x-spanledger-signature'])) ?? [];
      const own = createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex');
      if (own !== signature) badly.push(id);
      if (status === 200) taken.push({ ...(JSON.parse(body) as Message), id });
      else refused.push(id);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  installation = await Installation.start(
    { org: 'acme', secret: 'acme-price' },
    {
      SPANLEDGER_ALERTS_MS: '300',
      SPANLEDGER_ALERT_WEBHOOK: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`,
      SPANLEDGER_ALERT_SECRET: SECRET,
    },
  );
  for (const org of ['acme', 'globex']) {
    for (const role of ['admin', 'ingest']) {
      keys.set(`${role} ${org}`, (await installation.key(role, org)).key);
    }
  }
});
afterAll(async () => {
  await installation.stop();
  await new Promise((resolve) => hook.close(resolve));
});

const admin = (org: string): string => keys.get(`admin ${org}`)!;

async function rule(org: string, body: object): Promise<void> {
  const { status, text } = await installation.send(
    'POST',
    '/api/v1/alerts/rules',
    admin(org),
    body,
  );
  expect([status, text]).toEqual([200, expect.any(String)]);
}

async function alerts(org: string): Promise<Record<string, unknown>[]> {
  const { text } = await installation.send('GET', '/api/v1/alerts', admin(org));
  return (JSON.parse(text) as { alerts: Record<string, unknown>[] }).alerts;
}

/** Waits until as many messages were taken. */
async function told(count: number): Promise<void> {
  await installation.until(
    () => Promise.resolve({ status: taken.length, text: '' }),
    ({ status }) => status >= count,
  );
}

const NOW = { for_s: 0 };
const DONE = /spanledger_alert_turns_total\{outcome="done"\} ([3-9]|\d\d)/;
const EXPECTED = [
  ['agent_share', 'writer'],
  ['cost', null],
  ['error_rate', null],
  ['tool_overhead', null],
  ['tool_share', null],
  ['tool_spike', 'search'],
];
const pairs = (list: readonly Record<string, unknown>[]) =>
  list.map(({ rule, subject }) => [rule, subject]).toSorted();

test('E5: the four of tools and agents, error rate and cost fire for whom they hold', async () => {
  for (const org of ['acme', 'globex']) {
    for (const name of ['tool_share', 'tool_overhead', 'agent_share', 'error_rate', 'tool_spike']) {
      await rule(org, { name, ...NOW });
    }
    await rule(org, { name: 'cost', threshold: '0.02' });
  }
  status = 503;
  for (const [org, list] of Object.entries({ acme: ACME, globex: GLOBEX })) {
    const sent = await installation.send(
      'POST',
      '/v1/traces',
      keys.get(`ingest ${org}`)!,
      tracesOf(list),
    );
    expect(sent.status).toBe(200);
  }
  await installation.until(
    async () => ({ status: (await alerts('acme')).length, text: '' }),
    ({ status }) => status >= EXPECTED.length,
  );
  expect(pairs(await alerts('acme'))).toEqual(EXPECTED);
  expect(await alerts('globex')).toEqual([]);
});

test('E5: the overhead of tools is the share that the answer about tools tells', async () => {
  const { text } = await installation.send('GET', '/api/v1/tools?last=1h', admin('acme'));
  const { totals } = JSON.parse(text) as { totals: { overhead_share: number } };
  const overhead = (await alerts('acme')).find(({ rule: of }) => of === 'tool_overhead');
  expect(Number(overhead?.['value'])).toBeCloseTo(totals.overhead_share, 8);
});

test('D5: what the webhook did not take is told once it does, each once, signed', async () => {
  const tried = async () =>
    (await alerts('acme')).filter((one) => Number(one['attempts']) >= 1).length;
  await installation.until(
    async () => ({ status: await tried(), text: '' }),
    ({ status }) => status >= EXPECTED.length,
  );
  const firing = await alerts('acme');
  expect(firing.map((one) => one['firing_message'])).toEqual(firing.map(() => 'waiting'));
  status = 200;
  // The wait of an attempt is in the table; the test does not wait it out.
  await installation.sql(
    `INSERT INTO alert_incidents SELECT * REPLACE (toDateTime(0) AS next_attempt_at, now64(9) AS changed_at)
     FROM alert_incidents FINAL`,
  );
  await told(EXPECTED.length);
  expect(taken.map(({ rule, subject }) => [rule, subject || null]).toSorted()).toEqual(EXPECTED);
  expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length);
  expect(new Set(taken.map(({ id }) => id))).toEqual(new Set(refused));
  expect(badly).toEqual([]);
});

test('D5: REST, command line and SQL tell the same, of the own organisation alone', async () => {
  const shown = await installation.command(['alerts', '--json'], admin('acme'));
  expect(JSON.parse(shown.text)).toEqual({ alerts: await alerts('acme') });
  const view = await installation.command(['alerts'], admin('acme'));
  expect(view.text).toContain('20 of 30 calls failed');
  const rules = await installation.command(['alerts', 'rules'], admin('acme'));
  expect(rules.text).toContain('budget_burn');
  const query = 'SELECT count() AS alerts FROM alerts';
  for (const [org, count] of [
    ['acme', EXPECTED.length],
    ['globex', 0],
  ] as const) {
    const { text } = await installation.send('POST', '/api/v1/sql', admin(org), { query });
    expect(text).toContain(`"${count}"`);
  }
});

test('D5: what no longer holds is resolved, and told once', async () => {
  await rule('acme', { name: 'error_rate', threshold: '0.9' });
  await rule('acme', { name: 'agent_share', enabled: false });
  await told(EXPECTED.length + 2);
  const ended = taken.slice(EXPECTED.length);
  expect(ended.map(({ state, rule: of }) => [of, state]).toSorted()).toEqual([
    ['agent_share', 'resolved'],
    ['error_rate', 'resolved'],
  ]);
  const resolved = (await alerts('acme')).filter(({ state }) => state === 'resolved');
  expect(resolved).toHaveLength(2);
  expect(resolved.every((one) => one['resolved_message'] === 'sent')).toBe(true);
});

test('D5: a second service on the same tables, as after a restart, tells nothing again', async () => {
  const before = taken.length;
  const other = await startExporter(
    readConfig({
      SPANLEDGER_PORT: '0',
      SPANLEDGER_LOG_LEVEL: 'silent',
      CLICKHOUSE_URL: installation.exporter.clickhouse_url,
      CLICKHOUSE_USER: OWNER.user,
      CLICKHOUSE_PASSWORD: OWNER.password,
      SPANLEDGER_ALERTS_MS: '10',
      // Other prices would be other costs.
      SPANLEDGER_PRICES: join(installation.folder, 'prices.yaml'),
      SPANLEDGER_ALERT_WEBHOOK: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`,
    }),
  );
  const { text: seen } = await installation.until(
    async () => ({ status: 0, text: await (await fetch(`${other.url}/metrics`)).text() }),
    ({ text }) => DONE.test(text),
  );
  await other.stop();
  expect(seen).toMatch(DONE);
  expect(taken).toHaveLength(before);
});

/** Waits until all was evaluated again. */
async function evaluated(): Promise<void> {
  const turns = async () => {
    const { text } = await installation.send('GET', '/metrics', 'operator');
    return {
      status: Number(/alert_turns_total\{outcome="done"\} (\d+)/.exec(text)?.[1]),
      text: '',
    };
  };
  const { status: before } = await turns();
  await installation.until(turns, ({ status: now }) => now >= before + 3);
}

test('D5: however much holds elsewhere, nothing is told again', async () => {
  const before = taken.length;
  await installation.sql(
    `INSERT INTO alert_incidents (org_id, incident_id, rule, question, severity, state, began_at,
       firing_message, resolved_message)
     SELECT 'crowd', toString(number), 'drift', 'drift', 'info', 'firing', 1, 'none', 'none' FROM numbers(1200)`,
  );
  await evaluated();
  expect(taken.slice(before)).toEqual([]);
});

test('D5: silence is since the last sign of life, however long it is and its window', async () => {
  await installation.sql(
    `INSERT INTO usage_minute (org_id, time, service_name, calls)
     SELECT 'globex', toStartOfMinute(now() - number * 60, 'UTC'), 'long', 1 FROM numbers(3, 12000)`,
  );
  await rule('globex', { name: 'silence', threshold: '3600', window_s: 30 * 86_400 });
  await evaluated();
  expect(await alerts('globex')).toEqual([]);
  await rule('globex', { name: 'silence', threshold: '10', window_s: 86_400 });
  await evaluated();
  expect(await alerts('globex')).toMatchObject([{ rule: 'silence', state: 'firing' }]);
  // Nothing at all in the window is no sign of life.
  await rule('globex', { name: 'silence', threshold: '10', window_s: 60 });
  await evaluated();
  expect(await alerts('globex')).toMatchObject([{ rule: 'silence', state: 'firing' }]);
});
