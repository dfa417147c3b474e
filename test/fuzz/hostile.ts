// Values and records that no honest emitter sends: what a reader must survive, and must not bill.

import type { Corpus } from './corpus.ts';
import type { Message } from './otlp.ts';
import type { Random } from './random.ts';

const NUMBERS = [
  ...['0', '1', '-1', '120', '4294967295', '4294967296', '9007199254740991', '9007199254740993'],
  ...['9223372036854775807', '-9223372036854775808'],
];
const DOUBLES = ['NaN', 'Infinity', '-Infinity', 0.5, -0.1, 1e300, 1e-300, 5e-324, 120, 1e21, -0];
const TEXTS = [
  ...[
    '',
    ' ',
    '120',
    '1e3',
    '-5',
    '0x10',
    'NaN',
    'true',
    'True',
    'null',
    'None',
    '\u0000',
    '\ud800',
  ],
  ...[
    '{',
    '[',
    '{"input_tokens":',
    '{"usage":{"input_tokens":40,"output_tokens":30',
    '"{\\"a\\":1}"',
  ],
  ...["{'prompt_tokens': 120, 'completion_tokens': None}", '[{"role":"assistant","content":null}]'],
  ...['{"usage":{"input_tokens":-1,"output_tokens":1e400}}', '{"__proto__":{"input_tokens":9}}'],
  ...['{"usage":{"prompt_tokens":120,"completion_tokens":30,"total_tokens":9}}', '{"usage":[]}'],
  ...[
    'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-x',
    'openai/gpt-4o',
    '///',
  ],
  ...['chatcmpl-1', 'msg_1', '__proto__', 'constructor', 'toString', '2026-01-01T00:00:00Z', '"x"'],
];
const KEYS = ['__proto__', 'constructor', 'hasOwnProperty', '', 'gen_ai', 'gen_ai.usage', '\u0000'];
const SUFFIXES = ['.x', '.0', '.0.content', '.cached', '.10000000.role', '.__proto__', '.'];
const DEPTHS = [3, 40, 70, 600];

const pair = (key: string, value: unknown): Message => ({ key, value });

/** A name that readers know, one that begins or ends like it, or one that means something to JavaScript. */
export function hostileKey(random: Random, { keys }: Corpus): string {
  if (random.once(16)) return random.of(KEYS);
  const key = random.of(keys);
  if (random.once(8)) return key + random.of(SUFFIXES);
  return random.once(16) ? key.slice(0, key.lastIndexOf('.')) : key;
}

export function hostileValue(random: Random): Message {
  switch (random.below(10)) {
    case 0:
      return { doubleValue: random.of(DOUBLES) };
    case 1:
    case 2:
      return { intValue: random.of(NUMBERS) };
    case 3:
      return { boolValue: random.once(2) };
    case 4:
      return { arrayValue: { values: [{ stringValue: random.of(TEXTS) }, {}, { intValue: '1' }] } };
    case 5:
      return {
        kvlistValue: {
          values: [
            pair(random.of(KEYS), { stringValue: random.of(TEXTS) }),
            pair('input_tokens', { intValue: random.of(NUMBERS) }),
            pair('input_tokens', { stringValue: random.of(TEXTS) }),
          ],
        },
      };
    case 6:
      return random.once(6) ? deep(random) : {};
    default:
      return { stringValue: random.of(TEXTS) };
  }
}

/** Nested far, as JSON in a text or as lists in lists. */
function deep(random: Random): Message {
  const levels = random.of(DEPTHS);
  if (random.once(2))
    return { stringValue: '['.repeat(levels) + ']'.repeat(random.of([levels, 0])) };
  if (random.once(2)) {
    return { stringValue: '{"usage":'.repeat(levels) + '1' + '}'.repeat(levels) };
  }
  let value: Message = { intValue: '1' };
  for (let i = 0; i < Math.min(levels, 70); i++) value = { arrayValue: { values: [value] } };
  return value;
}

const LARGE = [
  (): Message[] =>
    Array.from({ length: 10_000 }, (_, i) => pair(`key ${i}`, { intValue: String(i) })),
  (): Message[] =>
    Array.from({ length: 2_000 }, (_, i) =>
      pair(`gen_ai.prompt.${i}.content`, { stringValue: 'x' }),
    ),
  (): Message[] => [
    pair('gen_ai.input.messages', {
      kvlistValue: {
        values: Array.from({ length: 10_000 }, (_, i) =>
          pair(String(i % 5_000), { boolValue: true }),
        ),
      },
    }),
  ],
  (): Message[] => [pair('output.value', { stringValue: `{"a":"${'\\"'.repeat(50_000)}"}` })],
  (): Message[] => [pair('output.value', { stringValue: `${'{"id":['.repeat(20_000)}` })],
  (): Message[] => [pair('gen_ai.usage.raw', { stringValue: "{'a': ".repeat(20_000) })],
  (): Message[] => [pair('output.value', { stringValue: `ChatCompletion(${' '.repeat(100_000)}` })],
];

/** Attributes that are very many or very long. */
export const largeAttributes = (random: Random): Message[] => random.of(LARGE)();

const TIMES = ['0', '1', '4102444800000000000', '18446744073709551615', '9223372036854775808'];

export const hostileTime = (random: Random): string => random.of(TIMES);
