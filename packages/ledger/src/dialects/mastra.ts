// Mastra's exporter and bridge: of each model call just one span tells usage, named by its own span
// type. The exporter writes its spans when work is done, so nothing beneath has them as parents.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { hasUsage } from '../reading/figures.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { nanosecondsUntil } from '../reading/iso-time.ts';
import { addMark } from '../reading/outcome.ts';

const SPAN_TYPE = attribute('mastra.span.type');
const FIRST_CHUNK_AT = attribute('mastra.completion_start_time');
const RUN_ID = attribute('mastra.metadata.runId');
const THREAD_ID = attribute('mastra.metadata.threadId');
const USER_ID = attribute('mastra.metadata.userId');
const RESOURCE_ID = attribute('mastra.metadata.resourceId');
const BRIDGE = '@mastra/otel-bridge';

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['agent_run', 'agent'],
  ['model_generation', 'step'],
  ['model_step', 'step'],
  ['model_inference', 'llm'],
  ['model_chunk', 'other'],
  ['tool_call', 'tool'],
  ['mcp_tool_call', 'tool'],
  ['client_tool_call', 'tool'],
  ['provider_tool_call', 'tool'],
  ['workflow_run', 'workflow'],
  ['rag_embedding', 'embedding'],
  ['memory_operation', 'memory'],
]);

export const mastra: Dialect = {
  name: 'mastra',
  recognises_by: 'shape',

  recognises(record) {
    return record.scope.startsWith('@mastra/') || record.has(SPAN_TYPE);
  },

  read(record, fact) {
    readGenAi(record, fact);
    const type = record.text(SPAN_TYPE);
    if (type !== null) fact.kind = kindOf(type, fact);
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    readPeople(record, fact);
    fact.time_to_first_chunk_ns ??= nanosecondsUntil(record, FIRST_CHUNK_AT);
    if (!record.scope.startsWith(BRIDGE)) addMark(fact, 'not_current');
    return true;
  },
};

/** Older versions tell the usage on the generation, newer ones on the inference beneath it. */
function kindOf(type: string, fact: FactDraft): Kind {
  if (type === 'model_generation' && hasUsage(fact)) return 'llm';
  return KINDS.get(type) ?? 'step';
}

function readPeople(record: RecordView, fact: FactDraft): void {
  if (record.has(RUN_ID)) fact.execution_id ??= RUN_ID;
  if (record.has(THREAD_ID)) fact.conversation_id ??= THREAD_ID;
  if (record.has(USER_ID)) fact.user_id ??= USER_ID;
  else if (record.has(RESOURCE_ID)) fact.user_id ??= RESOURCE_ID;
}
