// The demo end to end: a real ClickHouse, the exporter, the instrumented agent. Every figure that
// it prints equals what the provider's answers said, read by the replay server's own reader.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ServedRequest } from '@spanledger/demo';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DemoResult } from '../src/demo-run.ts';
import type { UsageAnswer } from '../src/answers.ts';

const MAIN = path.join(import.meta.dirname, '../dist/main.js');
const LIMIT_MS = 60_000;
vi.setConfig({ testTimeout: LIMIT_MS, hookTimeout: LIMIT_MS });

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** With a temporary folder of its own, so that what it leaves behind can be seen. */
function demo(folder: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, 'demo', ...args], {
    env: { PATH: process.env['PATH'], TMPDIR: folder },
  });
  const seen = { out: '', err: '' };
  child.stdout.on('data', (part) => (seen.out += part));
  child.stderr.on('data', (part) => (seen.err += part));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...seen })));
}

/** Sums what is known; null where nothing is. */
function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

const INPUT = [
  'input_uncached',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'audio_in',
  'image_in',
];
const OUTPUT = ['output', 'reasoning', 'audio_out', 'image_out'];

/** The ledger's classes, folded into those of the provider's answers. */
function fold(row: Readonly<Record<string, unknown>>) {
  const classes = (names: readonly string[]) =>
    sum(names.map((name) => (row[name] === null ? null : Number(row[name]))));
  return {
    input_total: classes(INPUT),
    input_uncached: classes(['input_uncached']),
    cache_read: classes(['cache_read']),
    cache_write: classes(['cache_write_5m', 'cache_write_1h']),
    output_total: classes(OUTPUT),
    reasoning: classes(['reasoning']),
  };
}

/** What a sum over answers must be: of those that name the class, and null when none does. */
function served(requests: readonly ServedRequest[]) {
  const total = (name: keyof NonNullable<ServedRequest['usage']>) =>
    sum(requests.map(({ usage }) => usage?.[name] ?? null));
  return {
    input_total: total('input_total'),
    input_uncached: total('input_uncached'),
    cache_read: total('cache_read'),
    cache_write: total('cache_write'),
    output_total: total('output_total'),
    reasoning: total('reasoning'),
  };
}

describe('demo --once --json', () => {
  let result: DemoResult;
  let folder = '';
  const answered = () => (result.served ?? []).filter(({ recording }) => recording !== null);
  const calls = () => result.trace.filter(({ counted }) => counted);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spanledger-once-'));
    const { code, out, err } = await demo(folder, '--once', '--json');
    expect(code, err).toBe(0);
    result = JSON.parse(out);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('counts every answer once, whatever was tried before it', () => {
    expect(calls()).toHaveLength(answered().length);
    const ids = (list: readonly (string | null)[]) => list.filter(Boolean).sort();
    expect(ids(calls().map((call) => call.response_id))).toEqual(
      ids(answered().map(({ response_id }) => response_id)),
    );
  });

  it('says of every call what its answer said, by class', () => {
    for (const { response_id, usage, recording } of answered()) {
      if (response_id === null) continue;
      const call = calls().find((row) => row.response_id === response_id);
      const { input_total, output_total, cache_read, cache_write } = fold({ ...call });
      expect(
        { input_total, output_total, cache_read: cache_read ?? 0, cache_write: cache_write ?? 0 },
        String(recording),
      ).toEqual({
        input_total: usage?.input_total ?? null,
        output_total: usage?.output_total ?? null,
        cache_read: usage?.cache_read ?? 0,
        cache_write: usage?.cache_write ?? 0,
      });
      expect(call?.reasoning ?? null, String(recording)).toBe(usage?.reasoning ?? null);
    }
  });

  it('totals to the token, and by agent, model and tool alike', () => {
    const expected = served(answered());
    expect(fold(result.total)).toEqual(expected);
    for (const rows of Object.values(result.usage)) {
      const folded = rows
        .filter((row) => Number(row.calls) > 0)
        .map((row: UsageAnswer) => fold(row));
      const total = Object.fromEntries(
        Object.keys(expected).map((name) => [
          name,
          sum(folded.map((row) => row[name as keyof typeof row])),
        ]),
      );
      expect(total).toEqual(expected);
    }
  });

  it('names what was retried and what was broken off', () => {
    expect(calls().filter(({ attempts }) => attempts === 2)).toHaveLength(1);
    const broken = answered().filter(({ broken_off }) => broken_off);
    const unknown = calls().filter(({ role }) => role === 'unknown');
    expect(unknown.map((call) => call.response_id)).toEqual(
      broken.map(({ response_id }) => response_id),
    );
    expect(
      unknown.every(({ cost_usd, usage_reason }) => cost_usd === null && usage_reason !== ''),
    ).toBe(true);
    expect(result.coverage).toMatchObject({
      calls: answered().length,
      with_usage: answered().length - broken.length,
      priced: answered().length - broken.length,
    });
  });

  it('knows the agents and the tools', () => {
    const names = (kind: string, name: 'agent_name' | 'tool_name') =>
      result.trace.filter((row) => row.kind === kind).map((row) => row[name]);
    expect(names('agent', 'agent_name')).toEqual(['planner', 'writer']);
    expect(names('tool', 'tool_name')).toEqual(['load_capability', 'lookup_refund_policy']);
    expect(result.freshness_ms).toBeGreaterThan(0);
  });

  it('leaves nothing behind', async () => {
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('demo', () => {
  let folder = '';
  let child: ChildProcess;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spanledger-stays-'));
  });
  afterAll(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  it('stays up on a port that is free, says where to look, and ends with everything', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    child = spawn(process.execPath, [MAIN, 'demo', '--port', String(port), '--data', folder], {
      env: { PATH: process.env['PATH'] },
    });
    const ended = once(child, 'close');
    let out = '';
    child.stdout?.on('data', (part) => (out += part));
    child.stderr?.on('data', (part) => (out += part));
    await vi.waitFor(() => expect(out).toContain('Still running'), LIMIT_MS);

    const url = /REST +(http:\/\/\S+?)\/api/.exec(out)?.[1] ?? '';
    const play = /\/play +(\S+)/.exec(out)?.[1] ?? '';
    expect(out).toContain(`Port ${port} is taken`);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(play)).status).toBe(200);
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    await expect(fetch(play)).rejects.toThrow();
    taken.close();
  });

  it('asks for the keys that --live needs', async () => {
    const { code, err } = await demo(folder, '--live', '--once');
    expect(code).toBe(2);
    expect(err).toContain('OPENAI_API_KEY and ANTHROPIC_API_KEY not set');
  });
});
