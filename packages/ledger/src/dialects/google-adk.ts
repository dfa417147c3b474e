// Google's Agent Development Kit. What it calls a system is itself, not the provider; its old call
// spans leave thoughts and cache to the kept answer; events tie to spans by an id of their own.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { hasUsage } from '../reading/figures.ts';
import { DETAILS_EVENT, readGenAi } from '../reading/gen-ai.ts';
import { addDoubt, addMark } from '../reading/outcome.ts';
import { fillFromUsageObject, isObject } from '../reading/usage-object.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
const EVENT_ID = attribute('gcp.vertex.agent.event_id');
const ANSWER = attribute('gcp.vertex.agent.llm_response');
const MODEL = attribute('gen_ai.request.model');
const SCOPE = 'gcp.vertex.agent';
const MERGED_TOOLS = '(merged';

/** Spans without an operation, by how their names begin. */
const NAMES: readonly (readonly [string, Kind, string])[] = [
  ['call_llm', 'llm', 'generate_content'],
  ['agent_run', 'agent', 'invoke_agent'],
  ['invoke_agent', 'agent', 'invoke_agent'],
  ['invocation', 'workflow', 'invoke_workflow'],
];

export const googleAdk: Dialect = {
  name: 'google-adk',
  recognises_by: 'shape',

  recognises(record) {
    if (record.signal === 'log') return record.scope === SCOPE && record.name === DETAILS_EVENT;
    return record.scope === SCOPE;
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.framework ??= SCOPE;
    fact.cache_convention = 'included';
    if (!record.has(OPERATION_NAME) && record.signal === 'span') readName(record, fact);
    // Parallel tools are shown once more, together.
    if (fact.kind === 'tool' && record.name.includes(MERGED_TOOLS)) fact.kind = 'step';
    if (fact.kind === 'llm') readCall(record, fact);
    // The event of a call that failed says neither that nor anything else.
    if (record.signal === 'log' && !hasUsage(fact) && fact.marks.length === 0) fact.kind = 'step';
    return true;
  },
};

function readName(record: RecordView, fact: FactDraft): void {
  const known = NAMES.find(([name]) => record.name.startsWith(name));
  fact.kind = known?.[1] ?? 'step';
  fact.operation = known?.[2] ?? null;
  if (fact.kind === 'agent') fact.agent_name ??= nameInBrackets(record.name);
}

/** `agent_run [planner]` */
function nameInBrackets(name: string): string | null {
  return /\[([^\]]{1,256})\]/.exec(name)?.[1] ?? null;
}

function readCall(record: RecordView, fact: FactDraft): void {
  if (record.has(EVENT_ID)) fact.emitter_event_id = EVENT_ID;
  if (fact.cache_read_tokens === null && fact.reasoning_tokens === null) {
    const answer = record.json(ANSWER);
    if (isObject(answer)) {
      // Python and JavaScript spell it differently.
      fillFromUsageObject(fact, answer['usage_metadata'] ?? answer['usageMetadata']);
    } else if (record.has(ANSWER)) addDoubt(fact, 'truncated_usage');
  }
  if (!fact.provider && record.text(MODEL)?.startsWith('gemini') === true) {
    fact.provider = 'gcp.gemini';
  }
  // Models of other providers hold their reasoning in the output; here it is added once more.
  const elsewhere = typeof fact.provider === 'string' && !/^(?:gcp\.|$)/.test(fact.provider);
  if (elsewhere) fact.reasoning_convention = 'twice';
  // Its spans leave thoughts out of the output, and some versions tell them nowhere else.
  else if (record.signal === 'span' && fact.reasoning_tokens === null && hasUsage(fact)) {
    addMark(fact, 'leaves_reasoning_out');
  }
}
