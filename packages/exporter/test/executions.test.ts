// Goal: the time of model calls is the union of theirs, a chain has each run once whatever its parents say,
// and stages are paired with their ends. Method: laws over generated runs, against the plainest reckoning.

import { bundledPriceBook } from '@spanledger/ledger';
import type { ModelCall } from '@spanledger/store';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainOf, type Link } from '../src/executions/call-chain.ts';
import { isoTime } from '../src/executions/iso-time.ts';
import { modelCallAnswer } from '../src/executions/model-call-answer.ts';
import { overheadOf, unionOf } from '../src/executions/overhead.ts';
import { successRate } from '../src/executions/success-rate.ts';

const moment = fc.integer({ min: 0, max: 60 });
const intervals = fc.array(fc.tuple(moment, moment), { maxLength: 8 });
const at = (from: number, to: number) => ({ start_ns: BigInt(from), end_ns: BigInt(to) });

describe('the time of model calls', () => {
  test('is every instant that one of them covers, once, and none outside of the run', () => {
    fc.assert(
      fc.property(intervals, moment, moment, (calls, from, to) => {
        const covered = Array.from({ length: 60 }, (_, instant) => instant).filter(
          (instant) =>
            instant >= from && instant < to && calls.some(([a, b]) => instant >= a && instant < b),
        );
        const given = calls.map(([a, b]) => at(a, b));
        expect(unionOf(given, at(from, to))).toBe(BigInt(covered.length));
      }),
    );
  });

  test('and the rest are the whole', () => {
    const run = at(0, 10_000_000);
    const { model_ms, overhead_ms } = overheadOf(run, [
      at(1_000_000, 4_000_000),
      at(3_000_000, 6_000_000),
    ]);
    expect([model_ms, overhead_ms]).toEqual([5, 5]);
  });
});

test('a chain has each run once, below its parent where it is there, whatever they say', () => {
  const id = fc.integer({ min: 0, max: 9 }).map(String);
  const run = fc.record({ span_id: id, parent_span_id: id, parent_execution_id: fc.constant('') });
  fc.assert(
    fc.property(fc.uniqueArray(run, { selector: ({ span_id }) => span_id }), (found) => {
      const runs = found.map((one, place) => ({
        ...one,
        ...{ execution_id: `x-${one.span_id}`, start_ns: BigInt(place) },
      }));
      const seen: string[] = [];
      const walk = (links: readonly Link<(typeof runs)[number]>[], depth: number): void => {
        for (const [place, link] of links.entries()) {
          expect([link.depth, link.sequence]).toEqual([depth, place]);
          seen.push(link.run.span_id);
          for (const { run: child } of link.children) {
            expect(child.parent_span_id).toBe(link.run.span_id);
          }
          walk(link.children, depth + 1);
        }
      };
      walk(chainOf(runs), 0);
      expect(seen.toSorted()).toEqual(runs.map(({ span_id }) => span_id).toSorted());
    }),
  );
});

test.each([
  [1_700_000_000_000_000_000n, '2023-11-14T22:13:20.000Z'],
  [1_700_000_000_123_000_000n, '2023-11-14T22:13:20.123Z'],
  [1_700_000_000_000_000_001n, '2023-11-14T22:13:20.000000001Z'],
])('%s ns is %s', (time_ns, text) => expect(isoTime(time_ns)).toBe(text));

test.each([
  [{ success: 3, failed: 1 }, 0.75],
  [{ success: 1, skipped: 5, running: 5 }, 1],
  [{ failed: 2 }, 0],
  [{ skipped: 2, pending: 1 }, null],
  [{}, null],
])('of %o the success rate is %s', (counts, rate) => expect(successRate(counts)).toBe(rate));

test.each([
  [1_000, 100, '0.0025', '0.001'],
  [1_000, null, '0.0025', null],
  [null, 100, null, '0.001'],
  [1_000, 0, '0.0025', '0'],
])('of %s and %s tokens the parts of the cost are %s and %s', (input, output, ...parts) => {
  const book = bundledPriceBook();
  const asked = { provider: 'openai', model: 'gpt-4o', service_tier: '' };
  const time_ns = 1_790_000_000_000_000_000n;
  const price = book.find({ org_id: 'acme', ...asked, time_ns });
  const answer = modelCallAnswer(
    {
      ...{ ...asked, start_ns: time_ns, duration_ns: 0n, time_to_first_chunk_ns: null },
      ...{ input_uncached: input, output, cost_usd: 1n },
      ...{ cache_read: null, cache_write_5m: null, cache_write_1h: null, audio_in: null },
      ...{ image_in: null, reasoning: null, audio_out: null, image_out: null },
      price_id: typeof price === 'string' ? price : price.id,
    } as unknown as ModelCall,
    'acme',
    book,
  );
  expect([answer.input_cost_usd, answer.output_cost_usd]).toEqual(parts);
});
