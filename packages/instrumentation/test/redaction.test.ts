// The laws of redaction: whatever stands around a secret, no part of it comes out; what is redacted stays
// as it is; and no value is longer than its limit.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SHAPES, withoutKnownShapes } from '../src/privacy/known-shapes.ts';
import { writeJson } from '../src/privacy/json-writer.ts';
import { PRIVACY_DEFAULTS } from '../src/privacy/options.ts';
import { NO_REDACTION, redactionOf } from '../src/privacy/redaction.ts';

const RUNS = 40;
const shapes = new Set(SHAPES);
const redact = (text: string): string => withoutKnownShapes(text, shapes) ?? '';
const write = (value: unknown, limit_bytes: number) =>
  writeJson(
    value,
    limit_bytes,
    redactionOf(PRIVACY_DEFAULTS, { kind: 'prompts', attribute: 'gen_ai.input.messages' }),
  );

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ALNUM = `${LETTERS}0123456789`;
const from = (alphabet: string, least: number, most = least) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: least, maxLength: most });
const after = (start: string, body: fc.Arbitrary<string>) => body.map((rest) => start + rest);

function withCheckDigit(digits: string): string {
  const sum = [...digits].toReversed().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return digits + String((10 - (sum % 10)) % 10);
}

/** What must not come out, and in what it stands. */
interface Hidden {
  secret: string;
  within: (secret: string) => string;
}
const bare = (secret: fc.Arbitrary<string>): fc.Arbitrary<Hidden> =>
  secret.map((text) => ({ secret: text, within: (each) => each }));
const inside = (
  secret: fc.Arbitrary<string>,
  ...places: ((secret: string) => string)[]
): fc.Arbitrary<Hidden> => fc.record({ secret, within: fc.constantFrom(...places) });

const body = from(ALNUM, 40);
const card = from('0123456789', 14).map((rest) => withCheckDigit(`4${rest}`));
const pem = from(`${ALNUM}+/`, 64, 400);

const SECRETS: Readonly<Record<string, fc.Arbitrary<Hidden>>> = {
  'an OpenAI key': bare(after('sk-proj-', from(`${ALNUM}_-`, 40, 120))),
  'an old OpenAI key': bare(after('sk-', from(ALNUM, 48))),
  'an Anthropic key': bare(after('sk-ant-api03-', from(`${ALNUM}_-`, 90))),
  'a Google key': bare(after('AIza', from(`${ALNUM}_-`, 35))),
  'an AWS key id': bare(after('AKIA', from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16))),
  'an AWS secret': inside(from(`${ALNUM}/+`, 40), (key) => `aws_secret_access_key = ${key}`),
  'a GitHub token': bare(after('ghp_', from(ALNUM, 36))),
  'a fine-grained GitHub token': bare(after('github_pat_', from(`${ALNUM}_`, 82))),
  'a Slack token': bare(after('xoxb-', from(`${ALNUM}-`, 40))),
  'a Stripe key': bare(after('sk_live_', from(ALNUM, 24))),
  'a private key': inside(
    pem,
    (key) => `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----`,
    (key) => `-----BEGIN RSA PRIVATE KEY-----\\n${key}\\n-----END RSA PRIVATE KEY-----`,
    (key) => `-----BEGIN OPENSSH PRIVATE KEY-----\n${key}`,
  ),
  'a bearer token': inside(
    after('1', from(`${ALNUM}._-`, 20, 60)),
    (token) => `Authorization: Bearer ${token}`,
    (token) => `bearer ${token}`,
  ),
  'a JSON web token': bare(
    fc.tuple(body, body, body).map(([head, claims, sign]) => `eyJ${head}.eyJ${claims}.${sign}`),
  ),
  'a URL with a password': inside(
    from(`${ALNUM}!$*-_.~`, 8, 30),
    (word) => `postgres://app:${word}@db.internal:5432/app`,
    (word) => `https:\\/\\/user:${word}@example.com\\/`,
    (word) => `redis://:${word}@cache`,
  ),
  'a connection string': inside(
    from(`${ALNUM}+/`, 12, 60),
    (word) => `Server=db;User Id=app;Password=${word};Encrypt=true`,
    (word) => `AccountName=a;AccountKey=${word}==;EndpointSuffix=x`,
  ),
  'a named value': inside(
    from(`${ALNUM} "\\'{}[]`, 8, 40).map((text) => `1${text}1`),
    (word) => JSON.stringify({ user: 'ada', password: word, next: 1 }),
    (word) => JSON.stringify({ text: JSON.stringify({ api_key: word }) }),
  ),
  'an e-mail address': inside(from(`${ALNUM}.+_`, 8, 30), (word) => `${word}@mail.example.org`),
  'an escaped e-mail address': inside(from(ALNUM, 8, 30), (word) => `${word}\\u0040example.org`),
  'a card number': bare(card),
  'a card number in groups': bare(card.map((digits) => digits.replace(/(.{4})(?=.)/g, '$1 '))),
};

