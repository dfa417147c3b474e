// Inputs one after the other: each made from its number, judged, timed, and made small where it breaks
// a law.

import { Block } from '@spanledger/ledger';
import type { Corpus } from './corpus.ts';
import { saveInput, type Batch, type Finding, type Slow } from './findings.ts';
import { makeInput, type Input, type Kind } from './inputs.ts';
import { faultOf, type Fault } from './laws.ts';
import { Random } from './random.ts';
import { shrink } from './shrink.ts';

/** Processor time that an input may take: for itself, and for each of its bytes. */
const BUDGET_MS = 400;
const BUDGET_MS_PER_BYTE = 0.002;
/** Faults of one law that a batch tells; more are counted by the next. */
const FINDINGS_MAX = 5;

export interface Range {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly save: string;
}

const US_PER_MS = 1_000;

export function runRange(corpus: Corpus, { seed, from, to, save }: Range): Batch {
  const block = new Block();
  const kinds: Partial<Record<Kind, number>> = {};
  const findings: Finding[] = [];
  let slowest: Slow | null = null;
  for (let number = from; number < to; number++) {
    const input = makeInput(corpus, seed, number);
    kinds[input.kind] = (kinds[input.kind] ?? 0) + 1;
    const before = process.cpuUsage();
    let fault = judgeAgain(input, seed, block);
    const { user, system } = process.cpuUsage(before);
    const slow: Slow = {
      ...{ number, kind: input.kind, cpu_ms: (user + system) / US_PER_MS },
      bytes: input.sent.reduce((sum, { bytes }) => sum + bytes.length, 0),
    };
    if (slowest === null || slow.cpu_ms > slowest.cpu_ms) slowest = slow;
    const budget_ms = BUDGET_MS + slow.bytes * BUDGET_MS_PER_BYTE;
    if (slow.cpu_ms > budget_ms && isSlow(input, seed, block, budget_ms)) {
      fault ??= { law: 'time is bounded', detail: JSON.stringify(slow) };
    }
    if (fault === null || findings.length >= FINDINGS_MAX) continue;
    const small = fault.law === 'time is bounded' ? input : shrink(input, fault.law, seed, block);
    findings.push({ ...fault, number, file: saveInput(save, seed, small, fault) });
  }
  return { inputs: to - from, kinds, findings, slowest };
}

/** A collection of garbage may fall on any input: only one that is slow again is slow. */
function isSlow(input: Input, seed: number, block: Block, budget_ms: number): boolean {
  for (let times = 0; times < 2; times++) {
    const before = process.cpuUsage();
    judgeAgain(input, seed, block);
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / US_PER_MS <= budget_ms) return false;
  }
  return true;
}

/** The same answer however often it is asked. */
export function judgeAgain(input: Input, seed: number, block: Block): Fault | null {
  return faultOf(input, new Random(seed, input.number), block);
}
