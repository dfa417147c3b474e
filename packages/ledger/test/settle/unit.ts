// A small unit of facts, and what settling must make of it: roles row by row, sums, and what is said.

import { describe, expect, it } from 'vitest';
import {
  bundledPriceBook,
  INPUT_CLASSES,
  OUTPUT_CLASSES,
  settle,
  type Doubt,
  type Fact,
  type LedgerRow,
  type TokenClass,
  type UsageReason,
} from '../../src/index.ts';

export const BOOK = bundledPriceBook();

export interface Unit {
  readonly says: string;
  readonly facts: readonly Fact[];
  /** The role of each fact, in the order of `facts`; '' for no row. */
  readonly roles: readonly string[];
  readonly rule?: RegExp;
  readonly doubt?: Doubt;
  readonly no_doubt?: Doubt;
  readonly reason?: UsageReason;
  /** Sums over what is counted. */
  readonly input?: number;
  readonly output?: number;
}

export function rowOf(rows: readonly LedgerRow[], one: Fact): LedgerRow | undefined {
  return rows.find(
    (row) =>
      row.trace_id === one.trace_id && row.span_id === one.span_id && row.event_id === one.event_id,
  );
}

export function sumOf(rows: readonly LedgerRow[], classes: readonly TokenClass[]): number {
  const counted = rows.filter((row) => row.counted);
  return counted.reduce((sum, row) => classes.reduce((n, name) => n + (row[name] ?? 0), sum), 0);
}

function check(unit: Unit): void {
  for (const facts of [unit.facts, [...unit.facts].reverse()]) {
    const { rows } = settle(facts, BOOK);
    expect(unit.facts.map((one) => rowOf(rows, one)?.role ?? '')).toEqual(unit.roles);
    checkWords(unit, rows);
    if (unit.input !== undefined) expect(sumOf(rows, INPUT_CLASSES)).toBe(unit.input);
    if (unit.output !== undefined) expect(sumOf(rows, OUTPUT_CLASSES)).toBe(unit.output);
  }
}

function checkWords(unit: Unit, rows: readonly LedgerRow[]): void {
  const doubts = rows.flatMap((row) => row.doubts);
  if (unit.rule !== undefined) {
    expect(rows.map((row) => row.rule).join('\n')).toMatch(unit.rule);
  }
  if (unit.doubt !== undefined) expect(doubts).toContain(unit.doubt);
  if (unit.no_doubt !== undefined) expect(doubts).not.toContain(unit.no_doubt);
  if (unit.reason !== undefined) {
    expect(rows.filter((row) => row.counted).map((row) => row.usage_reason)).toContain(unit.reason);
  }
}

/** One table of cases for a rule; each is settled in both orders of its facts. */
export function units(rule: string, list: readonly Unit[]): void {
  describe(rule, () => {
    it.each(list)('$says', check);
  });
}
