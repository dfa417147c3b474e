// Goal: each answer is judged once, whatever fails, however long the backlog, and what becomes visible
// late, too. Method: the loop on a simulated clock with a store in memory.

import { SpanledgerError, type StoredAnswer } from '@spanledger/ledger';
import type { AnsweredCall, JudgedCall } from '@spanledger/store';
import { describe, expect, test } from 'vitest';
import { AnswerJudge, ANSWERS_PAGE_MAX } from '../src/settle/answer-judge.ts';
import type { Stages } from '../src/stages.ts';
import { SimulatedClock } from './simulation.ts';

const NS_PER_MS = 1_000_000n;
const HOUR_NS = 3_600_000n * NS_PER_MS;
const START_NS = 100n * 24n * HOUR_NS;
const MINUTES_10 = 600_000;

class World {
  readonly clock = new SimulatedClock();
  readonly calls: AnsweredCall[] = [];
  readonly judged: JudgedCall[] = [];
  readonly outcomes: string[] = [];
  readonly dirty = { age_ms: 0 };
  watermark = 0n;
  /** Reads that fail, from the next on. */
  failing: Error[] = [];
  /** Batches that are larger than this have too large an answer. */
  readable_max = Infinity;

  now_ns(): bigint {
    return START_NS + BigInt(Math.floor(this.clock.now())) * NS_PER_MS;
  }

  add(count: number, written_at = this.now_ns(), org_id = 'acme'): void {
    for (let i = 0; i < count; i++) {
      this.calls.push({
        ...{ org_id, trace_id: `t${this.calls.length}`, span_id: 's', event_id: '' },
        ...{ start_time: written_at, finish_reasons: [], written_at },
      });
    }
  }

  judge(): AnswerJudge {
    return new AnswerJudge(this.stages());
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    await this.clock.until(this.clock.sleep(ms));
  }

  judgedOnce(): void {
    const names = this.judged.map(({ call }) => call.trace_id);
    expect(names.toSorted()).toEqual(this.calls.map(({ trace_id }) => trace_id).toSorted());
  }

  stages(): Stages {
    const store = {
      serverTime: () => Promise.resolve(this.now_ns()),
      watermark: () => Promise.resolve(this.watermark),
      setWatermark: (_: string, seen_ns: bigint) => {
        this.watermark = seen_ns - 60_000n * NS_PER_MS;
        return Promise.resolve();
      },
      answersSince: (
        { since_ns, now_ns, window_ns }: Record<'since_ns' | 'now_ns' | 'window_ns', bigint>,
        max: number,
      ) => {
        const last = since_ns + window_ns >= now_ns;
        const end_ns = last ? now_ns * 2n : since_ns + window_ns;
        const known = new Set(this.judged.map(({ call }) => call));
        const all = this.calls
          .filter((call) => call.written_at >= since_ns && call.written_at < end_ns)
          .filter((call) => !known.has(call))
          .toSorted((one, other) => Number(one.written_at - other.written_at));
        const edge = all[max - 1]?.written_at;
        const calls = all.filter(({ written_at }) => edge === undefined || written_at <= edge);
        const next_ns = calls.length >= max ? (edge ?? 0n) + 1n : last ? null : end_ns;
        return Promise.resolve({ calls, next_ns });
      },
      storedAnswers: (_: string, calls: readonly AnsweredCall[]) => {
        const error = this.failing.shift();
        if (error !== undefined) return Promise.reject(error);
        if (calls.length > this.readable_max)
          return Promise.reject(new SpanledgerError('answer_too_large', ''));
        const values = { 'ai.response.text': 'It is sunny in Paris.' };
        const one: StoredAnswer = { values, events: [], bodies: [], finish_reasons: [] };
        return Promise.resolve(calls.map(() => ({ ...one, request_hash: '' })));
      },
      writeVerdicts: (judged: readonly JudgedCall[]) => {
        this.judged.push(...judged);
        return Promise.resolve();
      },
    };
    return {
      ...{ store, clock: this.clock, config: { verdicts: { enabled: true, wait_ms: 2_000 } } },
      metrics: {
        source: () => undefined,
        count: (_: string, { outcome }: { outcome: string }) => this.outcomes.push(outcome),
      },
      log: { warn: () => undefined },
      dirty: this.dirty,
      grouper: { free: 1 },
    } as unknown as Stages;
  }
}

describe('each answer is judged once', () => {
  test('in a backlog of days, pages and inserts that share a time', async () => {
    const world = new World();
    for (let hour = 1; hour < 150; hour += 7) world.add(20, START_NS - BigInt(hour) * HOUR_NS);
    world.add(ANSWERS_PAGE_MAX + 10, START_NS - HOUR_NS, 'globex');
    world.judge().start();
    await world.pass(MINUTES_10);
    world.judgedOnce();
  });

  test('also what comes later, and what becomes visible late', async () => {
    const world = new World();
    world.judge().start();
    await world.pass(10_000);
    world.add(20);
    await world.pass(5_000);
    world.judgedOnce();
    world.add(3, world.now_ns() - 30_000n * NS_PER_MS);
    await world.pass(2 * MINUTES_10);
    world.judgedOnce();
  });

  test('after failures, and by the next process', async () => {
    const world = new World();
    world.failing = [new Error('one'), new Error('two')];
    world.add(100);
    const first = world.judge();
    first.start();
    await world.pass(MINUTES_10 * 3);
    world.judgedOnce();
    await world.clock.until(first.stop());
    world.add(5);
    world.judge().start();
    await world.pass(10_000);
    world.judgedOnce();
  });

  test('where they are too large to be read together', async () => {
    const world = new World();
    world.readable_max = 3;
    world.add(40);
    world.judge().start();
    await world.pass(60_000);
    world.judgedOnce();
  });
});

test('one that is too large alone holds up no other', async () => {
  const world = new World();
  world.add(3);
  world.readable_max = 0;
  world.judge().start();
  await world.pass(1_000);
  world.readable_max = 64;
  world.add(2);
  await world.pass(10_000);
  expect(world.outcomes.filter((outcome) => outcome === 'too_large')).toHaveLength(3);
  expect(world.judged).toHaveLength(2);
});

test('it gives way while settling is late', async () => {
  const world = new World();
  world.dirty.age_ms = 6_000;
  world.add(3);
  world.judge().start();
  await world.pass(60_000);
  expect(world.judged).toEqual([]);
  world.dirty.age_ms = 0;
  await world.pass(5_000);
  world.judgedOnce();
});
