// AutoGen's own spans: agents, tools and the runtime's messages. It names no usage at all; what its
// model client used comes from an instrumentation of that client.

import { attribute, type Dialect } from '../dialect.ts';
import { fillPeople } from '../reading/identity.ts';
import { fillOutcome } from '../reading/outcome.ts';
import { fillTool } from '../reading/tool-fields.ts';
import { kindOfOperation } from '../reading/vocabulary.ts';

const OPERATION = attribute('gen_ai.operation.name');

export const autogen: Dialect = {
  name: 'autogen',
  recognises_by: 'shape',

  recognises(record) {
    if (record.signal !== 'span') return false;
    return record.scope.startsWith('autogen-core') || record.scope.startsWith('autogen ');
  },

  read(record, fact) {
    fillPeople(record, fact);
    fillOutcome(record, fact);
    const operation = record.text(OPERATION);
    fact.kind = (operation === null ? null : kindOfOperation(operation)) ?? 'other';
    if (operation !== null) fact.operation = OPERATION;
    if (fact.kind === 'tool') fillTool(record, fact);
    fact.framework = 'autogen';
    return true;
  },
};
