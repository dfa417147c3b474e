// Upgrades: from the tables of each earlier version, with data as that version held it, the service
// starts, settles what the older one settled otherwise, answers, and verifies clean. Also where the
// migration is killed again and again in the middle.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { openStore } from '@spanledger/store';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../src/settings/config.ts';
import { startExporter } from '../src/exporter.ts';
import { recently_ns } from './otlp.ts';
import { Service } from './service.ts';

const WAIT = { timeout: 120_000, interval: 20 };
const AT_S = Number(recently_ns(7_200_000) / 1_000_000_000n);
const AT = `toDateTime64(${AT_S}, 9, 'UTC')`;
const CALLS = ['a', 'b'].map((letter) => ({
  trace_id: letter.repeat(32),
  span_id: letter.repeat(16),
}));

const STORE = createRequire(import.meta.url).resolve('@spanledger/store');
const files = await readdir(join(dirname(STORE), '..', 'migrations'));
const versions = files.map((name) => Number(name.slice(0, 3))).sort((a, b) => a - b);

let service: Service;
beforeAll(async () => {
  service = await Service.start({ SPANLEDGER_DRIFT: 'off' });
}, 120_000);
afterAll(() => service.stop());

async function run(database: string, query: string): Promise<string> {
  const url = `${service.clickhouse.url}/?database=${database}`;
  const response = await fetch(url, { method: 'POST', body: query });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text.trim();
}

/** The migration after which what is stored has every column as it is derived today. */
const SETTLES_AGAIN = 16;

interface Filling {
  readonly since: number;
  readonly before?: number;
  readonly sql: readonly string[];
}

/** What each version brought, as it filled it: spans, facts, a ledger, sums. */
const DATA: readonly Filling[] = [
  {
    since: 1,
    sql: CALLS.map(
      ({
        trace_id,
        span_id,
      }) => `INSERT INTO otel_traces (OrgId, Timestamp, TraceId, SpanId, SpanName,
        ServiceName, Duration, Version, SpanAttributes) VALUES ('default', ${AT}, '${trace_id}',
        '${span_id}', 'chat gpt-4o', 'svc', 1000000000, 1, {'gen_ai.request.model': 'gpt-4o'})`,
    ),
  },
  {
    since: 2,
    sql: CALLS.map(
      ({
        trace_id,
        span_id,
      }) => `INSERT INTO genai_facts (org_id, trace_id, span_id, version, signal,
        start_time, duration_ns, service_name, status, dialect, kind, operation, provider,
        request_model, response_model, input_tokens, output_tokens, ingested_at)
        VALUES ('default', '${trace_id}', '${span_id}', 1, 'span', ${AT}, 1000000000, 'svc', 'ok',
        'otel', 'llm', 'chat', 'openai', 'gpt-4o', 'gpt-4o', 120, 30, now64(9) - INTERVAL 1 HOUR)`,
    ),
  },
  {
    // One call as an older rule had it; the other was never settled. The upgrade settles them again.
    since: 3,
    before: SETTLES_AGAIN,
    sql: [
      `INSERT INTO ledger (org_id, trace_id, span_id, start_time, service_name, kind, role, counted,
        provider, request_model, input_uncached, output, cost_usd, fingerprint, settled_at)
        VALUES ('default', '${CALLS[0]!.trace_id}', '${CALLS[0]!.span_id}', ${AT}, 'svc', 'llm',
        'owner', true, 'openai', 'gpt-4o', 1, 1, 0.5, 7, 1)`,
    ],
  },
  {
    since: 4,
    before: SETTLES_AGAIN,
    sql: [
      ...['minute', 'hour', 'day'].map(
        (level) => `INSERT INTO usage_${level} (org_id, time, service_name, provider, model, kind,
          calls, cost_usd, version) VALUES ('default',
          toStartOf${level === 'minute' ? 'Minute' : level === 'hour' ? 'Hour' : 'Day'}(toDateTime(${AT_S}, 'UTC')),
          'svc', 'openai', 'gpt-4o', 'llm', 2, 1, 1)`,
      ),
      // The older version had seen everything.
      ...['settle', 'minute', 'hour', 'day'].map(
        (level) => `INSERT INTO watermarks (level, watermark)
          SELECT '${level}', toUInt64(toUnixTimestamp64Nano(now64(9)))`,
      ),
    ],
  },
];

