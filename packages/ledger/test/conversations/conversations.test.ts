// The same conversation told in the words of every emitter gives the same ledger, less what the
// emitter does not carry, and that with the reason which its table names.

import { expect, it } from 'vitest';
import { factsOf } from '../../src/account.ts';
import { conversationOf } from './conversation.ts';
import { differences, expected, foundIn } from './expectation.ts';
import { tell, type Teller } from './teller.ts';
import { TELLERS } from './tellers/index.ts';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

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

it.each(TELLERS)('$emitter', (teller) => {
  expect(faultsOf(teller).join('\n')).toBe('');
});
