// Goal: a body that was just acknowledged costs no work, and remembering never acknowledges what
// was not stored. Method: outcomes in and out, at the limit and one over.

import { describe, expect, test } from 'vitest';
import { RecentBodies } from '../src/receive/recent-bodies.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('what is one body', () => {
  const recent = new RecentBodies<string>(10);
  const first = recent.hash('acme', 'traces', 'json', bytes('{}'));

  test('the same bytes in the same place', () => {
    expect(recent.hash('acme', 'traces', 'json', bytes('{}'))).toBe(first);
  });

  test.each([
    ['another organisation', ['other', 'traces', 'json', '{}']],
    ['another signal', ['acme', 'logs', 'json', '{}']],
    ['another encoding', ['acme', 'traces', 'protobuf', '{}']],
    ['other bytes', ['acme', 'traces', 'json', '{ }']],
    ['a name that runs into the next', ['acme\ntraces', 'json', '', '{}']],
  ] as const)('%s is another body', (_, [org, signal, encoding, body]) => {
    expect(recent.hash(org, signal, encoding, bytes(body))).not.toBe(first);
  });
});

test('a repeat shares the outcome, also while the first is on its way', async () => {
  const recent = new RecentBodies<string>(10);
  let finish: (outcome: string) => void = () => undefined;
  const outcome = new Promise<string>((resolve) => (finish = resolve));
  recent.remember('a', outcome);
  expect(recent.find('a')).toBe(outcome);
  finish('stored');
  expect(await recent.find('a')).toBe('stored');
});

test('a body that was not stored is forgotten, so that a resend does the work', async () => {
  const recent = new RecentBodies<string>(10);
  const outcome = Promise.reject(new Error('not stored'));
  recent.remember('a', outcome);
  await expect(outcome).rejects.toThrow();
  expect(recent.find('a')).toBe(undefined);
});

test.each([
  ['at the limit all are remembered', 3, ['a', 'b', 'c']],
  ['one over forgets the oldest', 2, ['b', 'c']],
  ['a limit of 0 remembers nothing', 0, []],
])('%s', (_, limit, remembered) => {
  const recent = new RecentBodies<string>(limit);
  for (const hash of ['a', 'b', 'c']) recent.remember(hash, Promise.resolve('stored'));
  expect(['a', 'b', 'c'].filter((hash) => recent.find(hash) !== undefined)).toEqual(remembered);
  expect(recent.size).toBe(remembered.length);
});
