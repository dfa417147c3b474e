// Tokens before the call: what is counted, what is a guess, and that nothing asked wrongly throws.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { countTokens, type CountRequest } from '../src/agents/token-count.ts';
import { runChild, sdkFolder } from './child.ts';

const DOOR = fileURLToPath(new URL('../dist/bundle/index.js', import.meta.url));

/** One token a word, so that a person can follow. */
const tokenizer = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;
const user = (content: unknown) => ({ role: 'user', content });
const TOOLS = [
  { type: 'function', function: { name: 'search', description: 'finds rows' } },
  { name: 'clock', input_schema: {} },
];

// A program elsewhere, which has no tokenizer of its own.
process.argv[1] = join(tmpdir(), 'program.js');

test('messages have their text and the format around it', async () => {
  const messages = [user('two words'), { role: 'assistant', content: 'and three more' }];
  expect(await countTokens({ model: 'gpt-4o', messages, tokenizer })).toEqual({
    // A role and its text each, three for each message and three for the answer.
    input_tokens: 3 + 4 + 3 + 3 + 3,
    message_tokens: 16,
    tool_definition_tokens: 0,
    tool_result_tokens: 0,
    estimated: [],
    uncounted_parts: 0,
    tokenizer: 'own',
  });
});

test.each([
  ['gpt-4o', [user('a text')], [], []],
  ['claude-sonnet-4-5', [user('a text')], [], ['message_tokens']],
  ['my-own-model', [user('a text')], [], ['message_tokens']],
  ['gpt-4o', [user([{ type: 'text', text: 'a' }])], [], ['message_tokens']],
  ['gpt-4o', [user('a')], TOOLS, ['tool_definition_tokens', 'tool_result_tokens']],
] as const)('%s of %j with %j tells its guesses', async (model, messages, tools, expected) => {
  const { estimated } = await countTokens({ model, messages, tools, tokenizer });
  expect(estimated).toEqual(expected);
});

test('results of tools are known from their history or not at all', async () => {
  const ask = async (resultTokens?: CountRequest['resultTokens']) => {
    const request = { model: 'gpt-4o', tools: TOOLS, tokenizer };
    const asked = resultTokens === undefined ? request : { ...request, resultTokens };
    return (await countTokens(asked)).tool_result_tokens;
  };
  expect(await ask()).toBeNull();
  expect(await ask((tool) => (tool === 'search' ? 120 : 30))).toBe(150);
  expect(await ask(async (tool) => (tool === 'search' ? 120 : null))).toBeNull();
  expect(await ask(() => Promise.reject(new Error('history is away')))).toBeNull();
});

test('pictures and files are not in the count, and counted as such', async () => {
  const messages = [
    user([{ type: 'text', text: 'see' }, { type: 'image_url', image_url: {} }, {}]),
  ];
  expect((await countTokens({ model: 'gpt-4o', messages, tokenizer })).uncounted_parts).toBe(2);
});

test('without a tokenizer it is a guess by characters, and says so', async () => {
  const found = await countTokens({ model: 'gpt-4o', messages: [user('x'.repeat(400))] });
  expect(found.tokenizer).toBe('characters');
  expect(found.estimated).toEqual(['message_tokens']);
  expect(found.message_tokens).toBeGreaterThan(100);
  expect(found.message_tokens).toBeLessThan(115);
});

const circular: Record<string, unknown> = { role: 'user' };
circular['content'] = [circular, circular, circular, circular];
const throwing = new Proxy(
  {},
  {
    get() {
      throw new Error('of the program');
    },
  },
);

test.each([
  [undefined],
  [null],
  ['text'],
  [throwing],
  [{ model: 7, messages: 'no list', tools: {} }],
  [{ model: 'gpt-4o', messages: [throwing, circular, null, 7, Symbol('s')], tools: [throwing] }],
  [{ messages: [user('a')], tokenizer: () => NaN }],
  [{ messages: [user('a')], tokenizer: () => throwing }],
  [{ tools: [circular], tokenizer, resultTokens: 7 }],
])('asked wrongly it counts what it can (case %#)', async (request) => {
  const { input_tokens } = await countTokens(request as never);
  expect(Number.isSafeInteger(input_tokens)).toBe(true);
});

test('the tokenizer of the program is found and loaded when it is first needed', async () => {
  const program = join(sdkFolder('gpt-tokenizer-4'), 'count.mjs');
  const { out, err, code } = await runChild(program, [DOOR], {});
  expect({ err, code }).toEqual({ err: '', code: 0 });
  // Seven of the text, one of the role, three of the message and three of the answer.
  const found = (model: string, tokenizer: string, ...estimated: string[]) => ({
    ...{ model, message_tokens: 14, estimated, tokenizer },
  });
  expect(JSON.parse(out)).toEqual([
    found('gpt-4o', 'o200k_base'),
    found('gpt-4', 'cl100k_base'),
    found('claude-sonnet-4-5', 'o200k_base', 'message_tokens'),
  ]);
});
