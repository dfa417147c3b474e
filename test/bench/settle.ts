// What one fact costs to settle: the pure function on facts in memory, warm.

import {
  Block,
  bundledPriceBook,
  decodeTraces,
  readFacts,
  settle,
  type Fact,
} from '@spanledger/ledger';
import { emptyTruth, feed } from '../feed.ts';

export interface SettleFigures {
  facts_per_cpu_second: number;
  facts: number;
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
  return { facts_per_cpu_second: Math.round((facts * 1e6) / best_us), facts };
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
