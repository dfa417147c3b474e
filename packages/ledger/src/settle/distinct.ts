// D8: the same record sent twice is one record. Spans are the same by trace and span id, log events
// by the hash of their content; the version that ended last wins, ties by content.

import { FACT_COLUMNS, type Fact } from '../fact.ts';

export function distinct(facts: readonly Fact[]): readonly Fact[] {
  const kept = new Map<string, Fact>();
  for (const fact of facts) {
    const key = `${fact.trace_id}:${fact.span_id}:${fact.event_id}`;
    const other = kept.get(key);
    if (other === undefined || wins(fact, other)) kept.set(key, fact);
  }
  return kept.size === facts.length ? facts : [...kept.values()];
}

function wins(fact: Fact, other: Fact): boolean {
  if (fact.version !== other.version) return fact.version > other.version;
  return contentOf(fact) > contentOf(other);
}

function contentOf(fact: Fact): string {
  return FACT_COLUMNS.map(({ name }) => String(fact[name])).join('\u0000');
}
