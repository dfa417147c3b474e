// What a stream has cost so far: the chunks are the stream's own, the figures the provider's as soon as
// it tells them, and money is exact.

import { expect, test } from 'vitest';
import { liveCost, type LiveCost } from '../src/agents/live-cost.ts';

async function* streamOf(...chunks: readonly unknown[]): AsyncGenerator<unknown> {
  yield* chunks;
}

async function costs(chunks: readonly unknown[], price: object, inputTokens?: number) {
  const seen: LiveCost[] = [];
  const metered = liveCost(streamOf(...chunks), {
    price: price as never,
    ...(inputTokens === undefined ? null : { inputTokens }),
    onCost: (cost) => seen.push(cost),
  });
  const read: unknown[] = [];
  for await (const chunk of metered) read.push(chunk);
  expect(read).toEqual(chunks);
  expect(seen.at(-1) ?? metered.cost).toEqual(metered.cost);
  return seen.map(
    ({ input_tokens, output_tokens, estimated, cost_usd }) =>
      `${input_tokens} ${output_tokens}${estimated ? '~' : ''} ${cost_usd}`,
  );
}

const delta = (content: string) => ({ choices: [{ delta: { content } }] });
const PRICE = { input: '2.50', output: 10, cacheRead: '1.25', cacheWrite: '3.125' };

test.each([
  [
    'chat completion',
    [
      delta('four'),
      delta(' more'),
      { choices: [], usage: { prompt_tokens: 100, completion_tokens: 7 } },
    ],
    ['null 1~ null', 'null 3~ null', '100 7 0.00032'],
  ],
  [
    'response',
    [
      { type: 'response.output_text.delta', delta: 'abcdefgh' },
      {
        type: 'response.completed',
        response: {
          usage: { input_tokens: 10, output_tokens: 2, input_tokens_details: { cached_tokens: 4 } },
        },
      },
    ],
    ['null 2~ null', '10 2 0.00004'],
  ],
  [
    'message',
    [
      {
        type: 'message_start',
        message: {
          usage: {
            input_tokens: 20,
            cache_read_input_tokens: 100,
            cache_creation_input_tokens: 30,
            output_tokens: 1,
          },
        },
      },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'abcd' } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 40 } },
    ],
    ['150 0~ 0.00026875', '150 1~ 0.00027875', '150 40 0.00066875'],
  ],
  ['texts', ['abcd', 'efgh'], ['null 1~ null', 'null 2~ null']],
  [
    'parts',
    [
      { type: 'text-delta', text: 'abcd' },
      { type: 'finish', totalUsage: { inputTokens: 4, outputTokens: 3 } },
    ],
    ['null 1~ null', '4 3 0.00004'],
  ],
  ['nothing that is known', [7, null, { type: 'ping' }, Object.create(null)], []],
] as const)('%s', async (_name, chunks, expected) => {
  expect(await costs(chunks, PRICE)).toEqual(expected);
});

test('the input that was counted before stands in until the provider tells its own', async () => {
  expect(await costs([delta('abcd')], PRICE, 1000)).toEqual(['1000 1~ 0.00251']);
});

test.each([
  [{ input: '1', output: 'dear' }],
  [{ input: '-1', output: '1' }],
  [{ input: '1' }],
  [{}],
  [undefined],
  [{ input: '0.1234567', output: 1 }],
])('a price that is none gives no cost: %j', async (price) => {
  expect(await costs([delta('abcd')], price as never, 10)).toEqual(['10 1~ null']);
});

test('a break, an error and a throw reach the stream, and its error the program', async () => {
  const ends: string[] = [];
  const stream = async function* () {
    try {
      yield 'a';
      yield 'b';
      throw new RangeError('of the stream');
    } finally {
      ends.push('closed');
    }
  };
  for await (const chunk of liveCost(stream(), { price: PRICE })) {
    ends.push(chunk);
    break;
  }
  const all = async () => {
    for await (const chunk of liveCost(stream(), { price: PRICE })) ends.push(chunk);
  };
  await expect(all()).rejects.toThrow('of the stream');
  expect(ends).toEqual(['a', 'closed', 'a', 'b', 'closed']);
});

test('what is told of the cost may throw as it likes', async () => {
  const metered = liveCost(streamOf('abcd'), {
    price: PRICE,
    onCost: () => {
      throw new Error('of the program');
    },
  });
  for await (const chunk of metered) expect(chunk).toBe('abcd');
});
