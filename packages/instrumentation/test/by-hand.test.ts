// Usage told by hand and by results: figures as they were told, one span a call, and the results as
// they were.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROGRAMS, runChild, sdkFolder, startSink, type Sink, type Span } from './child.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';

const PROGRAM = join(PROGRAMS, 'by-hand.mjs');

/** input, output, cache read, cache write, reasoning; '-' for what nobody said. */
const RESULTS: Record<string, string | null> = {
  'usage as a function': '300 40 100 - 7',
  'usage in the older words': '30 4 - - -',
  'the total before the last step': '500 60 300 100 10',
  'four words of the AI SDK': '9 2 - - -',
  'chat completion': '120 30 100 - 12',
  response: '8 9 0 - -',
  message: '150 40 100 30 -',
  converse: '150 40 100 30 -',
  candidates: '11 11 - - 6',
  'message of a chain': '70 3 50 10 1',
  'no usage': null,
  'figures that are none': null,
  'not an object': null,
  'at once': '8 9 0 - -',
  'own way': '5 - - - -',
  fails: null,
  'fails at once': null,
  streamed: null,
  'recorded within': '120 30 100 - 12',
  outer: null,
  inner: '120 30 100 - 12',
  'told within': '3 1 - - -',
  'outer of results': null,
  'inner of results': '150 40 100 30 -',
};

/** Of some: who was asked, what answered, and by which id it is known. */
const ANSWERS: Record<string, Record<string, unknown>> = {
  'usage as a function': { 'spanledger.usage.requests': 3 },
  'the total before the last step': {
    'gen_ai.request.model': 'gpt-5-mini',
    'gen_ai.response.model': 'gpt-5-mini',
    'gen_ai.provider.name': 'openai',
    'gen_ai.response.id': undefined,
  },
  'chat completion': {
    'gen_ai.response.model': 'gpt-4o-2024-08-06',
    'gen_ai.response.id': 'chatcmpl-1',
    'spanledger.by_hand': true,
  },
  message: { 'gen_ai.provider.name': 'anthropic', 'gen_ai.response.id': 'msg-1' },
  candidates: { 'gen_ai.provider.name': 'gcp.gemini' },
  'at once': { 'gen_ai.request.model': 'gpt-4o', 'gen_ai.response.model': 'gpt-5' },
  'own way': { 'gen_ai.request.model': 'm', 'gen_ai.provider.name': 'groq' },
  'recorded within': { 'gen_ai.request.model': 'm-chat', 'spanledger.by_hand': undefined },
};

const RECORDED: Record<string, { name: string; status: number; told: Record<string, unknown> }> = {
  host: {
    name: 'chat claude-sonnet-4-5',
    status: 0,
    told: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'claude-sonnet-4-5',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.agent.name': 'host',
      'gen_ai.response.id': 'msg-9',
      'gen_ai.usage.input_tokens': 1200,
      'gen_ai.usage.output_tokens': 90,
      'gen_ai.usage.cache_read.input_tokens': 1000,
      'gen_ai.usage.cache_write.input_tokens': 50,
      'gen_ai.usage.reasoning.output_tokens': 0,
      'spanledger.action_type': 'stream',
      'spanledger.by_hand': true,
      'spanledger.label.show': 'news',
      'spanledger.label.take': 2,
      'user.id': 'ada',
    },
  },
  editor: {
    name: 'embeddings text-embedding-3-small',
    status: 0,
    told: {
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.request.model': 'text-embedding-3-small',
      'gen_ai.provider.name': 'openai',
      'gen_ai.agent.name': 'editor',
      'gen_ai.usage.input_tokens': 8,
      'spanledger.by_hand': true,
    },
  },
  producer: {
    name: 'chat own-model',
    status: 2,
    told: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'own-model',
      'gen_ai.agent.name': 'producer',
      'error.type': 'SyntaxError',
      'spanledger.error.message': 'cut off',
      'spanledger.by_hand': true,
    },
  },
  checker: {
    name: 'chat own-model',
    status: 2,
    told: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'own-model',
      'gen_ai.agent.name': 'checker',
      'error.type': 'rate_limit',
      'spanledger.error.message': 'rate_limit',
      'spanledger.by_hand': true,
    },
  },
  nested: {
    name: 'chat gpt-4o',
    status: 0,
    told: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.provider.name': 'openai',
      'gen_ai.agent.name': 'nested',
      'gen_ai.usage.output_tokens': 2,
      'spanledger.by_hand': true,
      'user.id': 'bo',
    },
  },
};

