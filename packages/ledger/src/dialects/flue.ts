// Flue: the conventions' names; operations and tasks repeat what their turns used. Spans are made from
// its own events, so nothing beneath has them as parents.

import { attribute, type Dialect } from '../dialect.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { addMark } from '../reading/outcome.ts';

const TOTAL = attribute('flue.usage.total_tokens');
const AGENT = attribute('flue.agent.name');
const RUN = attribute('flue.operation.id');
const INSTANCE = attribute('flue.instance.id');

export const flue: Dialect = {
  name: 'flue',
  recognises_by: 'shape',

  recognises(record) {
    return record.scope === '@flue/opentelemetry';
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.total_tokens ??= record.count(TOTAL);
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    if (record.has(AGENT)) fact.agent_name ??= AGENT;
    if (record.has(RUN)) fact.execution_id ??= RUN;
    if (record.has(INSTANCE)) fact.conversation_id ??= INSTANCE;
    addMark(fact, 'not_current');
    return true;
  },
};
