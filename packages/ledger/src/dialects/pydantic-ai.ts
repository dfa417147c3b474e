// PydanticAI, formats 1 to 6. Its agent runs repeat what was used under the same names, up to 1.x
// together with what their caller had used before, so a run's figure is never a bill.

import { attribute, type Dialect, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { hasUsage } from '../reading/figures.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { addMark } from '../reading/outcome.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');

/** Format 1 and 2 name their spans and write no operation. */
const OLD_NAMES: ReadonlyMap<string, readonly [Kind, string]> = new Map([
  ['agent run', ['agent', 'invoke_agent']],
  ['running tool', ['tool', 'execute_tool']],
  ['running tools', ['step', '']],
]);

/** One try of a model that falls back to others: the call is the span around it. */
const ATTEMPT = 'model request attempt';

export const pydanticAi: Dialect = {
  name: 'pydantic-ai',
  recognises_by: 'shape',

  recognises(record) {
    return record.scope === 'pydantic-ai' && record.signal === 'span';
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.framework ??= 'pydantic-ai';
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    if (!record.has(OPERATION_NAME)) {
      const [kind, operation] = kindOfName(record);
      fact.kind = kind;
      fact.operation = operation === '' ? null : operation;
    }
    if (fact.kind === 'agent' && hasUsage(fact)) addMark(fact, 'cumulative');
    return true;
  },
};

function kindOfName(record: RecordView): readonly [Kind, string] {
  if (record.name.startsWith(ATTEMPT)) return ['other', ''];
  return OLD_NAMES.get(record.name) ?? ['step', ''];
}
