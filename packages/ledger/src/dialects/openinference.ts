// OpenInference: its own vocabulary for kinds, models and tokens. The provider's response id is only
// inside the kept answer.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { hasUsage } from '../reading/figures.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { isObject, responseIdInAnswer, responseIdInText } from '../reading/usage-object.ts';
import { addMark } from '../reading/outcome.ts';

const SPAN_KIND = attribute('openinference.span.kind');
const MODEL_NAME = attribute('llm.model_name');
const OUTPUT_VALUE = attribute('output.value');
const INVOCATION_PARAMETERS = attribute('llm.invocation_parameters');
const GEN_AI_OPERATION = attribute('gen_ai.operation.name');

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['LLM', 'llm'],
  ['EMBEDDING', 'embedding'],
  ['RERANKER', 'rerank'],
  ['RETRIEVER', 'retrieval'],
  ['TOOL', 'tool'],
  ['AGENT', 'agent'],
  ['GUARDRAIL', 'guardrail'],
  ['EVALUATOR', 'evaluation'],
  ['CHAIN', 'step'],
  ['PROMPT', 'step'],
]);

/** Names of operations where a record says only its kind. */
const OPERATIONS: Partial<Record<Kind, string>> = {
  llm: 'chat',
  embedding: 'embeddings',
  rerank: 'rerank',
  retrieval: 'retrieval',
  tool: 'execute_tool',
  agent: 'invoke_agent',
};

/** Marked as a model call by its emitter, yet it only builds the request. */
const PREPARATION = '._prepare_chat_with_tools';

/** Callback integrations: they do not make their span the current one. */
const CALLBACK_SCOPES = ['langchain', 'llama_index', 'llama-index', 'litellm', 'autogen'] as const;

export const openInference: Dialect = {
  name: 'openinference',
  recognises_by: 'shape',

  recognises(record) {
    return record.has(SPAN_KIND);
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.kind = KINDS.get((record.text(SPAN_KIND) ?? '').toUpperCase()) ?? 'step';
    if (record.name.endsWith(PREPARATION)) fact.kind = 'step';
    if (!record.has(GEN_AI_OPERATION)) fact.operation = OPERATIONS[fact.kind] ?? null;
    fact.cache_convention = record.scope.includes('claude_agent_sdk') ? 'excluded' : 'included';
    fact.reasoning_convention = 'included';
    if (CALLBACK_SCOPES.some((name) => record.scope.includes(name))) addMark(fact, 'not_current');
    if (fact.kind === 'agent' && fact.agent_name === null) fact.agent_name = record.name;
    if (fact.kind === 'tool' && fact.tool_name === null) fact.tool_name = record.name;
    if (fact.kind === 'llm') readAnswer(record, fact);
    return true;
  },
};

function readAnswer(record: RecordView, fact: FactDraft): void {
  // One name serves both models; clients overwrite it with the one that answered.
  if (hasUsage(fact) && fact.response_model === null && record.has(MODEL_NAME)) {
    fact.response_model = MODEL_NAME;
  }
  fact.response_id ??= responseIdOf(record) || null;
  if (fact.streaming === null) {
    const parameters = record.json(INVOCATION_PARAMETERS);
    if (isObject(parameters) && typeof parameters['stream'] === 'boolean') {
      fact.streaming = parameters['stream'];
    }
  }
  if (fact.response_id !== null) addMark(fact, 'answered');
}

const LANGCHAIN_ANSWER = '"generations"';

function responseIdOf(record: RecordView): string {
  const text = record.text(OUTPUT_VALUE);
  if (text === null) return '';
  const id = responseIdInText(text);
  if (id !== '' || !/^\s*\{/.test(text)) return id;
  if (text.includes('"id"') || text.includes('Id"') || text.includes(LANGCHAIN_ANSWER)) {
    return responseIdInAnswer(record.json(OUTPUT_VALUE));
  }
  return '';
}
