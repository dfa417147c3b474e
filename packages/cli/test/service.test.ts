// The commands that ask, against a service started by `spanledger up` that has seen one agent run.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startAgent, startReplay } from '@spanledger/demo';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run, type Seen } from './run.ts';

const MAIN = path.join(import.meta.dirname, '../dist/main.js');
const LIMIT_MS = 60_000;
const OWNER = { 'x-clickhouse-user': 'spanledger', 'x-clickhouse-key': 'secret' };

let folder = '';
let up: ChildProcess;
let places: { url: string; clickhouse_url: string; data_dir: string };
let trace_id = '';

const ask = (args: readonly string[], columns?: number): Promise<Seen> =>
  run(args, {
    env: { SPANLEDGER_URL: places.url, NO_COLOR: '1' },
    ...(columns === undefined ? {} : { columns }),
  });

async function answer(...args: string[]) {
  const { code, out, err } = await ask([...args, '--json']);
  expect(code, err).toBe(0);
  return JSON.parse(out);
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spanledger-up-'));
  up = spawn(process.execPath, [MAIN, 'up', '--port', '0', '--data', folder, '--json'], {
    env: {
      PATH: process.env['PATH'],
      SPANLEDGER_LOG_LEVEL: 'error',
      CLICKHOUSE_PASSWORD: OWNER['x-clickhouse-key'],
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await new Promise<string[]>((resolve, reject) => {
    up.stdout?.once('data', (part: Buffer) => resolve(part.toString().split('\n')));
    up.once('close', (code) => reject(new Error(`up ended with ${code}`)));
  });
  places = JSON.parse(line ?? '');
  const replay = await startReplay();
  const env = { PATH: process.env['PATH'] };
  const end = await startAgent({ env, replay_url: replay.url, otlp_url: places.url });
  await replay.stop();
  expect(end.exit_code, end.errors).toBe(0);
  await vi.waitFor(
    async () => expect((await answer('report', '--by', 'agent')).coverage.calls).toBe(9),
    { timeout: LIMIT_MS },
  );
  trace_id = (await answer('sql', 'SELECT any(trace_id) AS id FROM calls')).rows[0][0];
}, LIMIT_MS);

afterAll(async () => {
  up.removeAllListeners('close');
  const ended = new Promise((resolve) => up.once('close', resolve));
  up.kill('SIGTERM');
  expect(await ended).toBe(0);
  await expect(fetch(places.clickhouse_url)).rejects.toThrow();
  await rm(folder, { recursive: true, force: true });
}, LIMIT_MS);

describe('report', () => {
  it('adds up to the same total by any dimension', async () => {
    const inputs = await Promise.all(
      ['agent', 'model', 'tool', 'agent,model', 'service,provider,operation,status'].map(
        async (by) => {
          const { rows } = await answer('report', '--by', by);
          return rows.reduce(
            (total: number, row: Record<string, unknown>) =>
              total +
              Number(row['input_uncached']) +
              Number(row['cache_read']) +
              Number(row['cache_write_5m']),
            0,
          );
        },
      ),
    );
    expect(new Set(inputs)).toEqual(new Set([4275]));
  });

  it('fits a narrow terminal, with coverage and its reason', async () => {
    const { out } = await ask(['report', '--by', 'agent,model'], 80);
    expect(Math.max(...out.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(80);
    expect(out).toMatch(/planner +claude-sonnet-4-5-\S* +3 +3,055 +1,069/);
    expect(out).toContain('8 of 9 calls with usage · 8 of 9 priced');
    expect(out).toContain('usage: 1 × emitter_estimate_only');
    expect(out).toContain('\n  emitter_estimate_only: the only figure is');
  });

  it('shows a dash where no call reported anything, and the known sums beside it', async () => {
    const { out } = await ask(['report', '--by', 'model'], 120);
    expect(out).toMatch(/text-embedding-3-small +1 +0 +4( +–){4} +<\$0\.000001/);
    expect(out).toMatch(/gpt-4o-mini-\S+ +3 +0 +1,161 +1,024 +– +273 +0 +\$0\.000261/);
  });

  it('shows tools with their runs and no tokens', async () => {
    const { out } = await ask(['report', '--by', 'tool'], 120);
    expect(out).toMatch(/lookup_refund_policy +0 +0 +1 +–/);
  });

  it('refuses a dimension that does not exist, as the service names it', async () => {
    const { code, err } = await ask(['report', '--by', 'colour']);
    expect(code).toBe(2);
    expect(err).toMatch(/\[invalid_parameter\].*colour/);
  });
});

describe('trace and explain', () => {
  it('show the tree: agents, calls and tools, each with what is known of it', async () => {
    const { out } = await ask(['trace', trace_id], 160);
    const names = out
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(0, 28).trimEnd());
    expect(names).toEqual([
      'agent / model / tool',
      'agent planner',
      '├─ text-embedding-3-small',
      '├─ claude-sonnet-4-5',
      '├─ tool load_capability',
      '├─ claude-sonnet-4-5',
      '├─ tool lookup_refund_policy',
      '│  └─ gpt-4o-mini',
      '├─ claude-sonnet-4-5',
      '└─ agent writer',
      '   ├─ gpt-5-nano',
      '   ├─ claude-sonnet-4-0',
      '   ├─ gpt-4o-mini',
      '   └─ gpt-4o-mini',
    ]);
    expect(out).toMatch(
      /claude-sonnet-4-5 +\S+ ms +819 +0 +0 +81 +– +\$0\.003672 +owner +2 attempts/,
    );
    expect(out).toMatch(
      /gpt-4o-mini +\S+ ms( +–){6} +unknown +emitter_estimate_only, doubts: stream_aborted/,
    );
  });

  it('give the rule, the arithmetic and the price of each call', async () => {
    const { out } = await ask(['explain', trace_id.toUpperCase()], 140);
    expect(out).toContain('input 1076 = input_uncached 7 + cache_read 0 + cache_write_5m 1069');
    expect(out).toContain('price anthropic/claude-sonnet-4-5');
    expect(out).toContain('cache_write_5m 1,069 × $0.00000375 = $0.00400875');
    expect(out).toContain('cost $0.00492975');
    expect(out).toContain('emitter_estimate_only');
    expect(out).toMatch(/Total +9 calls · 4,275 in · 1,820 out · \$0\.015936\n/);
    expect(out).toMatch(/Roles +8 owner · 1 unknown/);
    expect(out).toMatch(/^ {2}emitter_estimate_only: .+; to do: let the provider report/m);
    expect(out).toMatch(/^ {2}stream_aborted: the stream was left or broke off/m);
    expect(out).toMatch(/told while it ran: started, .*ended/);
    expect(out).not.toContain('spanledger.execution.');
  });

  it.each(['trace', 'explain'])('%s ends with 5 for a trace that is not there', async (command) => {
    const { code, err } = await ask([command, '0'.repeat(31) + '1']);
    expect(code).toBe(5);
    expect(err).toContain('[not_found]');
  });
});

describe('sql', () => {
  it('prints a table of typed columns', async () => {
    const { out } = await ask(
      [
        'sql',
        'SELECT agent_name, count() AS calls, sum(cost_usd) AS cost FROM calls GROUP BY agent_name ORDER BY agent_name',
      ],
      100,
    );
    expect(out).toBe(
      [
        'agent_name  calls        cost',
        'planner         5  0.01116143',
        'writer          4   0.0047742',
        '',
      ].join('\n'),
    );
  });

  it.each(['DROP TABLE ledger', 'SELECT * FROM ledger', 'INSERT INTO usage SELECT 1'])(
    'refuses %s',
    async (query) => {
      const { code, err } = await ask(['sql', query]);
      expect(code).toBe(2);
      expect(err).toMatch(/\[invalid_parameter\]/);
    },
  );
});

describe('verify', () => {
  it('finds no difference', async () => {
    const { code, out } = await ask(['verify', '--last', '1h']);
    expect(out).toMatch(/derived again: no difference/);
    expect(code).toBe(0);
  });

  it('ends with 1 and names a row that was changed behind its back, and mends it', async () => {
    const body =
      'ALTER TABLE spanledger.ledger UPDATE output = 999 WHERE output = 81 SETTINGS mutations_sync = 1';
    const changed = await fetch(places.clickhouse_url, { method: 'POST', body, headers: OWNER });
    expect(changed.status, await changed.text()).toBe(200);
    const { code, out } = await ask(['verify', '--last', '1h'], 120);
    expect(code).toBe(1);
    expect(out).toMatch(/output +81 +999/);
    expect(out).toMatch(/not what settling wrote/);
    expect(out).toMatch(/spanledger verify --from \S+ --to \S+ --repair/);
    const repair = await ask(['verify', '--last', '1h', '--repair'], 120);
    expect(repair.out).toMatch(/1 trace settled again, .*\nverified once more: no difference/);
    expect(repair.code).toBe(0);
    expect((await ask(['verify', '--last', '1h'])).code).toBe(0);
  });
});

describe('doctor', () => {
  it('sees a probe span through every hop', async () => {
    const { code, out } = await ask(['doctor'], 100);
    expect(
      out.match(/^✓ (reachable|ready|accepted|stored|settled|rolled up|read back)/gm),
    ).toHaveLength(7);
    expect(code).toBe(0);
  });
});
