// The list of dialects in the order in which they are asked: the first that recognises a record
// reads it. A new dialect is one file and one line here.

import type { Dialect, FactDraft, RecordView } from '../dialect.ts';
import { generic } from './generic.ts';
import { otelGenAi } from './otel-genai.ts';

export const DIALECTS: readonly Dialect[] = [otelGenAi, generic];

/** Reads what a record says into the draft; false when no dialect claims it. */
export function readFact(record: RecordView, fact: FactDraft): boolean {
  for (const dialect of DIALECTS) {
    if (!dialect.recognises(record)) continue;
    fact.dialect = dialect.name;
    return dialect.read(record, fact);
  }
  return false;
}
