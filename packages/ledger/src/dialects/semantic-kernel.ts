// Semantic Kernel, Python and .NET: scopes are its modules, one of them makes the calls' spans. No
// cached tokens are told; the finish reason is an enum's member as Python prints it.

import { attribute, type Dialect } from '../dialect.ts';
import { readGenAi } from '../reading/gen-ai.ts';

const OPERATION = attribute('gen_ai.operation.name');
const FUNCTIONS = attribute('sk.available_functions');

export const semanticKernel: Dialect = {
  name: 'semantic-kernel',
  recognises_by: 'shape',

  recognises(record) {
    if (record.signal !== 'span') return false;
    return (
      record.scope.startsWith('semantic_kernel.') ||
      record.scope.startsWith('Microsoft.SemanticKernel')
    );
  },

  read(record, fact) {
    readGenAi(record, fact);
    // Loops, filters and functions between an agent and its calls.
    if (!record.has(OPERATION)) fact.kind = record.has(FUNCTIONS) ? 'step' : 'other';
    if (record.text(OPERATION)?.startsWith('chat.') === true) fact.kind = 'llm';
    fact.framework = 'semantic_kernel';
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    return true;
  },
};
