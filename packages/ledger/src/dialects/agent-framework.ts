// Microsoft's Agent Framework (Python and .NET) and Microsoft.Extensions.AI: GenAI names; an agent's
// span repeats what its model calls used.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { hasOnlyOldCacheNames, readGenAi } from '../reading/gen-ai.ts';

const OPERATION = attribute('gen_ai.operation.name');
const WORKFLOW_NAME = attribute('workflow.name');
const EXECUTOR = attribute('executor.id');

/** The .NET chat client and agent wrappers; the name of a source is the user's to choose. */
const SCOPES = [
  'agent_framework',
  'Experimental.Microsoft.Agents.AI',
  'Experimental.Microsoft.Extensions.AI',
  'Microsoft.Agents.AI',
  'Microsoft.Extensions.AI',
] as const;

/** Spans of its workflow engine, by the first word of their names. */
const PLUMBING: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['workflow.run', 'workflow'],
  ['workflow.build', 'other'],
  ['executor.process', 'step'],
  ['edge_group.process', 'other'],
  ['message.send', 'other'],
]);

export const agentFramework: Dialect = {
  name: 'agent-framework',
  recognises_by: 'shape',

  recognises(record) {
    return record.signal === 'span' && SCOPES.some((scope) => record.scope.startsWith(scope));
  },

  read(record, fact) {
    readGenAi(record, fact);
    if (!record.has(OPERATION)) readEngine(record, fact);
    fact.framework = 'microsoft.agent_framework';
    fact.cache_convention = leavesCacheOut(record, fact) ? 'excluded' : 'included';
    fact.reasoning_convention = 'included';
    return true;
  },
};

function readEngine(record: RecordView, fact: FactDraft): void {
  fact.kind = PLUMBING.get(/^\S*/.exec(record.name)?.[0] ?? '') ?? 'other';
  if (record.has(WORKFLOW_NAME)) fact.workflow_name ??= WORKFLOW_NAME;
  if (fact.kind === 'step') fact.operation = record.has(EXECUTOR) ? 'executor' : null;
}

/** Its client of this provider passes the input on as it came: without cache. */
function leavesCacheOut(record: RecordView, fact: FactDraft): boolean {
  return fact.provider === 'anthropic' || hasOnlyOldCacheNames(record, fact);
}
