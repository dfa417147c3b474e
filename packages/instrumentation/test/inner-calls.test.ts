// Models at work within one answer of Anthropic: told apart where the figures say so exactly, and
// without figures where they do not.

import { describe, expect, test } from 'vitest';
import { innerCallsOf } from '../src/adapters/anthropic-iterations.ts';

const entry = (type: string, input_tokens: number, output_tokens: number, model?: string) => ({
  ...{ type, input_tokens, output_tokens },
  ...(model === undefined ? {} : { model }),
});
const usageOf = ({ input_tokens, output_tokens }: Readonly<Record<string, unknown>>) => ({
  in: Number(input_tokens),
  out: Number(output_tokens),
});
const told = (input_tokens: number, output_tokens: number, ...iterations: unknown[]) =>
  innerCallsOf({ input_tokens, output_tokens, iterations }, 'own', usageOf);

describe('calls within an answer', () => {
  test.each([
    ['nothing is told of turns', [], []],
    ['one model took all turns', [entry('message', 60, 20), entry('message', 40, 10)], []],
    ['a fallback took the last turn', [entry('fallback_message', 100, 30, 'other')], []],
    [
      'an advisor, beside the totals',
      [entry('message', 60, 20), entry('advisor_message', 70, 5, 'b'), entry('message', 40, 10)],
      [{ kind: 'advisor_message', model: 'b', usage: { in: 70, out: 5 } }],
    ],
    [
      'a compaction, by the same model',
      [entry('compaction', 900, 80), entry('message', 100, 30)],
      [{ kind: 'compaction', model: 'own', usage: { in: 900, out: 80 } }],
    ],
    [
      'turns that are not the totals: whose tokens these are nobody can say',
      [entry('message', 60, 20), entry('advisor_message', 40, 10, 'b')],
      [{ kind: 'advisor_message', model: 'b', usage: {} }],
    ],
    ['what is no entry', [null, 'message', 7], []],
  ])('%s', (_, iterations, expected) => {
    expect(told(100, 30, ...iterations)).toEqual(expected);
  });
});
