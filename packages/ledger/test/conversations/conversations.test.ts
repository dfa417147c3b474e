// The same conversation told in the words of every emitter, and of two at once, gives the same
// ledger, less what the emitter does not carry, and that with the reason which its table names.

import { describe, expect, it } from 'vitest';
import {
  Block,
  decodeLogs,
  decodeTraces,
  readFacts,
  type Fact,
  type OtlpRequest,
} from '../../src/index.ts';
import { conversationOf } from './conversation.ts';
import { expected } from './expectation.ts';
import { differences, foundIn } from './made-ledger.ts';
import { PAIRS } from './pairs.ts';
import { tell, type Teller } from './teller.ts';
import { TELLERS } from './tellers/index.ts';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
const block = new Block();

function factsOf(requests: readonly OtlpRequest[]): readonly Fact[] {
  block.reset();
  for (const { signal, body } of requests) {
    const decode = signal === 'traces' ? decodeTraces : decodeLogs;
    decode(body, block, { org_id: 'default' });
  }
  return readFacts(block);
}

/** What differs at the first seed where anything does. */
function faultsOf(teller: Teller): readonly string[] {
  for (const seed of SEEDS) {
    const conversation = conversationOf(seed, teller);
    const facts = factsOf(tell(teller, conversation));
    const found = differences(expected(conversation, teller), foundIn(facts));
    if (found.length > 0) return [`seed ${seed}`, ...found];
  }
  return [];
}

describe('told by one emitter', () => {
  it.each(TELLERS)('$emitter', (teller) => {
    expect(faultsOf(teller).join('\n')).toBe('');
  });
});

describe('told by two', () => {
  it.each(PAIRS)('$emitter', (teller) => {
    expect(faultsOf(teller).join('\n')).toBe('');
  });
});

it('has a name of its own for each', () => {
  const names = [...TELLERS, ...PAIRS].map(({ emitter }) => emitter);
  expect(new Set(names).size).toBe(names.length);
});
