// What the codes of doubts and reasons mean, for whoever shows them to people.

import { COST_REASONS, DOUBTS, USAGE_REASONS, type DoubtMeaning } from './doubts.ts';

/**
 * What a code of any kind means; undefined for a code that a newer version wrote. Of the few words
 * that are both, `cost:` and `usage:` before them say which is meant.
 */
export function meaningOf(code: string): DoubtMeaning | undefined {
  const [, about = '', name = code] = /^(usage|cost):(.*)$/.exec(code) ?? [];
  const reasons = [USAGE_REASONS, COST_REASONS];
  if (about === 'cost') reasons.reverse();
  const tables: readonly Readonly<Record<string, DoubtMeaning>>[] = [DOUBTS, ...reasons];
  return tables.find((table) => Object.hasOwn(table, name))?.[name];
}

/** The meaning of each code that has one, in the order given. */
export function meaningsOf(codes: Iterable<string>): Record<string, DoubtMeaning> {
  const meanings: Record<string, DoubtMeaning> = {};
  for (const code of codes) {
    const meaning = meaningOf(code);
    if (meaning !== undefined) meanings[code] = meaning;
  }
  return meanings;
}
