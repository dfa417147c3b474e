// D5 and D6: sums that bill because nobody else tells, and sums that are only a hint.

import { beneath, call, fact, OTHER_TRACE, silentCall } from '../fact-builder.ts';
import { units } from './unit.ts';

const summing = call({ kind: 'agent', ms: 1000, input_tokens: 240, output_tokens: 60 });
const ownSum = { ...summing, span_id: 'e'.repeat(16), marks: ['own_calls_only'] as const };

units('D5 and D6 sums', [
  {
    says: 'a sum bills where no call tells more',
    facts: [summing],
    roles: ['owner'],
    doubt: 'aggregate_only',
    input: 240,
  },
  {
    says: 'a sum takes the place of the silent call beneath: one call',
    facts: [summing, silentCall(beneath(summing, { at: 10 }))],
    roles: ['owner', 'duplicate'],
    rule: /D5 the sum above bills in its place/,
    input: 240,
  },
  {
    says: 'it does so through an agent between, and for all records of that call',
    facts: [
      summing,
      ...[fact(beneath(summing, { kind: 'agent', ms: 900 }))].flatMap((between) => [
        between,
        silentCall(beneath(between, { at: 10, response_id: 'r' })),
        silentCall({ at: 11, ms: 50, trace_id: OTHER_TRACE, scope_name: 'b', response_id: 'r' }),
      ]),
    ],
    roles: ['owner', 'none', 'duplicate', 'duplicate'],
    input: 240,
  },
  {
    says: 'of several silent calls it takes one place: as many calls as were seen',
    facts: [
      summing,
      silentCall(beneath(summing, { at: 10 })),
      silentCall(beneath(summing, { at: 300 })),
    ],
    roles: ['owner', 'duplicate', 'unknown'],
    reason: 'told_in_sum',
    input: 240,
  },
  {
    says: 'a silent call beside it keeps its own place',
    facts: [summing, silentCall({ at: 2000 })],
    roles: ['owner', 'unknown'],
    input: 240,
  },
  {
    says: 'the innermost sum bills, the outer one repeats it',
    facts: [summing, call(beneath(summing, { kind: 'agent', ms: 900 }))],
    roles: ['aggregate', 'owner'],
    input: 120,
  },
  {
    says: 'sums of own calls only bill side by side, each in place of its own silent call',
    facts: [
      ownSum,
      silentCall(beneath(ownSum, { at: 10 })),
      ...[call(beneath(ownSum, { kind: 'agent', ms: 400, marks: ['own_calls_only'] }))].flatMap(
        (inner) => [inner, silentCall(beneath(inner, { at: 20 }))],
      ),
    ],
    roles: ['owner', 'duplicate', 'owner', 'duplicate'],
    input: 360,
  },
  {
    says: 'a sum of own calls only does not bill beside a call of its own that tells its usage',
    facts: [ownSum, call(beneath(ownSum, { at: 10 }))],
    roles: ['aggregate', 'owner'],
    input: 120,
  },
  {
    says: 'a cumulative sum never bills',
    facts: [call({ kind: 'agent', marks: ['cumulative'] })],
    roles: ['aggregate'],
    doubt: 'cumulative_aggregate_only',
    input: 0,
  },
  {
    says: 'a sum beside a call that has no place does not bill',
    facts: [summing, call({ at: 10, trace_id: OTHER_TRACE })],
    roles: ['aggregate', 'owner'],
    doubt: 'aggregate_beside_calls',
    input: 120,
  },
  {
    says: 'a sum that carries a call’s response id does not bill',
    facts: [
      call({ kind: 'workflow', response_id: 'r', ms: 50 }),
      call({ at: 9000, response_id: 'r' }),
    ],
    roles: ['aggregate', 'owner'],
    doubt: 'aggregate_repeats_call',
    input: 120,
  },
]);