const WARNINGS = [
  'spanledger: a streamed result is not asked for its usage: see recordUsage',
  'spanledger: inputTokens is left out: no whole number from 0 on',
];

describe('by hand', () => {
  let provider: OpenAIStandIn;
  let sink: Sink;
  const outputs: string[] = [];
  beforeAll(async () => {
    provider = await startOpenAI();
    sink = await startSink();
    const args = [join(sdkFolder('openai-6'), 'sdk.mjs'), `${provider.url}/hand/v1`];
    const bare = await runChild(PROGRAM, args, {});
    const watched = await runChild(PROGRAM, args, { preload: 'register', sinkUrl: sink.url });
    expect([bare.code, watched.code]).toEqual([0, 0]);
    expect(bare.err).toBe(`${WARNINGS[1]}\n`);
    outputs.push(bare.out, watched.out);
    expect(watched.err.trim().split('\n')).toEqual(WARNINGS);
  });
  afterAll(() => Promise.all([provider.stop(), sink.stop()]));

  const runOf = (agent: string): Span =>
    sink.spans.find(({ name }) => name === `invoke_agent ${agent}`) as Span;
  const callsOf = (agent: string): Span[] =>
    sink.spans.filter(
      ({ parent_span_id, kind }) => parent_span_id === runOf(agent).span_id && kind === 3,
    );

  test('the program sees the same with us and without', () => {
    expect(outputs[1]).toBe(outputs[0]);
    expect(outputs[0]).not.toMatch(/false|asked [1-9]/);
    expect(outputs[0]).toContain('RangeError: as it did\nTypeError: as it did\nasked 0\n');
  });

  test.each(Object.entries(RESULTS))('the result %s', (agent, usage) => {
    const calls = callsOf(agent);
    expect(calls.map(({ attributes }) => figures(attributes))).toEqual(
      usage === null ? [] : [usage],
    );
    expect(runOf(agent).attributes['gen_ai.usage.input_tokens']).toBeUndefined();
  });

  test.each(Object.entries(ANSWERS))('what %s says beside its figures', (agent, told) => {
    const found = callsOf(agent)[0]?.attributes ?? {};
    const asked = Object.keys(told).map((name) => [name, found[name]]);
    expect(Object.fromEntries(asked)).toEqual(told);
  });

  test.each(Object.entries(RECORDED))('recordUsage of %s', (agent, expected) => {
    const found = sink.spans.filter(
      ({ kind, attributes }) => kind === 3 && attributes['gen_ai.agent.name'] === agent,
    );
    expect(
      found.map(({ name, status, attributes }) => ({ name, status, told: attributes })),
    ).toEqual([expected]);
  });

  test('a duration is the time until it was told', () => {
    const host = sink.spans.find(
      ({ attributes }) => attributes['gen_ai.agent.name'] === 'host',
    ) as Span;
    expect(host.took_ms).toBeGreaterThan(1490);
  });
});

function figures(attributes: Record<string, unknown>): string {
  const names = [
    ...['input_tokens', 'output_tokens', 'cache_read.input_tokens'],
    ...['cache_write.input_tokens', 'reasoning.output_tokens'],
  ];
  return names.map((name) => attributes[`gen_ai.usage.${name}`] ?? '-').join(' ');
}
