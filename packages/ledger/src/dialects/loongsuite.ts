// Alibaba's LoongSuite: the conventions' names, and a span kind of its own that goes before the
// operation; agents, entries and steps repeat what their calls used.

import { attribute, type Dialect } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { readGenAi } from '../reading/gen-ai.ts';

const SPAN_KIND = attribute('gen_ai.span.kind');
const SESSION = attribute('gen_ai.session.id');
const USER = attribute('gen_ai.user.id');

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['LLM', 'llm'],
  ['EMBEDDING', 'embedding'],
  ['RERANKER', 'rerank'],
  ['RETRIEVER', 'retrieval'],
  ['TOOL', 'tool'],
  ['AGENT', 'agent'],
  ['WORKFLOW', 'workflow'],
  ['MEMORY', 'memory'],
]);

export const loongSuite: Dialect = {
  name: 'loongsuite',
  recognises_by: 'shape',

  recognises(record) {
    return record.has(SPAN_KIND);
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.kind = KINDS.get((record.text(SPAN_KIND) ?? '').toUpperCase()) ?? 'step';
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    if (record.has(SESSION)) fact.conversation_id ??= SESSION;
    if (record.has(USER)) fact.user_id ??= USER;
    return true;
  },
};
