// `spanledger keys` and `readers` against a service with a first key: what is made works and is shown
// once, what is revoked is refused, and nothing destructive happens by accident.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig, startExporter, type Exporter } from '@spanledger/exporter';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, type Seen } from './run.ts';

let folder = '';
let exporter: Exporter;
let operator = '';

const ask = (args: readonly string[], key = operator, columns?: number): Promise<Seen> =>
  run(args, {
    env: { SPANLEDGER_URL: exporter.url, SPANLEDGER_KEY: key, NO_COLOR: '1' },
    ...(columns === undefined ? {} : { columns }),
  });

async function made(...args: string[]): Promise<{ key: string; key_id: string }> {
  const { code, out, err } = await ask(['keys', 'create', ...args, '--json']);
  expect(code, err).toBe(0);
  return JSON.parse(out) as { key: string; key_id: string };
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spanledger-keys-'));
  const first = await run(['keys', 'create', 'operator', '--role', 'admin', '--setting', '--json']);
  const { key, setting } = JSON.parse(first.out) as { key: string; setting: string };
  operator = key;
  exporter = await startExporter(
    readConfig({
      SPANLEDGER_PORT: '0',
      SPANLEDGER_LOG_LEVEL: 'silent',
      SPANLEDGER_DATA_DIR: path.join(folder, 'data'),
      SPANLEDGER_KEYS: setting,
    }),
  );
});
afterAll(async () => {
  await exporter.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('keys', () => {
  it('a new key works at once, and a revoked one is refused', async () => {
    const { key, key_id } = await made('a reader', '--role', 'admin', '--org', 'acme');
    expect((await ask(['report'], key)).code).toBe(0);
    expect((await ask(['keys', 'revoke', key_id, '--yes'])).code).toBe(0);
    expect((await ask(['report'], key)).code).toBe(4);
  });

  it('the key is in the answer that made it, and nowhere else', async () => {
    const shown = await ask(['keys', 'create', 'collector', '--role', 'ingest', '--org', 'acme']);
    const [key = ''] = /sl_ingest_[\w-]{43}/.exec(shown.out) ?? [];
    expect(key).not.toBe('');
    const lists = await Promise.all([ask(['keys']), ask(['keys', 'list', '--json'])]);
    for (const { out } of lists) {
      expect(out).toContain('collector');
      expect(out).not.toContain(key);
    }
  });

  it.each([80, 160])('the list fits %i columns', async (columns) => {
    await made(
      'a name that is as long as a name may be, or nearly',
      '--role',
      'read',
      '--org',
      'x',
    );
    const { out } = await ask(['keys'], operator, columns);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    expect(out).toMatch(/^id +name +organisation +role +state/);
    expect(out).toContain('SPANLEDGER_KEYS');
  });

  it('an admin of one organisation sees and makes keys of that one', async () => {
    const { key } = await made('admin', '--role', 'admin', '--org', 'globex');
    const { out } = await ask(['keys', 'list', '--json'], key);
    const { keys } = JSON.parse(out) as { keys: { org_id: string }[] };
    expect(keys.map(({ org_id }) => org_id)).toEqual(['globex']);
    expect((await ask(['keys', 'create', 'f', '--role', 'forwarder'], key)).code).toBe(2);
    expect((await ask(['keys', 'list', '--org', 'acme'], key)).code).toBe(4);
  });

  it.each([
    [['keys', 'revoke', '0123456789ab'], 2, '--yes'],
    [['keys', 'revoke', '0123456789ab', '--yes'], 5, 'cannot find'],
    [['keys', 'revoke', '0123456789ab', '--dry-run'], 5, 'cannot find'],
    [['keys', 'revoke'], 2, 'keys list'],
    [['keys', 'create', 'x'], 2, '--role'],
    [['keys', 'create', 'x', '--role', 'root', '--org', 'acme'], 2, 'ingest, read, admin'],
    [['keys', 'create', 'x', '--role', 'ingest', '--org', '*'], 2, 'letters, digits'],
    [['keys', 'create', 'x', '--role', 'ingest', '--org', "a'b"], 2, 'org="a\'b"'],
    [['keys', 'create', 'x', '--role', 'ingest', '--org', 'a', '--spans'], 2, 'the role read'],
    [
      ['keys', 'create', 'x', '--role', 'ingest', '--org', 'a', '--expires', '2020-01-01'],
      2,
      'a time to come',
    ],
    [['keys', 'destroy'], 2, 'create, list or revoke'],
    [['report'], 2, '--org'],
  ])('%j ends with %i and says what to do', async (args, code, words) => {
    const seen = await ask(args);
    expect(seen.code, seen.err).toBe(code);
    expect(seen.err).toContain(words);
  });

  it('a key of the setting is revoked where it stands', async () => {
    const { out } = await ask(['keys', 'list', '--json']);
    const { keys } = JSON.parse(out) as { keys: { source: string; key_id: string }[] };
    const own = keys.find(({ source }) => source === 'setting');
    const seen = await ask(['keys', 'revoke', own!.key_id, '--yes']);
    expect([seen.code, seen.err]).toEqual([2, expect.stringContaining('SPANLEDGER_KEYS')]);
  });
});

it('readers are for the operator, and the embedded server has its own', async () => {
  const { key } = await made('admin', '--role', 'admin', '--org', 'acme');
  expect((await ask(['readers'], key)).code).toBe(4);
  const { code, out } = await ask(['readers']);
  expect([code, out]).toEqual([0, expect.stringContaining('follow the keys')]);
});