/** Random text, and what a redaction may stumble over. */
const stumbling = fc.constantFrom(
  ...[
    '"',
    "'",
    '\\',
    '\\n',
    '\\"',
    '\\u00',
    '@',
    '://',
    '=',
    ': ',
    'password: ',
    '[',
    ']',
    '{',
    '}',
  ],
  ...[
    'sk-',
    'Bearer ',
    '[redacted-key]',
    '\u{1f511}',
    '\ud800',
    'é',
    '\n',
    ' ',
    'a',
    '-',
    '.',
    '%40',
  ],
);
const noise = fc.array(fc.oneof(stumbling, fc.string({ unit: 'grapheme', maxLength: 12 })), {
  maxLength: 12,
});
/** A digit beside a card's would be one of its digits; a value that a quote ends is shorter. */
const around = noise.map((parts) => parts.join('').replace(/[\d"'`]/g, 'x'));

/** Where a text may stand in content. */
const CARRIERS: Readonly<Record<string, (text: string) => unknown>> = {
  'a text': (text) => [{ role: 'user', parts: [{ type: 'text', content: text }] }],
  'JSON in a text': (text) => [{ parts: [{ arguments: JSON.stringify({ to: [text] }) }] }],
  'JSON in JSON in a text': (text) => ({ a: JSON.stringify({ b: JSON.stringify({ c: text }) }) }),
  'nested arguments': (text) => ({ a: [{ b: { c: [[text]] } }] }),
  'a key': (text) => ({ deep: { [text]: 1 } }),
};

/** Any part of so many characters would be a leak. */
const LEAK_CHARS = 8;

/** `beside`: what stands there without the secret. */
function leaks(secret: string, text: string, beside: string): string[] {
  const parts = Array.from({ length: secret.length - LEAK_CHARS + 1 }, (_, at) =>
    secret.slice(at, at + LEAK_CHARS),
  );
  const ways = (part: string): string[] => [part, JSON.stringify(part).slice(1, -1)];
  return parts.filter(
    (part) => !beside.includes(part) && ways(part).some((way) => text.includes(way)),
  );
}

describe.each(Object.entries(SECRETS))('%s', (_name, hidden) => {
  test.each(Object.entries(CARRIERS))('does not come out of %s', (_carrier, carry) => {
    fc.assert(
      fc.property(hidden, around, around, ({ secret, within }, before, behind) => {
        const { text } = write(carry(before + within(secret) + behind), 1e6);
        const beside = before + behind + JSON.stringify(carry(''));
        expect(leaks(secret, text, beside)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  test('does not come out where a text is cut', () => {
    fc.assert(
      fc.property(hidden, fc.integer({ min: 0, max: 300 }), ({ secret, within }, before) => {
        const text = `${'x '.repeat(before)}${within(secret)}${' y'.repeat(1500)}`;
        const written = write({ text }, 400).text;
        expect(leaks(secret, written, '')).toEqual([]);
        expect(Buffer.byteLength(written)).toBeLessThanOrEqual(400);
      }),
      { numRuns: RUNS },
    );
  });
});

test('a number may be a card', () => {
  expect(write({ paid_with: 4_111_111_111_111_111, bill: 4_111_111_111_111_111n }, 1000).text).toBe(
    '{"paid_with":"[redacted-card]","bill":"[redacted-card]"}',
  );
});

test('what is no secret stays', () => {
  const kept = [
    'the risk-assessment of task-force 12, at 1732233600000000000 ns',
    'max_tokens: 1500, tokens: 20, "temperature": 0.7',
    '{"password":{"type":"string"},"token":5}',
    'npm install lodash@4.17.21 @scope/name',
    'order 4111 1111 1111 1112, bearer instruments, https://example.com/a?b=c#d',
  ];
  expect(kept.map(redact)).toEqual(kept);
});

test('what is redacted stays as it is', () => {
  const pieces = fc.oneof(
    stumbling,
    fc.string({ maxLength: 6 }),
    ...Object.values(SECRETS).map((hidden) => hidden.map(({ secret, within }) => within(secret))),
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
      const once = redact(parts.join(''));
      expect(redact(once)).toBe(once);
    }),
    { numRuns: 30 * RUNS },
  );
});

test('every value keeps to its limit, and stays JSON', () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true });
  const value = fc.oneof(anything, fc.array(fc.string({ unit: 'binary', maxLength: 60 })));
  fc.assert(
    fc.property(value, fc.integer({ min: 0, max: 120 }), (given, limit_bytes) => {
      const { text, cut } = write(given, limit_bytes);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit_bytes);
      if (text !== '') JSON.parse(text);
      if (!cut) expect(text).toBe(write(given, 1e6).text);
    }),
    { numRuns: 30 * RUNS },
  );
});

test('what fits and has nothing to take out is written as JSON.stringify writes it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(writeJson(value, 1e6, NO_REDACTION)).toEqual({
        text: JSON.stringify(value),
        cut: false,
      });
    }),
    { numRuns: 5 * RUNS },
  );
});

test('no text takes long: the time grows with its length', () => {
  const many = [
    'password="',
    'password:',
    '@a.b',
    '1 ',
    'a',
    'a://:',
    'eyJ',
    '-----BEGIN ',
    'bearer ',
  ];
  const work = (text: string): number => {
    const before = process.cpuUsage();
    redact(`${text}@`);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  for (const piece of many) {
    const text = piece.repeat(65_536 / piece.length);
    work(text);
    // A second is a hundred times what it takes.
    expect(Math.min(work(text), work(text)), piece).toBeLessThan(1_000_000);
  }
});
