// OpenLLMetry (Traceloop), Python and JavaScript, old flattened names and current ones. Under equal
// names the languages differ in what the input holds, so arithmetic decides where it can.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { addMark } from '../reading/outcome.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
const SPAN_KIND = attribute('traceloop.span.kind');
const ENTITY_NAME = attribute('traceloop.entity.name');
const REQUEST_TYPE = attribute('llm.request.type');
const TOTAL_TOKENS = attribute('gen_ai.usage.total_tokens');
const IS_STREAMING = attribute('gen_ai.is_streaming');
const OLD_TOTAL_TOKENS = attribute('llm.usage.total_tokens');
const WORKFLOW = attribute('traceloop.workflow.name');
const FIRST_PROMPT = attribute('gen_ai.prompt.0.role');

/** Python modules share their scope with OpenTelemetry's own, so one of these must be there. */
const MARKERS = [
  SPAN_KIND, ENTITY_NAME, WORKFLOW, REQUEST_TYPE, TOTAL_TOKENS, OLD_TOTAL_TOKENS, IS_STREAMING,
  FIRST_PROMPT,
]; // prettier-ignore

const ENTITY_KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['workflow', 'workflow'],
  ['task', 'step'],
  ['agent', 'agent'],
  ['tool', 'tool'],
]);

const REQUEST_KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['chat', 'llm'],
  ['completion', 'llm'],
  ['embedding', 'embedding'],
  ['rerank', 'rerank'],
]);

export const traceloop: Dialect = {
  name: 'traceloop',
  recognises_by: 'shape',

  recognises(record) {
    if (record.scope.startsWith('@traceloop/') || record.scope.startsWith('traceloop.'))
      return true;
    if (!record.scope.startsWith('opentelemetry.instrumentation.')) return false;
    return MARKERS.some((name) => record.has(name)) || /^0\.[4-6]\d\./.test(record.scopeVersion);
  },

  read(record, fact) {
    readGenAi(record, fact);
    readKind(record, fact);
    if (record.scope === '@traceloop/instrumentation-anthropic') fact.cache_convention = 'excluded';
    fact.reasoning_convention = 'included';
    addMark(fact, 'not_current');
    return true;
  },
};

function readKind(record: RecordView, fact: FactDraft): void {
  const request = REQUEST_KINDS.get(record.text(REQUEST_TYPE) ?? '');
  const entity = ENTITY_KINDS.get(record.text(SPAN_KIND) ?? '');
  if (!record.has(OPERATION_NAME)) {
    fact.kind = request ?? entity ?? fact.kind;
    if (request !== undefined) fact.operation = request === 'llm' ? 'chat' : REQUEST_TYPE;
  }
  if (fact.kind === 'agent') fact.agent_name ??= ENTITY_NAME;
  if (fact.kind === 'tool') fact.tool_name ??= ENTITY_NAME;
}
