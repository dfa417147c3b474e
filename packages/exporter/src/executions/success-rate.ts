// The share of executions that did what they were for.

import { RUNNING } from './execution-answer.ts';

/** Still undecided, or decided not to begin: neither success nor failure. */
const APART: readonly string[] = [...RUNNING, 'skipped'];

/** Of those that ended and were not skipped, 0 to 1; null where there is none. */
export function successRate(counts: Readonly<Record<string, number>>): number | null {
  const decided = Object.entries(counts).filter(([status]) => !APART.includes(status));
  const all = decided.reduce((sum, [, count]) => sum + count, 0);
  return all === 0 ? null : (counts['success'] ?? 0) / all;
}
