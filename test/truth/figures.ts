// The ledger's disjoint classes in the words of a truth file, whose input holds its cached tokens
// and whose output holds its reasoning.

import { INPUT_CLASSES, OUTPUT_CLASSES, type LedgerRow, type TokenClass } from '@spanledger/ledger';
import { CLASSES, type Figures } from './truth-file.ts';

export function figuresOf(row: LedgerRow): Figures {
  return {
    input: sum(row, INPUT_CLASSES),
    cached: row.cache_read,
    cache_write: sum(row, ['cache_write_5m', 'cache_write_1h']),
    output: sum(row, OUTPUT_CLASSES),
    reasoning: row.reasoning,
  };
}

function sum(row: LedgerRow, classes: readonly TokenClass[]): number | null {
  let total: number | null = null;
  for (const name of classes) {
    const count = row[name];
    if (count !== null) total = (total ?? 0) + count;
  }
  return total;
}

/** Class by class; a class that is nowhere known stays null. */
export function addFigures(all: readonly Figures[]): Figures {
  const total: Figures = {
    input: null,
    cached: null,
    cache_write: null,
    output: null,
    reasoning: null,
  };
  for (const figures of all) {
    for (const name of CLASSES) {
      const count = figures[name];
      if (count !== null) total[name] = (total[name] ?? 0) + count;
    }
  }
  return total;
}
