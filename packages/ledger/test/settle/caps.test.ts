// The caps of the searches: a record that one of them left alone says so.

import { describe, expect, it } from 'vitest';
import { settle, type Fact } from '../../src/index.ts';
import { call, event, silentCall } from '../fact-builder.ts';
import { BOOK, rowOf } from './unit.ts';

describe('caps', () => {
  const many = (count: number, one: (i: number) => Fact): Fact[] =>
    Array.from({ length: count }, (_, i) => one(i));
  const orphan = { parent_span_id: 'f'.repeat(16) };
  const scopes = (i: number): string => `scope-${String(i).padStart(3, '0')}`;
  // In each unit the search for the last record ends at a cap.
  const searches: readonly [string, readonly Fact[]][] = [
    [
      'a pair without an id',
      [
        ...many(70, () =>
          call({ marks: ['not_current'], scope_name: 'callback', ms: 200, input_tokens: 7 }),
        ),
        call({ scope_name: 'client', at: 10, ms: 100 }),
      ],
    ],
    ['pairs of many scopes', many(18, (i) => call({ scope_name: scopes(i) }))],
    [
      'one response id',
      [
        ...many(66, (i) => call({ scope_name: scopes(i), response_id: 'r' })),
        call({ scope_name: scopes(0), at: 1, response_id: 'r' }),
      ],
    ],
    [
      'the end of a stream',
      [
        ...many(66, (i) => silentCall({ at: i, ms: 1 })),
        ...many(66, (i) => call({ at: 200 + i, ms: 1, marks: ['stream_end'] })),
      ],
    ],
    [
      'the handle of a stream',
      [
        ...many(70, (i) => call({ at: 10 + i * 0.1, ms: 1 })),
        silentCall({ ms: 10, streaming: true }),
      ],
    ],
    [
      'an orphan beneath',
      [
        ...many(260, (i) => call({ ...orphan, at: 10 + i, ms: 5000 })),
        call({ marks: ['inferred'], ms: 1000 }),
      ],
    ],
    [
      'lone events',
      many(258, (i) => event({ trace_id: '', conversation_id: 'c', at: i, event_id: scopes(i) })),
    ],
  ];
  it.each(searches)('a search that a cap ended leaves a mark on the call: %s', (_, facts) => {
    const { rows } = settle(facts, BOOK);
    expect(rowOf(rows, facts.at(-1) as Fact)?.doubts).toContain('match_cap_reached');
  });

  it.each(searches)('a search within the cap leaves none: %s', (_, facts) => {
    const { rows } = settle(facts.slice(-16), BOOK);
    expect(rows.flatMap((row) => row.doubts)).not.toContain('match_cap_reached');
  });
});
