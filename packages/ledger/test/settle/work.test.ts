// The work of settling, counted in fields that are read and not in time: it grows as the facts do,
// also in traces that are made to cost.

import { expect, it } from 'vitest';
import { settle, type Fact } from '../../src/index.ts';
import { beneath, call, event, fact, type Said } from '../fact-builder.ts';
import { BOOK } from './unit.ts';

/** How many fields of the facts were read while they were settled. */
function workOf(facts: readonly Fact[]): number {
  let reads = 0;
  const counting: ProxyHandler<Fact> = {
    get(target, name) {
      reads += 1;
      return target[name as keyof Fact];
    },
  };
  settle(
    facts.map((one) => new Proxy(one, counting)),
    BOOK,
  );
  return reads;
}

const callback: Said = { marks: ['answered', 'not_current'], scope_name: 'callback' };
const many = (count: number, one: (n: number) => Fact): Fact[] =>
  Array.from({ length: count }, (_, n) => one(n));
const span_id = (n: number): string => n.toString(16).padStart(16, '0');

const SHAPES: readonly [string, (count: number) => Fact[]][] = [
  [
    'agents with layered calls',
    (count) =>
      many(count / 4, (n) => fact({ kind: 'agent', at: n * 20, ms: 15 })).flatMap((agent, n) => {
        const outer = call(beneath(agent, { at: n * 20, ms: 12, response_id: `r${n}` }));
        const inner = call(beneath(outer, { scope_name: 'b', at: n * 20, response_id: `r${n}` }));
        return [agent, outer, inner, event({ span_id: inner.span_id, at: n * 20 + 12 })];
      }),
  ],
  ['calls with one id', (count) => many(count, (n) => call({ at: n, ms: 5, response_id: 'r' }))],
  [
    'calls in a chain',
    (count) =>
      many(count, (n) => call({ span_id: span_id(n + 1), parent_span_id: span_id(n), ms: 9 })),
  ],
  [
    'twins at one time',
    (count) => many(count, (n) => call({ ...(n % 2 === 0 ? callback : {}), ms: 120 - (n % 2) })),
  ],
  [
    'intervals within each other, of other figures',
    (count) =>
      many(count, (n) =>
        call({ ...(n % 2 === 0 ? callback : {}), at: n, ms: 9e5 - 2 * n, input_tokens: n + 200 }),
      ),
  ],
  ['events alone', (count) => many(count, (n) => event({ at: n, event_id: `${n}`, trace_id: '' }))],
  [
    'events of one agent',
    (count) => {
      const agent = fact({ kind: 'agent', ms: 1e6 });
      const half = many(count / 2, (n) => call(beneath(agent, { at: n, ms: 5 })));
      const told = many(count / 2, (n) =>
        event({ span_id: agent.span_id, at: n + 5, event_id: `${n}` }),
      );
      return [agent, ...half, ...told];
    },
  ],
  [
    'silent calls beneath a sum',
    (count) => {
      const sum = call({ kind: 'agent', ms: 1e6 });
      const silent = { input_tokens: null, output_tokens: null, cache_read_tokens: null };
      return [sum, ...many(count, (n) => call(beneath(sum, { ...silent, at: n, ms: 1 })))];
    },
  ],
];

const SMALL = 1_000;
const LARGE = 4_000;

it.each(SHAPES)('%s: four times the facts are at most five times the work', (_, shape) => {
  expect(workOf(shape(LARGE))).toBeLessThan(5 * workOf(shape(SMALL)));
});
