// Every query of the dashboards, run on a real ClickHouse as the user that the compose file gives to
// Grafana, and compared with what was stored.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startClickHouse, type EmbeddedClickHouse } from '@spanledger/embedded-clickhouse';
import { openStore } from '@spanledger/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIMENSIONS, variables } from '../src/variable.ts';
import { spendDashboard } from '../src/spend-dashboard.ts';
import { expand, type View } from './macro.ts';

const PASSWORD = 'only-for-this-test';
/** What the data source sends with every query. */
const SENT_SETTINGS = 'max_execution_time=65&default_format=JSONCompact';

const FROM = new Date('2026-03-02T10:00:00Z');
const TO = new Date('2026-03-02T12:00:00Z');
const all = Object.fromEntries(DIMENSIONS.map(({ name }) => [name, []]));
const view = (values: View['values']): View => ({
  from: FROM,
  to: TO,
  interval_s: 600,
  values: { ...all, ...values },
});

/** One call without price, one that failed and has no usage, one of another agent with a quote, failed tools. */
const ROWS = `INSERT INTO spanledger.usage_minute
  (org_id, time, service_name, agent_name, provider, model, operation, kind, status,
   calls, calls_with_usage, calls_priced, call_errors, tool_errors, input_uncached, cache_read, output, reasoning,
   cost_usd, reasons, version)
VALUES
  ('acme', '2026-03-02 10:01:00', 'desk', 'planner', 'openai', 'gpt-5', 'chat', 'llm', 'ok',
   3, 3, 3, 0, 0, 300, 100, 60, 20, '0.000000000003', map(), 1),
  ('acme', '2026-03-02 10:31:00', 'desk', 'planner', 'openai', 'gpt-5', 'chat', 'llm', 'error',
   1, 0, 0, 1, 0, NULL, NULL, NULL, NULL, NULL, map('aborted', 1), 1),
  ('acme', '2026-03-02 11:01:00', 'desk', 'it''s', 'other', 'new-model', 'chat', 'llm', 'ok',
   2, 2, 0, 0, 0, 40, NULL, 10, NULL, NULL, map('unknown_model', 2), 1),
  ('acme', '2026-03-02 11:01:00', 'desk', 'planner', '', '', 'execute_tool', 'tool', 'error',
   0, 0, 0, 0, 5, NULL, NULL, NULL, NULL, NULL, map(), 1),
  ('other', '2026-03-02 09:59:00', 'desk', 'planner', 'openai', 'gpt-5', 'chat', 'llm', 'ok',
   9, 9, 9, 0, 0, 900, 0, 90, 0, '9', map(), 1)`;

/** A call and a sum that are doubted, of which one was read again. */
const DOUBTED = `INSERT INTO spanledger.ledger
  (org_id, trace_id, span_id, start_time, agent_name, service_name, response_model, kind, role, counted, doubts, settled_at)
VALUES
  ('acme', 't', 'a', '2026-03-02 10:01:00', 'planner', 'desk', 'gpt-5', 'llm', 'owner', true,
   ['figures_differ', 'total_contradicts'], 1),
  ('acme', 't', 'a', '2026-03-02 10:01:00', 'planner', 'desk', 'gpt-5', 'llm', 'owner', true,
   ['figures_differ'], 2),
  ('acme', 't', 'b', '2026-03-02 10:01:00', 'planner', 'desk', '', 'agent', 'aggregate', false,
   ['parent_sum_differs'], 1)`;

interface Answer {
  meta: { name: string; type: string }[];
  data: (string | number | null)[][];
}

let folder = '';
let server: EmbeddedClickHouse;

/** The compose file's user, beside the owner that makes the tables. */
function usersXml(): string {
  const own = readFileSync(
    path.join(import.meta.dirname, '..', 'clickhouse', 'grafana-user.xml'),
    'utf8',
  );
  return own
    .replace(/<password from_env="[A-Z_]+"\/>/, `<password>${PASSWORD}</password>`)
    .replace('<profiles>', '<quotas><default/></quotas>\n<profiles><default/>')
    .replace(
      '<users>',
      `<users><default><password></password><networks><ip>127.0.0.1</ip></networks>
       <profile>default</profile><quota>default</quota></default>`,
    );
}

async function send(sql: string, user: string, password: string): Promise<Response> {
  return fetch(`${server.url}/?database=spanledger&${SENT_SETTINGS}`, {
    method: 'POST',
    body: sql,
    headers: { 'x-clickhouse-user': user, 'x-clickhouse-key': password },
  });
}