async function makeOld(database: string, version: number): Promise<void> {
  const store = openStore({ url: service.clickhouse.url, database });
  await store.migrate({ through: version });
  await store.close();
  for (const { since, before = Infinity, sql } of DATA) {
    const fits = version >= since && version < before;
    for (const statement of fits ? sql : []) await run(database, statement);
  }
}

/** Started as an operator does, on the database as it is. */
async function expectCurrent(database: string, version: number): Promise<void> {
  const exporter = await startExporter(
    readConfig({
      SPANLEDGER_PORT: '0',
      SPANLEDGER_LOG_LEVEL: 'silent',
      SPANLEDGER_TICK_MS: '50',
      SPANLEDGER_DRIFT: 'off',
      CLICKHOUSE_URL: service.clickhouse.url,
      CLICKHOUSE_DATABASE: database,
    }),
  );
  const get = async (path: string): Promise<any> => (await fetch(exporter.url + path)).json();
  try {
    const calls =
      version >= 2 ? [{ calls: 2, input_uncached: 240, output: 60, cost_usd: '0.0012' }] : [];
    await vi.waitFor(async () => {
      const { rows } = await get('/api/v1/usage?last=24h');
      expect(
        rows.map(({ calls, input_uncached, output, cost_usd }: any) => ({
          ...{ calls, input_uncached, output, cost_usd },
        })),
      ).toEqual(calls);
    }, WAIT);
    const { traces, differences } = await get('/api/v1/verify?last=24h');
    expect(differences).toEqual([]);
    expect(traces).toBe(calls.length === 0 ? 0 : 2);
    expect(await run(database, 'SELECT count() FROM otel_traces FINAL')).toBe('2');
  } finally {
    await exporter.stop();
  }
}

test.each(versions)(
  'from version %i',
  async (version) => {
    const database = `version_${version}`;
    await makeOld(database, version);
    await expectCurrent(database, version);
  },
  180_000,
);

/** A process that migrates as the service does, and can be killed. */
function migrating(database: string): ReturnType<typeof spawn> {
  const options = { url: service.clickhouse.url, database };
  const code = `import { openStore } from ${JSON.stringify(STORE)};
    const store = openStore(${JSON.stringify(options)});
    await store.migrate({ lease_ms: 1000 });
    await store.close();`;
  const args = ['--input-type=module', '--eval', code];
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

const appliedIn = async (database: string): Promise<number> =>
  Number(await run(database, 'SELECT count() FROM schema_migrations FINAL'));

test('killed in the middle again and again, and two replicas at once, it ends the same', async () => {
  const database = 'killed';
  await makeOld(database, 4);
  let applied = await appliedIn(database);
  for (let kills = 0; kills < 3; kills++) {
    const child = migrating(database);
    const ended = once(child, 'exit');
    // In the middle: as soon as it got one further than the one before.
    await vi.waitFor(async () => {
      if (child.exitCode === null) expect(await appliedIn(database)).toBeGreaterThan(applied);
    }, WAIT);
    child.kill('SIGKILL');
    await ended;
    applied = await appliedIn(database);
  }
  const replicas = [migrating(database), migrating(database)];
  const ends = await Promise.all(replicas.map((child) => once(child, 'exit')));
  expect(ends.map(([code]) => code)).toEqual([0, 0]);
  expect(await appliedIn(database)).toBe(versions.length);
  await expectCurrent(database, 4);
}, 300_000);
