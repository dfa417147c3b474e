// Laws of settling, on random units: the same rows for every order, repetition and split of the
// facts; nothing lost, nothing counted twice; deep, looped and torn traces settle as well.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bundledPriceBook,
  INPUT_CLASSES,
  OUTPUT_CLASSES,
  settle,
  type Fact,
  type Kind,
  type Mark,
  type Settlement,
} from '../src/index.ts';
import { call, fact, silentCall } from './fact-builder.ts';

const BOOK = bundledPriceBook();

function text(settlement: Settlement): string {
  return JSON.stringify(settlement, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
}

const KINDS: readonly Kind[] = ['agent', 'llm', 'llm', 'llm', 'tool', 'embedding', 'step', 'other'];
const MARKS: readonly (readonly Mark[])[] = [
  [],
  ['answered'],
  ['answered', 'not_current'],
  ['inferred'],
  ['estimate'],
  ['cumulative'],
  ['stream_end'],
];

/** Small ranges on purpose: ids, scopes, times and figures shall collide. */
const anyFact: fc.Arbitrary<Fact> = fc
  .record({
    trace: fc.integer({ min: 0, max: 2 }),
    span: fc.integer({ min: 1, max: 14 }),
    parent: fc.integer({ min: 0, max: 16 }),
    kind: fc.constantFrom(...KINDS),
    marks: fc.constantFrom(...MARKS),
    at: fc.integer({ min: 0, max: 60 }),
    ms: fc.integer({ min: 0, max: 60 }),
    scope: fc.constantFrom('scope-a', 'scope-b', 'scope-c'),
    service: fc.constantFrom('app', 'app', 'gateway'),
    span_kind: fc.constantFrom('client', 'internal', 'server'),
    response_id: fc.constantFrom('', '', 'r1', 'r2', 'r3'),
    silent: fc.boolean(),
    failed: fc.boolean(),
    input: fc.constantFrom(0, 40, 120, 140),
    version: fc.integer({ min: 1, max: 3 }),
    log: fc.integer({ min: 0, max: 9 }),
  })
  .map((any) => {
    const figures = { input_tokens: any.input, cache_read_tokens: any.input === 120 ? 80 : null };
    const log = any.log === 0;
    return (any.silent ? silentCall : call)({
      trace_id: String(any.trace).repeat(32),
      span_id: any.span.toString(16).padStart(16, '0'),
      event_id: log ? `${any.at}-${any.scope}` : '',
      signal: log ? 'log' : 'span',
      parent_span_id: any.parent === 0 || log ? '' : any.parent.toString(16).padStart(16, '0'),
      kind: any.kind,
      marks: any.marks,
      at: any.at,
      ms: any.ms,
      scope_name: any.scope,
      service_name: any.service,
      span_kind: any.span_kind as Fact['span_kind'],
      response_id: any.response_id,
      status: any.failed ? 'error' : 'unset',
      version: BigInt(any.version),
      ...(any.silent ? {} : figures),
    });
  });

const anyUnit = fc.array(anyFact, { minLength: 0, maxLength: 25 });

describe('settle', () => {
  it('does not depend on the order of the facts', () => {
    const shuffled = anyUnit.chain((unit) =>
      fc.tuple(
        fc.constant(unit),
        fc.shuffledSubarray(unit, { minLength: unit.length, maxLength: unit.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([unit, other]) => {
        expect(text(settle(other, BOOK))).toBe(text(settle(unit, BOOK)));
      }),
      { numRuns: 400 },
    );
  });

  it('does not depend on how often a fact came, nor in which parts', () => {
    const torn = fc.tuple(
      anyUnit,
      fc.integer({ min: 0, max: 25 }),
      fc.integer({ min: 0, max: 25 }),
    );
    fc.assert(
      fc.property(torn, ([unit, from, to]) => {
        const again = [...unit.slice(from), ...unit, ...unit.slice(0, to)].map((one) => ({
          ...one,
        }));
        expect(text(settle(again, BOOK))).toBe(text(settle(unit, BOOK)));
      }),
      { numRuns: 200 },
    );
  });

  it('gives every call record exactly one row, and counts no figure that no record has', () => {
    fc.assert(
      fc.property(anyUnit, (unit) => {
        const { rows } = settle(unit, BOOK);
        const keys = rows.map((row) => `${row.trace_id}:${row.span_id}:${row.event_id}`);
        expect(new Set(keys).size).toBe(keys.length);
        const calls = new Set(unit.map((one) => `${one.trace_id}:${one.span_id}:${one.event_id}`));
        for (const key of keys) expect(calls).toContain(key);
        for (const row of rows) {
          const owns = row.role === 'owner';
          const total = [...INPUT_CLASSES, ...OUTPUT_CLASSES].some((name) => row[name] !== null);
          expect(total).toBe(owns);
          expect(row.counted).toBe(owns || row.role === 'unknown');
          if (row.cost_usd !== null) expect(owns).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('sums each run from the calls that it owns', () => {
    fc.assert(
      fc.property(anyUnit, (unit) => {
        const { rows, executions } = settle(unit, BOOK);
        for (const run of executions) {
          const own = rows.filter((row) => row.counted && row.execution_id === run.execution_id);
          expect(run.calls).toBe(own.length);
          expect(run.calls_with_usage).toBe(own.filter((row) => row.role === 'owner').length);
          for (const name of [...INPUT_CLASSES, ...OUTPUT_CLASSES]) {
            const known = own.map((row) => row[name]).filter((count) => count !== null);
            const sum = known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
            expect(run[name]).toBe(sum);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never counts more with a record less, where one id holds the records together', () => {
    const layers = ['scope-a', 'scope-b', 'scope-c'].map((scope_name, depth) =>
      call({ scope_name, response_id: 'r', at: depth, ms: 100 - 2 * depth }),
    );
    for (const dropped of layers) {
      const { rows } = settle(
        layers.filter((one) => one !== dropped),
        BOOK,
      );
      expect(rows.filter((row) => row.counted)).toHaveLength(1);
    }
  });
});

const SPANS = 100_000;

function hex(n: number): string {
  return n.toString(16).padStart(16, '0');
}

describe('large and broken traces', { timeout: 90_000 }, () => {
  it('a chain of 100,000 calls beneath each other settles without recursion', () => {
    const chain = Array.from({ length: SPANS }, (_, n) =>
      fact({ span_id: hex(n + 1), parent_span_id: n === 0 ? '' : hex(n), ms: 1000 }),
    );
    chain.push(call({ span_id: hex(SPANS + 1), parent_span_id: hex(SPANS) }));
    const { rows } = settle(chain, BOOK);
    expect(rows).toHaveLength(1);
  });

  it('100,000 calls with one response id and one scope stay so many calls', () => {
    const flat = Array.from({ length: SPANS }, (_, n) =>
      call({ span_id: hex(n + 1), response_id: 'r', at: n, ms: 5 }),
    );
    const { rows } = settle(flat, BOOK);
    expect(rows.filter((row) => row.counted)).toHaveLength(SPANS);
  });

  it('100,000 calls at the same time that could all be twins stay bounded', () => {
    const twins = Array.from({ length: SPANS }, (_, n) =>
      call({
        span_id: hex(n + 1),
        scope_name: n % 2 === 0 ? 'callback' : 'client',
        marks: n % 2 === 0 ? ['not_current'] : [],
        ms: n % 2 === 0 ? 120 : 100,
      }),
    );
    const { rows } = settle(twins, BOOK);
    expect(rows.filter((row) => row.counted)).toHaveLength(SPANS / 2);
  });

  it('parents in a circle, a span that is its own parent, and parents that never come', () => {
    const circle = [1, 2, 3].map((n) =>
      call({
        span_id: hex(n),
        parent_span_id: hex((n % 3) + 1),
        at: n,
        ms: 500,
        response_id: `r${n}`,
      }),
    );
    const own = call({ span_id: hex(9), parent_span_id: hex(9), at: 5000, response_id: 'r9' });
    const orphan = call({
      span_id: hex(10),
      parent_span_id: hex(77),
      at: 9000,
      response_id: 'r10',
    });
    const { rows } = settle([...circle, own, orphan], BOOK);
    expect(rows).toHaveLength(5);
    expect(rows.filter((row) => row.counted).length).toBeGreaterThanOrEqual(3);
  });

  it('no facts are no rows', () => {
    expect(settle([], BOOK)).toEqual({ rows: [], executions: [] });
  });
});
