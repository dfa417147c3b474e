// Goal: whatever dies, breaks or stands still under load, what was acknowledged is counted once, and
// nothing else. Method: a short run of `npm run chaos`; and what was stored is then broken by hand, to
// see that the harness finds it.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Check, settled } from './chaos/check.ts';
import { FAULTS, planFaults } from './chaos/plan.ts';
import type { Report } from './chaos/report.ts';
import { connect, load } from './chaos/run.ts';
import { SpanQueue } from './chaos/span-queue.ts';
import { TraceTemplates } from './chaos/trace-template.ts';
import { World } from './chaos/world.ts';

const HERE = import.meta.dirname;
const SEED = 1;
const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), 'spanledger-chaos-test-'));

/** The processes of the harness are started from what is built. */
beforeAll(async () => {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const compiler = path.join(path.dirname(manifest), 'bin', 'tsc');
  await run(process.execPath, [compiler, '-b', HERE]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every fault under load: nothing lost, nothing doubled, every sum the truth', async () => {
  const json = path.join(folder, 'chaos.json');
  const program = path.join(HERE, 'dist', 'chaos', 'main.js');
  const options = ['--minutes', '0.5', '--rate', '1000', '--seed', String(SEED), '--json', json];
  const { stderr } = await run(process.execPath, [program, ...options]).catch((error) => error);
  const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
  const { findings, failures, refusals, crashes } = report;
  expect({ findings, failures, refusals, crashes }, stderr).toEqual({
    ...{ findings: [], failures: [], refusals: [], crashes: 0 },
  });
  const { spans_lost, spans_doubled, drift } = report;
  expect({ spans_lost, spans_doubled, drift }).toEqual({
    ...{ spans_lost: 0, spans_doubled: 0, drift: 0 },
  });
  expect(report.spans_acknowledged).toBe(report.spans_made);
  expect(report.spans_acknowledged).toBeGreaterThan(5_000);
  expect(report.spans_resent).toBeGreaterThan(0);
  expect(report.kills_total).toBeGreaterThanOrEqual(5);
  expect(Object.values(report.faults).every((times) => times > 0)).toBe(true);
}, 900_000);

describe('what the harness cannot miss', () => {
  let world: World;
  const templates = new TraceTemplates(SEED);
  const queue = new SpanQueue(templates, SEED);
  const traces = 40;

  beforeAll(async () => {
    world = await World.start(SEED, 60_000);
    connect(world, queue, () => undefined);
    queue.beginStretch();
    const now_ms = Date.now();
    while (queue.truth.traces < traces) queue.make(now_ms, now_ms - 60_000);
    const idle = { more: () => false, at_ms: () => 0, spans_per_second: 0, progress: () => {} };
    await load(world, queue, idle);
    await settled(world, queue.truth, () => undefined);
  }, 300_000);

  afterAll(() => world.stop(false), 60_000);

  async function verdict(): Promise<Check['verdict']> {
    const check = new Check(world, queue, templates);
    await check.spans(queue.stretches);
    await check.derived(queue.stretches, () => undefined);
    await check.sums();
    return check.verdict;
  }

  test('without a fault there is nothing to find', async () => {
    expect(await verdict()).toEqual({
      ...{ lost_spans: 0, doubled_spans: 0, drift: 0, rows_verified: traces * 8, findings: [] },
    });
  });

  test('a raw span that is gone is lost', async () => {
    const trace = `TraceId < '${templates.traceId(1)}'`;
    await world.clickhouse.sql(
      `ALTER TABLE otel_traces DELETE WHERE ${trace} AND ParentSpanId = '' SETTINGS mutations_sync = 2`,
    );
    expect(await verdict()).toMatchObject({ lost_spans: 1, doubled_spans: 0, drift: 0 });
  });

  test('a row that stands in the ledger twice is doubled, and the sums drift', async () => {
    const trace = `trace_id < '${templates.traceId(1)}'`;
    await world.clickhouse.sql(`
      INSERT INTO ledger SELECT * REPLACE (toDateTime64('2026-01-01 00:00:00', 9, 'UTC') AS start_time)
      FROM ledger FINAL WHERE ${trace} AND kind = 'llm' LIMIT 1`);
    const stretches = queue.stretches.map((one) => ({ ...one, from_ms: Date.UTC(2026, 0, 1) }));
    const check = new Check(world, queue, templates);
    await check.spans(stretches);
    await check.sums();
    expect(check.verdict).toMatchObject({ doubled_spans: 1 });
    expect(check.verdict.drift).toBeGreaterThan(0);
  });
});

test('the plan follows from the seed alone and has every fault', () => {
  const plan = planFaults(SEED, 60_000, 3_000);
  expect(planFaults(SEED, 60_000, 3_000)).toEqual(plan);
  expect(planFaults(SEED + 1, 60_000, 3_000)).not.toEqual(plan);
  expect(new Set(plan.map(({ fault }) => fault))).toEqual(new Set(Object.keys(FAULTS)));
});
