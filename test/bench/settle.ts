// What one fact costs to settle: the pure function on facts in memory, warm.

import {
  Block,
  bundledPriceBook,
  decodeTraces,
  readFacts,
  settle,
  type Fact,
  type PriceBook,
} from '@spanledger/ledger';
import { emptyTruth, feed } from '../feed.ts';

export interface SettleFigures {
  facts_per_cpu_second: number;
  facts: number;
  /** What a fact costs in one trace of 100,000 over what it costs in one of 25,000; 1 is linear. */
  one_trace_cost_growth: number;
}

const TRACES = 5_000;
const ROUNDS = 5;
const BODY_SLACK_BYTES = 64;

export function benchSettle(): SettleFigures {
  const units = unitsOfFeed();
  const book = bundledPriceBook();
  const facts = units.reduce((sum, unit) => sum + unit.length, 0);
  const cpu_us: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    for (const unit of units) settle(unit, book);
    const { user, system } = process.cpuUsage(before);
    cpu_us.push(user + system);
  }
  // The first rounds pay for compiling; the best of the rest is the code's own cost.
  const best_us = Math.min(...cpu_us.slice(1));
  return {
    facts_per_cpu_second: Math.round((facts * 1e6) / best_us),
    facts,
    one_trace_cost_growth: growthInOneTrace(units, book),
  };
}

const SMALL_TRACE_FACTS = 25_000;
const LARGE_TRACE_FACTS = 100_000;

function growthInOneTrace(units: readonly Fact[][], book: PriceBook): number {
  const perFact = (size: number): number => {
    const trace = oneTrace(units, size);
    const costs = Array.from({ length: ROUNDS }, () => {
      const before = process.cpuUsage();
      settle(trace, book);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    });
    return Math.min(...costs) / trace.length;
  };
  const small = perFact(SMALL_TRACE_FACTS);
  return Math.round((perFact(LARGE_TRACE_FACTS) / small) * 100) / 100;
}

/** The feed's traces one after the other, as if one trace had them all; repeated until it is full. */
function oneTrace(units: readonly Fact[][], size: number): Fact[] {
  const trace: Fact[] = [];
  for (let round = 0; trace.length < size; round++) {
    const rename = (id: string): string => (id === '' ? '' : `${round}-${id}`);
    for (const fact of units.flat().slice(0, size - trace.length)) {
      trace.push({
        ...fact,
        trace_id: 'a'.repeat(32),
        span_id: rename(fact.span_id),
        parent_span_id: rename(fact.parent_span_id),
        response_id: rename(fact.response_id),
      });
    }
  }
  return trace;
}

function unitsOfFeed(): Fact[][] {
  const units = new Map<string, Fact[]>();
  const block = new Block();
  const start_ns = 1_795_000_000_000_000_000n;
  for (const { body } of feed(
    { seed: 3, traces: TRACES, spansPerRequest: 400, start_ns },
    emptyTruth(),
  )) {
    const bytes = new Uint8Array(body.length + BODY_SLACK_BYTES);
    bytes.set(body);
    block.reset();
    decodeTraces({ bytes, length: body.length, encoding: 'protobuf' }, block, {
      org_id: 'default',
    });
    for (const fact of readFacts(block)) {
      const unit = units.get(fact.trace_id);
      if (unit) unit.push(fact);
      else units.set(fact.trace_id, [fact]);
    }
  }
  return [...units.values()];
}
