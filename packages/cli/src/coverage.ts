// Coverage: how much of what was counted is known, and the reasons for the rest.

import { NO_USAGE } from './answers.ts';
import { count } from './figures.ts';
import { labelledLine, type Part } from './labelled-line.ts';
import { printable } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface Coverage {
  readonly calls: number;
  readonly with_usage: number;
  readonly priced: number;
  /** How many calls each reason holds for; the service writes `usage:` or `cost:` before it. */
  readonly reasons: Readonly<Record<string, number>>;
}

export function renderCoverage(terminal: Terminal, coverage: Coverage): string {
  const { calls, with_usage, priced } = coverage;
  const part = (known: number, what: string): Part => ({
    text: `${count(known)} of ${count(calls)} ${what}`,
    style: known === calls ? 'good' : 'doubt',
  });
  const reasons = Object.entries(coverage.reasons)
    .map(([reason, number]) => [reason.replace(/^(usage|cost):/, ''), number] as const)
    .filter(([reason]) => reason !== NO_USAGE)
    .map(([reason, number]): Part => ({
      text: `${count(number)} × ${printable(reason)}`,
      style: 'doubt',
    }));
  return labelledLine(terminal, 'Coverage', [
    part(with_usage, 'calls with usage'),
    part(priced, 'priced'),
    ...reasons,
  ]);
}
