// Goal: the answer is found in the words of every emitter, and what is no answer is not judged as one.
// Method: attributes as emitters write them against the verdict; then the captures of real emitters.

import { describe, expect, test } from 'vitest';
import { verdictOn, type StoredAnswer } from '../../src/index.ts';

const FINE = 'The flight leaves at nine from gate four.';
const REFUSAL = "I'm sorry, but I can't help with that.";

const stored = (
  values: StoredAnswer['values'],
  more: Partial<StoredAnswer> = {},
): StoredAnswer => ({
  ...{ values, events: [], bodies: [], finish_reasons: [] },
  ...more,
});

/** What is wrong, in one word; `fine`, the reason why nothing is judged, or null where nothing is kept. */
function judged(answer: StoredAnswer): string | null {
  const verdict = verdictOn(answer);
  if (verdict === null) return null;
  return verdict.reason || [...verdict.errors, ...verdict.warnings].join(' ') || 'fine';
}

const messages = (...parts: unknown[]) =>
  JSON.stringify([{ role: 'assistant', parts, finish_reason: 'stop' }]);
const text = (content: string) => ({ type: 'text', content });

describe('every way to keep an answer', () => {
  test.each<[string, (answer: string) => StoredAnswer]>([
    ['the conventions', (a) => stored({ 'gen_ai.output.messages': messages(text(a)) })],
    ['older ones', (a) => stored({ 'gen_ai.completion.0.content': a })],
    ['message attributes', (a) => stored({ 'llm.output_messages.0.message.content': a })],
    [
      'message parts',
      (a) => stored({ 'llm.output_messages.0.message.contents.0.message_content.text': a }),
    ],
    ['a text', (a) => stored({ 'ai.response.text': a })],
    ['a plain value', (a) => stored({ 'output.value': a })],
    ['choices', (a) => stored({ 'output.value': JSON.stringify(choices(a)) })],
    [
      'candidates',
      (a) =>
        stored({
          'output.value': JSON.stringify({ candidates: [{ content: { parts: [{ text: a }] } }] }),
        }),
    ],
    [
      'responses',
      (a) =>
        stored({
          output: JSON.stringify([
            {
              output: [
                { type: 'reasoning', summary: ['hm'] },
                { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: a }] },
              ],
            },
          ]),
        }),
    ],
    [
      'blocks',
      (a) =>
        stored({
          'mlflow.spanOutputs': JSON.stringify({
            role: 'assistant',
            content: [{ type: 'text', text: a }],
          }),
        }),
    ],
    [
      'what Python printed',
      (a) => stored({ 'output.value': `[{'role': 'assistant', 'content': ${JSON.stringify(a)}}]` }),
    ],
    [
      'the last of the turns',
      (a) =>
        stored({
          events: JSON.stringify([
            { role: 'user', content: REFUSAL },
            { 'event.name': 'gen_ai.choice', message: { role: 'assistant', content: a } },
          ]),
        }),
    ],
    [
      'a span event',
      (a) =>
        stored(
          {},
          {
            events: [{ name: 'gen_ai.choice', values: { message: JSON.stringify([{ text: a }]) } }],
          },
        ),
    ],
    [
      'a log record',
      (a) =>
        stored(
          {},
          { bodies: [JSON.stringify({ index: 0, message: { role: 'assistant', content: a } })] },
        ),
    ],
  ])('%s', (_, keep) => {
    expect([judged(keep(FINE)), judged(keep(REFUSAL))]).toEqual(['fine', 'refusal']);
  });
});

const choices = (content: string | null, more = {}) => ({
  id: 'c',
  choices: [{ index: 0, message: { role: 'assistant', content, ...more } }],
});

test.each<[string, StoredAnswer, string | null]>([
  ['nothing kept', stored({}), null],
  [
    'another event',
    stored({}, { events: [{ name: 'gen_ai.user.message', values: { content: REFUSAL } }] }),
    null,
  ],
  ['a body that is a name', stored({}, { bodies: ['gen_ai.choice'] }), null],
  ['no text', stored({ 'gen_ai.output.messages': messages(text('')) }), 'empty'],
  ['no parts', stored({ 'gen_ai.output.messages': messages() }), 'empty'],
  [
    'a role and no more',
    stored({}, { bodies: ['{"message":{"role":"assistant"}}'] }),
    'unreadable',
  ],
  [
    'cut off',
    stored({ 'gen_ai.output.messages': messages(text(FINE)).slice(0, 60) }),
    'unreadable',
  ],
  ['withheld', stored({ 'output.value': '__REDACTED__' }), 'unreadable'],
  [
    'tools',
    stored({
      'gen_ai.output.messages': messages({ type: 'tool_call', name: 'search', arguments: {} }),
    }),
    'tool_calls',
  ],
  [
    'tools without a text',
    stored({ 'output.value': JSON.stringify(choices(null, { tool_calls: [{ id: 't' }] })) }),
    'tool_calls',
  ],
  [
    'tools by the reason',
    stored({ 'ai.response.text': '' }, { finish_reasons: ['tool_call'] }),
    'tool_calls',
  ],
  [
    'text and tools',
    stored({
      'gen_ai.output.messages': messages(text(REFUSAL), { type: 'tool_call', name: 'search' }),
    }),
    'refusal',
  ],
  [
    'thinking is not said',
    stored({
      'gen_ai.output.messages': messages({ type: 'thinking', content: REFUSAL }, text(FINE)),
    }),
    'fine',
  ],
  ['JSON', stored({ 'gen_ai.output.type': 'json', 'ai.response.text': '{"a":1}' }), 'fine'],
  ['no JSON', stored({ 'gen_ai.output.type': 'json', 'ai.response.text': FINE }), 'invalid_json'],
  ['JSON as data', stored({ 'gen_ai.output.type': 'json', output: '{"city":"Paris"}' }), 'fine'],
  ['JSON unasked', stored({ 'ai.response.text': FINE, 'gen_ai.output.type': 'text' }), 'fine'],
])('%s: %s', (_, answer, expected) => {
  expect(judged(answer)).toBe(expected);
});

test("the agent's own verdict comes first, because it saw the whole text", () => {
  const own = {
    'spanledger.quality.score': '0.8',
    'spanledger.quality.valid': 'false',
    'spanledger.quality.errors': '["refusal"]',
    'spanledger.quality.words': '9',
  };
  const verdict = verdictOn(stored({ ...own, 'ai.response.text': FINE }));
  expect(verdict).toEqual({
    ...{ source: 'agent', reason: '', score: 0.8, valid: false },
    ...{ errors: ['refusal'], warnings: [], words: 9 },
  });
  expect(verdictOn(stored({ 'spanledger.quality.score': '7' }))).toBeNull();
});
