// Laws over generated programs: whatever layers tell of the provider’s calls, the ledger is never
// above what was billed, and equal to it where a layer carries it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  INPUT_CLASSES,
  OUTPUT_CLASSES,
  settle,
  type Fact,
  type LedgerRow,
} from '../../src/index.ts';
import { carriesAll, carriesTotals, program, tell, type Program } from './layers.ts';
import { BOOK, sumOf } from './unit.ts';

interface Sums {
  calls: number;
  input: number;
  output: number;
  cache_read: number;
  cache_write: number;
  reasoning: number;
}

function billed({ served }: Program): Sums {
  const sums = {
    calls: served.length,
    input: 0,
    output: 0,
    cache_read: 0,
    cache_write: 0,
    reasoning: 0,
  };
  for (const one of served) {
    sums.input += one.uncached + one.read + one.write;
    sums.output += one.text + one.reasoning;
    sums.cache_read += one.read;
    sums.cache_write += one.write;
    sums.reasoning += one.reasoning;
  }
  return sums;
}

function counted(facts: readonly Fact[]): Sums {
  const { rows } = settle(facts, BOOK);
  return {
    calls: rows.filter((row) => row.counted).length,
    input: sumOf(rows, INPUT_CLASSES),
    output: sumOf(rows, OUTPUT_CLASSES),
    cache_read: sumOf(rows, ['cache_read']),
    cache_write: sumOf(rows, ['cache_write_5m', 'cache_write_1h']),
    reasoning: sumOf(rows, ['reasoning']),
  };
}

function atMost(found: Sums, truth: Sums): void {
  for (const name of Object.keys(truth) as (keyof Sums)[]) {
    expect(found[name], name).toBeLessThanOrEqual(truth[name]);
  }
}

const text = (rows: readonly LedgerRow[]): string =>
  JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));

const anySubset = <T>(all: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...all]);

/**
 * A server beneath its client, or an emitter that is not current beneath one that is or beside
 * events: when the record between is lost, nothing but an id ties what is left.
 */
function hangsByOneRecord({ layers, events, gateway }: Program): boolean {
  const from = events === null ? 1 : 0;
  return gateway !== null || layers.some(({ place }, n) => n >= from && place !== 'current');
}

function withIds(of: Program): Program {
  const layers = of.layers.map((one) => ({ ...one, with_id: true }));
  return { ...of, layers, events: of.events === null ? null : { ...of.events, with_id: true } };
}

/** Calls that may be at once differ in model: of one model, nothing but ids keeps them apart. */
function toldApart(of: Program): Program {
  const reach_ms = of.events === null ? 100 : 2_100;
  const served = of.served.map((one, n) => {
    const at_once = of.served
      .slice(0, n)
      .some(
        (other) =>
          other.model === one.model &&
          one.at <= other.at + other.ms + reach_ms &&
          other.at <= one.at + one.ms + reach_ms,
      );
    return at_once ? { ...one, model: `${one.model}-${n}` } : one;
  });
  return { ...of, served };
}

/** A gateway beside a sum in another trace: when the client’s records are lost, nothing ties the two. */
function hasSumApartFromGateway({ agent, layers, gateway }: Program): boolean {
  return agent === 'sums' && gateway !== null && layers.some(({ place }) => place === 'detached');
}

const RUNS = { numRuns: 400 };
/** Several times what they take beside other work. */
const LIMIT_MS = 120_000;

describe('programs of many layers', { timeout: LIMIT_MS }, () => {
  it('the ledger is what was billed, class by class, where a layer carries it', () => {
    const law = fc.property(program, (of) => {
      const [found, truth] = [counted(tell(of)), billed(of)];
      atMost(found, truth);
      expect(found.calls).toBe(truth.calls);
      if (carriesAll(of)) expect(found).toEqual(truth);
      else if (carriesTotals(of))
        expect(found).toMatchObject({ input: truth.input, output: truth.output });
    });
    fc.assert(law, RUNS);
  });

  it('neither order, nor repetition, nor the parts in which it comes matter', () => {
    const law = program.chain((of) => {
      const facts = tell(of);
      const shuffled = fc.shuffledSubarray(facts, { minLength: facts.length });
      return fc.tuple(fc.constant(facts), shuffled, anySubset(facts));
    });
    fc.assert(
      fc.property(law, ([facts, other, again]) => {
        const rows = text(settle(facts, BOOK).rows);
        expect(text(settle([...again, ...other], BOOK).rows)).toBe(rows);
      }),
      RUNS,
    );
  });

  it('ids that emitters do not tell never raise a total', () => {
    const scopes = ['layer-0', 'layer-1', 'layer-2', 'layer-3', 'gateway'];
    fc.assert(
      fc.property(program, anySubset(scopes), (of, silent) => {
        const bare = tell(withIds(of)).map((one) =>
          silent.includes(one.scope_name) ? { ...one, response_id: '' } : one,
        );
        atMost(counted(bare), billed(of));
      }),
      RUNS,
    );
  });

  it('nor do ids that single records lack, of calls that model or time tells apart', () => {
    const law = program.map(toldApart).chain((of) => {
      const facts = tell(withIds(of));
      const lacking = fc.array(fc.boolean(), { minLength: facts.length, maxLength: facts.length });
      return fc.tuple(fc.constant(of), fc.constant(facts), lacking);
    });
    fc.assert(
      fc.property(law, ([of, facts, lacking]) => {
        const bare = facts.map((one, n) =>
          lacking[n] === true ? { ...one, response_id: '' } : one,
        );
        atMost(counted(bare), billed(of));
      }),
      RUNS,
    );
  });

  it('records that are lost never raise a total above what was billed', () => {
    const law = program.chain((of) => {
      const known = hangsByOneRecord(of) ? withIds(of) : of;
      const use: Program = hasSumApartFromGateway(of) ? { ...known, agent: 'plain' } : known;
      return fc.tuple(fc.constant(use), anySubset(tell(use)));
    });
    fc.assert(
      fc.property(law, ([of, left]) => {
        const truth = billed(of);
        // A sum that bills is one call more beside silent calls that lost their place beneath it.
        atMost(counted(left), of.agent === 'sums' ? { ...truth, calls: truth.calls + 1 } : truth);
      }),
      RUNS,
    );
  });

  it('the same program run again an hour later, or beside another one, adds exactly its own', () => {
    fc.assert(
      fc.property(program, program, (of, other) => {
        const first = tell(of);
        const later = tell(of, 3_600_000, 2);
        const once = counted(first);
        const twice = counted([...later, ...first]);
        for (const name of Object.keys(once) as (keyof Sums)[]) {
          expect(twice[name], name).toBe(2 * once[name]);
        }
        const elsewhere = tell(other, 7, 3).map((one) => ({
          ...one,
          service_name: `other-${one.service_name}`,
        }));
        const own = settle(first, BOOK).rows;
        const both = settle([...elsewhere, ...first], BOOK).rows;
        const traces = new Set(first.map((one) => one.trace_id).filter((id) => id !== ''));
        const same = (row: LedgerRow): boolean => traces.has(row.trace_id);
        expect(text(both.filter(same))).toBe(text(own.filter(same)));
      }),
      RUNS,
    );
  });
});
