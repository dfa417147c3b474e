// The Vercel AI SDK 7, scope `gen_ai`: the conventions' names, sums on invoke_agent, and an outer
// embeddings span without usage around the one that is the call.

import { attribute, type Dialect } from '../dialect.ts';
import { hasUsage } from '../reading/figures.ts';
import { readGenAi } from '../reading/gen-ai.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');

const OPERATIONS: ReadonlySet<string> = new Set([
  'invoke_agent', 'agent_step', 'chat', 'execute_tool', 'embeddings', 'rerank', 'decide',
]); // prettier-ignore

export const aiSdk7: Dialect = {
  name: 'ai-sdk-7',
  recognises_by: 'values',

  recognises(record) {
    return record.scope === 'gen_ai' && OPERATIONS.has(record.text(OPERATION_NAME) ?? '');
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    const failed = fact.status === 'error';
    if (fact.kind === 'embedding' && !hasUsage(fact) && !failed) fact.kind = 'step';
    return true;
  },
};
