// Coverage: how much of what was counted is known, and the reasons for the rest.

import { count } from './figures.ts';
import type { Terminal } from './terminal.ts';

export interface Coverage {
  readonly calls: number;
  readonly with_usage: number;
  readonly priced: number;
  /** How many calls each reason holds for. */
  readonly reasons: Readonly<Record<string, number>>;
}

export function renderCoverage(terminal: Terminal, coverage: Coverage): string {
  const { calls, with_usage, priced } = coverage;
  const part = (known: number, what: string): string => {
    const text = `${count(known)} of ${count(calls)} ${what}`;
    return known === calls ? terminal.paint('good', text) : terminal.paint('doubt', text);
  };
  const reasons = Object.entries(coverage.reasons).map(
    ([reason, number]) => `  ${terminal.paint('doubt', count(number))}  ${reason}`,
  );
  return [
    `${terminal.paint('heading', 'Coverage')}  ${part(with_usage, 'calls with usage')} · ${part(priced, 'priced')}`,
    ...reasons,
  ].join('\n');
}
