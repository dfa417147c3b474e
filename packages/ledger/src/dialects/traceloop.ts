// OpenLLMetry (Traceloop), Python and JavaScript, old flattened names and current ones. Under equal
// names the languages differ in what the input holds, so arithmetic decides where it can.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { hasUsage } from '../reading/figures.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { addDoubt, addMark } from '../reading/outcome.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
const SPAN_KIND = attribute('traceloop.span.kind');
const ENTITY_NAME = attribute('traceloop.entity.name');
const REQUEST_TYPE = attribute('llm.request.type');
const TOTAL_TOKENS = attribute('gen_ai.usage.total_tokens');
const IS_STREAMING = attribute('gen_ai.is_streaming');
const OLD_TOTAL_TOKENS = attribute('llm.usage.total_tokens');
const WORKFLOW = attribute('traceloop.workflow.name');
const FIRST_PROMPT = attribute('gen_ai.prompt.0.role');
const LANGCHAIN_AGENT = attribute('traceloop.association.properties.lc_agent_name');
const INPUT_TOKENS = attribute('gen_ai.usage.input_tokens');
const PROMPT_TOKENS = attribute('gen_ai.usage.prompt_tokens');
const RESPONSE_MODEL = attribute('gen_ai.response.model');

const ANTHROPIC_SCOPE = 'opentelemetry.instrumentation.anthropic';
const OPENAI_SCOPE = '@traceloop/instrumentation-openai';
/** These copy the provider's input, which leaves its cache out. */
const EXCLUDING_SCOPES: ReadonlySet<string> = new Set([
  '@traceloop/instrumentation-anthropic',
  '@traceloop/instrumentation-bedrock',
  'opentelemetry.instrumentation.bedrock',
]);
const THOUGHTS_LOST = /google|vertex/;

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
    if (EXCLUDING_SCOPES.has(record.scope)) fact.cache_convention = 'excluded';
    // Where this library loses the thoughts, the total still holds them.
    fact.reasoning_convention = THOUGHTS_LOST.test(record.scope) ? 'excluded' : 'included';
    if (fact.kind === 'llm' && record.scope === ANTHROPIC_SCOPE) readStream(record, fact);
    // Where a stream was not asked for its usage, its words are counted and nothing says so.
    if (fact.kind === 'llm' && record.scope === OPENAI_SCOPE && hasUsage(fact)) {
      addDoubt(fact, 'may_be_estimate');
    }
    if (fact.kind !== 'llm' && hasUsage(fact)) addMark(fact, 'cumulative');
    addMark(fact, 'not_current');
    return true;
  },
};

/** What an entity is goes before its operation: whole crews and their tasks are all agents in it. */
function readKind(record: RecordView, fact: FactDraft): void {
  const request = REQUEST_KINDS.get(record.text(REQUEST_TYPE) ?? '');
  const entity = ENTITY_KINDS.get(record.text(SPAN_KIND) ?? '');
  if (!record.has(OPERATION_NAME)) {
    fact.kind = request ?? entity ?? fact.kind;
    if (request !== undefined) fact.operation = request === 'llm' ? 'chat' : REQUEST_TYPE;
  } else if (entity !== undefined) fact.kind = entity;
  else if (fact.kind === 'agent' && record.name.endsWith('.workflow')) fact.kind = 'workflow';
  if (fact.kind === 'agent') fact.agent_name ??= ENTITY_NAME;
  if (fact.kind === 'tool') fact.tool_name ??= ENTITY_NAME;
  if (record.has(LANGCHAIN_AGENT)) fact.agent_name ??= LANGCHAIN_AGENT;
}

/**
 * Its streams add the opening event's count to the final one. One of the two ways of streaming sets
 * no flag, but every stream writes its figures before the model that answered.
 */
function readStream(record: RecordView, fact: FactDraft): void {
  addMark(fact, 'stream_plus_start');
  if (fact.streaming !== null) return;
  const usage = record.has(INPUT_TOKENS) ? INPUT_TOKENS : PROMPT_TOKENS;
  if (record.has(usage) && record.has(RESPONSE_MODEL)) {
    fact.streaming = record.precedes(usage, RESPONSE_MODEL);
  }
}
