// Deletion as a person does it: count, be asked to confirm, delete, look at the list; on a real service.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { run, type Seen } from './run.ts';

const MAIN = path.join(import.meta.dirname, '../dist/main.js');
const LIMIT_MS = 120_000;

test.each([
  [['thing', 'x'], 'cannot delete a "thing"'],
  [['user'], 'cannot delete user without its id'],
  [['range', '--from', '2026-11-01'], 'cannot delete a range without its start and end'],
  [['range', 'x', '--from', '2026-11-01', '--to', '2026-11-02'], 'cannot delete a range'],
  [['user', 'x', '--from', '2026-11-01'], 'cannot delete a part of the time of one user'],
])('%j is refused before anything is asked', async (args, message) => {
  const env = { SPANLEDGER_URL: 'http://127.0.0.1:9', NO_COLOR: '1' };
  const { code, err } = await run(['delete', ...args], { env });
  expect(code).toBe(2);
  expect(err).toContain(message);
});

describe('on a service', () => {
  let folder = '';
  let up: ChildProcess;
  let url = '';
  const ask = (columns: number, ...args: string[]): Promise<Seen> =>
    run(['delete', ...args], { columns, env: { SPANLEDGER_URL: url, NO_COLOR: '1' } });

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spanledger-delete-'));
    up = spawn(process.execPath, [MAIN, 'up', '--port', '0', '--data', folder, '--json'], {
      env: { PATH: process.env['PATH'], SPANLEDGER_LOG_LEVEL: 'error' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve, reject) => {
      up.stdout?.once('data', (part: Buffer) => resolve(part.toString()));
      up.once('close', (code) => reject(new Error(`up ended with ${code}`)));
    });
    ({ url } = JSON.parse(line.split('\n')[0] ?? ''));
    const sent = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request('ann', 'bob')),
    });
    expect(sent.status).toBe(200);
  }, LIMIT_MS);
  afterAll(async () => {
    up.removeAllListeners('close');
    const ended = new Promise((resolve) => up.once('close', resolve));
    up.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }, LIMIT_MS);

  it('counts, and without --yes deletes nothing', { timeout: LIMIT_MS }, async () => {
    const counted = await ask(80, 'user', 'ann', '--dry-run');
    expect(counted.code).toBe(0);
    expect(counted.out).toMatch(/^otel_traces +1 +spans as received$/m);
    const bare = await ask(80, 'user', 'ann');
    expect(bare.code).toBe(2);
    expect(bare.err).toContain('add --yes');
    const nobody = await ask(80, 'user', 'nobody', '--dry-run');
    expect(nobody.out).toContain('Nothing is stored of user nobody.');
    expect((await ask(80, 'list')).out).toContain('Nothing was deleted.');
  });

  it('with --yes waits for the totals, and is in the list', { timeout: LIMIT_MS }, async () => {
    const done = await ask(80, 'user', 'ann', '--yes');
    expect(done.code).toBe(0);
    expect(done.out).toContain('deleted user ann: the totals are without it');
    const env = { SPANLEDGER_URL: url, NO_COLOR: '1' };
    const { out } = await run(['report', '--last', '1h', '--json'], { env });
    expect(JSON.parse(out).coverage.calls).toBe(1);
    const list = await ask(80, 'list');
    expect(list.out).toMatch(/user +ann +(totals followed|done)/);
    for (const line of (list.out + done.out).split('\n')) {
      expect([...line].length).toBeLessThanOrEqual(80);
    }
    const json = await ask(80, 'list', '--json');
    expect(JSON.parse(json.out).deletions).toMatchObject([{ subject: 'ann', records: 1 }]);
  });

  it('another organisation is not the key’s to delete', { timeout: LIMIT_MS }, async () => {
    expect((await ask(80, 'organisation', 'other', '--yes')).code).toBe(4);
  });
});

/** A call of each user, in a trace of its own. */
function request(...users: readonly string[]): unknown {
  const start_ns = BigInt(Date.now() - 60_000) * 1_000_000n;
  const spans = users.map((user, at) => ({
    traceId: String(at + 1).repeat(32),
    spanId: String(at + 1).repeat(16),
    name: 'chat',
    startTimeUnixNano: String(start_ns),
    endTimeUnixNano: String(start_ns + 1_000_000_000n),
    attributes: [
      ...[
        'gen_ai.operation.name chat',
        'gen_ai.provider.name openai',
        'gen_ai.request.model gpt-4o',
      ]
        .map((pair) => pair.split(' '))
        .map(([key, stringValue]) => ({ key, value: { stringValue } })),
      { key: 'user.id', value: { stringValue: user } },
      { key: 'gen_ai.usage.input_tokens', value: { intValue: '10' } },
    ],
  }));
  return { resourceSpans: [{ scopeSpans: [{ scope: { name: 'tests' }, spans }] }] };
}
