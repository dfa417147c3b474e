// OpenRouter's broadcast: the gateway itself tells of each generation, in a trace of its own. The
// response id ties it to what a client tells; its cost is what was charged.

import { attribute, aliases, type Dialect } from '../dialect.ts';
import { hasUsage } from '../reading/figures.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { addMark } from '../reading/outcome.ts';

const MARKERS = aliases(
  'openrouter.source',
  'openrouter.provider_name',
  'trace.metadata.openrouter.source',
);
const OPERATION = attribute('gen_ai.operation.name');

export const openRouter: Dialect = {
  name: 'openrouter',
  recognises_by: 'shape',

  recognises(record) {
    return record.scope.startsWith('openrouter') || MARKERS.some((name) => record.has(name));
  },

  read(record, fact) {
    readGenAi(record, fact);
    if (!record.has(OPERATION) && hasUsage(fact)) fact.kind = 'llm';
    fact.provider = 'openrouter';
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    addMark(fact, 'not_current');
    return true;
  },
};
