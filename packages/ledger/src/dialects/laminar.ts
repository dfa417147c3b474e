// Laminar: spans of its own and of the instrumentations it carries along, all under its span types.
// Under older names of the cache than others use for it, its input holds the cache.

import { attribute, type Dialect } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { addMark } from '../reading/outcome.ts';

const SPAN_TYPE = attribute('lmnr.span.type');
const INPUT = attribute('lmnr.span.input');
const OUTPUT = attribute('lmnr.span.output');

const KINDS: ReadonlyMap<string, readonly [kind: Kind, operation: string]> = new Map([
  ['LLM', ['llm', 'chat']],
  ['TOOL', ['tool', 'execute_tool']],
  ['EXECUTOR', ['step', 'executor']],
  ['EVALUATOR', ['evaluation', 'evaluation']],
  ['HUMAN_EVALUATOR', ['step', 'evaluation']],
  ['EVALUATION', ['step', 'evaluation']],
  // An answer from Laminar's cache: no provider served it.
  ['CACHED', ['step', 'cached']],
]);

export const laminar: Dialect = {
  name: 'laminar',
  recognises_by: 'shape',

  recognises(record) {
    return record.has(SPAN_TYPE);
  },

  read(record, fact) {
    readGenAi(record, fact);
    const named = KINDS.get((record.text(SPAN_TYPE) ?? '').toUpperCase());
    if (named !== undefined) [fact.kind, fact.operation] = named;
    if (fact.kind === 'tool') {
      fact.tool_name ??= record.name;
      fact.tool_arguments_bytes ??= record.bytes(INPUT);
      fact.tool_result_bytes ??= record.bytes(OUTPUT);
    }
    if (fact.kind === 'llm' && record.has(OUTPUT)) addMark(fact, 'answered');
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    addMark(fact, 'not_current');
    return true;
  },
};