async function ask(rawSql: string, values: View['values'] = {}): Promise<Answer> {
  const response = await send(expand(rawSql, view(values)), 'grafana', PASSWORD);
  const text = await response.text();
  if (!response.ok) throw new Error(`${text}\n${expand(rawSql, view(values))}`);
  return JSON.parse(text) as Answer;
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'spanledger-grafana-'));
  server = await startClickHouse({ path: path.join(folder, 'data'), usersXml: usersXml() });
  const store = openStore({ url: server.url, database: 'spanledger' });
  await store.migrate();
  await store.close();
  for (const rows of [ROWS, DOUBTED]) {
    const seeded = await send(rows, 'default', '');
    expect(await seeded.text()).toBe('');
  }
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const targets = spendDashboard.panels.flatMap((panel) =>
  panel.targets.map(
    (target) => [`${panel.title} (${panel.type})`, panel.type, target.rawSql] as const,
  ),
);

describe.each(targets)('%s', (_title, type, rawSql) => {
  it('answers in the shape that its panel draws', async () => {
    const { meta, data } = await ask(rawSql);
    expect(data.length).toBeGreaterThan(0);
    const types = meta.map((column) =>
      column.type.replace(/^(Nullable|LowCardinality)\((.*)\)$/, '$2'),
    );
    if (type === 'timeseries') {
      expect(types[0]).toMatch(/^DateTime/);
      const times = data.map((row) => String(row[0]));
      expect(times).toEqual(times.toSorted());
    }
    if (type !== 'table') expect(types.at(-1)).toMatch(/^(UInt64|Float64)$/);
    // An array or a map in a frame cannot be drawn.
    expect(types.filter((name) => /^(Map|Array|Tuple|Variant)/.test(name))).toEqual([]);
  });

  it('can be narrowed to values with quotes, and to nothing', async () => {
    await ask(rawSql, {
      agent: ["it's", 'planner'],
      model: ['new-model'],
      service: ['desk'],
      organisation: ['acme'],
    });
    await ask(rawSql, { agent: ["nobody') OR ('1'='1"] });
  });
});

/** The sum of the last column, which is the value. */
async function total(title: string, values: View['values'] = {}): Promise<number> {
  const panel = spendDashboard.panels.find((candidate) => candidate.title === title);
  const { data } = await ask(panel?.targets[0]?.rawSql ?? '', values);
  return data.reduce((sum, row) => sum + Number(row.at(-1)), 0);
}

it.each([
  ['Calls by agent', {}, 6],
  ['Calls by model', { organisation: ['acme'] }, 6],
  ['Calls', { agent: ['planner'] }, 4],
  ['Errors by agent', {}, 1],
  ['Errors', { agent: ["it's"] }, 0],
  ['Tokens by model', {}, 530],
  ['Tokens by agent', { model: ['new-model'] }, 50],
  ['Input tokens', {}, 440],
  ['Output tokens', {}, 90],
  ['Spend by agent', {}, 3e-12],
  ['Spend', {}, 3e-12],
  ['Priced', {}, 0.5],
  ['Priced', { agent: ["it's"] }, 0],
  ['Why tokens or cost are unknown', {}, 3],
  ['What is doubted', {}, 2],
  ['What is doubted', { model: ['gpt-5'] }, 1],
])('%s for %j is %d', async (title, values, expected) => {
  expect(await total(title, values)).toBeCloseTo(expected, 15);
});

it.each([
  ['Spend', { agent: ["it's"] }, null],
  ['Spend', { agent: ['nobody'] }, null],
  ['Spend', { model: ['gpt-5'] }, 3e-12],
  ['Output tokens', { agent: ['nobody'] }, null],
  ['Output tokens', { agent: ["it's"] }, 10],
  ['Calls', { agent: ['nobody'] }, 0],
])('%s for %j is %s: what is not known is not zero', async (title, values, expected) => {
  const panel = spendDashboard.panels.find((candidate) => candidate.title === title);
  const { data } = await ask(panel?.targets[0]?.rawSql ?? '', values);
  expect(data).toEqual([[expected]]);
});

it('offers the values that occur in the chosen time', async () => {
  const offered: Record<string, unknown> = {};
  for (const variable of variables().list) {
    const { name, query } = variable as { name: string; query: string | { rawSql: string } };
    if (typeof query !== 'string') offered[name] = (await ask(query.rawSql)).data.flat();
  }
  expect(offered).toEqual({
    organisation: ['acme'],
    service: ['desk'],
    agent: ["it's", 'planner'],
    model: ['gpt-5', 'new-model'],
  });
});

it('lets the user read the views and nothing else', async () => {
  for (const sql of [
    'SELECT count() FROM ledger',
    'SELECT count() FROM usage_minute',
    'INSERT INTO usage_minute (org_id) VALUES (1)',
    'DROP VIEW usage',
    'SELECT 1 SETTINGS max_threads = 1',
    "SELECT * FROM url('http://127.0.0.1/', 'CSV', 'a String')",
  ]) {
    const response = await send(sql, 'grafana', PASSWORD);
    expect(response.ok, `${sql}: ${await response.text()}`).toBe(false);
  }
  const refused = await send('SELECT 1', 'grafana', 'wrong');
  expect(refused.ok).toBe(false);
});
