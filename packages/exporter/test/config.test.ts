// Goal: a wrong setting stops the start and says which, what it was and what is allowed.
// Method: environments in, configurations or messages out.

import { createHash } from 'node:crypto';
import { SpanledgerError } from '@spanledger/ledger';
import { expect, test } from 'vitest';
import { isLoopback, readConfig, type Environment } from '../src/settings/config.ts';

const hash = (key: string): string => createHash('sha256').update(key).digest('hex');

function refused(env: Environment): string {
  try {
    readConfig(env);
  } catch (error) {
    const { code, detail } = error as SpanledgerError;
    if (code === 'invalid_setting' || code === 'no_keys') return detail;
    throw error;
  }
  return 'taken';
}

test('an empty environment gives the documented defaults', () => {
  const config = readConfig({});
  expect(config.host).toBe('127.0.0.1');
  expect(config.port).toBe(4318);
  expect(config.keys.size).toBe(0);
  expect(config.clickhouse.url).toBe('');
  expect(config.receive.body_bytes_max).toBe(20 * 1024 * 1024);
  expect(config.receive.body_decompressed_bytes_max).toBe(64 * 1024 * 1024);
  expect(config.group.block_rows).toBe(32_000);
  expect(config.group.block_wait_ms).toBe(100);
  expect(config.settle.tick_ms).toBe(1_000);
});

test('the configuration cannot be changed', () => {
  const config = readConfig({});
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.receive)).toBe(true);
});

test('an empty value means the default, and other programs’ names are none of our business', () => {
  const env = { SPANLEDGER_PORT: '', PATH: '/bin', OTEL_SERVICE_NAME: 'x', SPANLEDGER_URL: 'y' };
  expect(readConfig(env).port).toBe(4318);
});

test.each<[string, Environment, string[]]>([
  ['a port that is no number', { SPANLEDGER_PORT: '4318x' }, ['SPANLEDGER_PORT="4318x"', '65535']],
  ['a port that is too high', { SPANLEDGER_PORT: '65536' }, ['"65536"', '0 to 65535']],
  ['a negative number', { SPANLEDGER_TICK_MS: '-1' }, ['SPANLEDGER_TICK_MS="-1"']],
  ['a number with a fraction', { SPANLEDGER_BLOCK_ROWS: '1.5' }, ['"1.5"', 'whole number']],
  ['a flag in another spelling', { SPANLEDGER_PORT_FALLBACK: 'yes' }, ['"yes"', 'true, false']],
  ['an unknown level', { SPANLEDGER_LOG_LEVEL: 'loud' }, ['"loud"', 'info', 'debug']],
  ['a misspelt name', { SPANLEDGER_BLOK_ROWS: '1' }, ['nearest: SPANLEDGER_BLOCK_ROWS']],
  ['a name of nothing', { SPANLEDGER_X: '1' }, ['SPANLEDGER_X="1" is not a setting']],
  [
    'an address that is no URL',
    { CLICKHOUSE_URL: 'localhost:8123' },
    ['CLICKHOUSE_URL', 'http://'],
  ],
  [
    'an open address without keys',
    { SPANLEDGER_HOST: '0.0.0.0' },
    ['"0.0.0.0"', 'SPANLEDGER_KEYS'],
  ],
  ['a key without a role', { SPANLEDGER_KEYS: `acme:${hash('a')}` }, ['entry 1', 'sha256hex']],
  ['an unknown role', { SPANLEDGER_KEYS: `root:acme:${hash('a')}` }, ['ingest, read, admin']],
  [
    'a reader of all',
    { SPANLEDGER_KEYS: `read:*:${hash('a')}` },
    ['entry 1', 'admin and forwarder'],
  ],
  ['a forwarder of one', { SPANLEDGER_KEYS: `forwarder:acme:${hash('a')}` }, ['entry 1']],
  ['a short hash', { SPANLEDGER_KEYS: `read:acme:${hash('a')},read:acme:12` }, ['entry 2']],
])('%s stops the start', (_, env, words) => {
  for (const word of words) expect(refused(env)).toContain(word);
});

test('a refusal never shows a secret', () => {
  expect(refused({ SPANLEDGER_KEYS: 'hunter2' })).not.toContain('hunter2');
  expect(refused({ CLICKHOUSE_URL: 'user:hunter2@host' })).not.toContain('hunter2');
  expect(refused({ SPANLEDGER_KEYZ: 'hunter2' })).not.toContain('hunter2');
});

test('with keys any address may be listened on', () => {
  const config = readConfig({
    SPANLEDGER_HOST: '0.0.0.0',
    SPANLEDGER_KEYS: `ingest:acme:${hash('k1')}, read:other.org:${hash('k2').toUpperCase()}`,
  });
  expect(config.keys.get(hash('k1'))).toMatchObject({ role: 'ingest', org_id: 'acme' });
  expect(config.keys.get(hash('k2'))).toMatchObject({ role: 'read', org_id: 'other.org' });
});

test.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['127.0.0.1.example.com', false],
])('%s is loopback: %s', (host, loopback) => expect(isLoopback(host)).toBe(loopback));
