// OpenInference: its own vocabulary for kinds, models and tokens. The provider's response id, and
// often more of its usage, is only inside the kept answer.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { hasUsage } from '../reading/figures.ts';
import { isClaude, readGenAi } from '../reading/gen-ai.ts';
import { fillFromAnswer, mayHoldUsage, responseIdOf } from '../reading/kept-answer.ts';
import { addDoubt, addMark } from '../reading/outcome.ts';
import { isObject, responseIdInText } from '../reading/usage-object.ts';

const SPAN_KIND = attribute('openinference.span.kind');
const MODEL_NAME = attribute('llm.model_name');
const REQUEST_MODEL_NAME = attribute('llm.request.model_name');
const MODEL_CHARACTERS_MAX = 256;
const OUTPUT_VALUE = attribute('output.value');
const INVOCATION_PARAMETERS = attribute('llm.invocation_parameters');
const GEN_AI_OPERATION = attribute('gen_ai.operation.name');
const EVENT_ID = attribute('gcp.vertex.agent.event_id');
const INPUT_TOKENS = attribute('gen_ai.usage.input_tokens');
const CACHE_READ = attribute('gen_ai.usage.cache_read.input_tokens');
const REASONING = attribute('gen_ai.usage.reasoning.output_tokens');
/** Without a call span of the framework's own, its figures land on the agent's span. */
const ADK_SCOPE = 'gcp.vertex.agent';
const ADK_AGENT = 'invoke_agent';

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

/** Callback integrations and others that do not make their span the current one. */
const CALLBACK_SCOPES = [
  'langchain', 'llama_index', 'llama-index', 'litellm', 'autogen', '@arizeai/openinference-instrumentation-anthropic',
] as const; // prettier-ignore
/** The one way of streaming whose span is not current while the stream is read. */
const STREAM_HELPER = 'messages.stream';
/** Emitters whose agents sum over earlier runs, or over their callers. */
const CUMULATIVE_SCOPES = ['smolagents', 'crewai', 'pydantic', 'strands'] as const;
/** Its agents hold the figures; for JavaScript the input stands as the provider worded it. */
const CLAUDE_SCOPE = 'claude_agent_sdk';
const EXCLUDING_SCOPE = '@arizeai/openinference-instrumentation-claude-agent-sdk';
/** A framework whose figures a processor only renames: of this provider, without their cache. */
const RENAMED_SCOPE = 'agent_framework';
const COST = attribute('llm.cost.total');
/** Several provider calls lie in one of its spans when it tries again by itself. */
const REPEATING_SCOPE = 'beeai';

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
    fact.cache_convention = leavesCacheOut(record, fact) ? 'excluded' : 'included';
    fact.reasoning_convention = 'included';
    if (record.name === STREAM_HELPER || isOneOf(record, CALLBACK_SCOPES)) {
      addMark(fact, 'not_current');
    }
    if (fact.kind === 'agent') readAgent(record, fact);
    if (fact.kind === 'tool' && fact.tool_name === null) fact.tool_name = record.name;
    if (fact.kind === 'llm') readAnswer(record, fact);
    return true;
  },
};

function leavesCacheOut(record: RecordView, fact: FactDraft): boolean {
  if (record.scope === EXCLUDING_SCOPE) return true;
  return record.scope === RENAMED_SCOPE && fact.provider === 'anthropic';
}

function isOneOf(record: RecordView, names: readonly string[]): boolean {
  return names.some((name) => record.scope.includes(name));
}

const METHOD = /\.(?:a?run|_?execute_core|kickoff|invoke|forward|query|turn)$/;

/** An agent without a name is called as its span is, less the method. */
function readAgent(record: RecordView, fact: FactDraft): void {
  fact.agent_name ??= record.name.replace(METHOD, '');
  if (hasUsage(fact) && isOneOf(record, CUMULATIVE_SCOPES)) addMark(fact, 'cumulative');
  // Without a cost the figures were gathered from the beginnings of answers, where the output is not
  // known yet.
  if (record.scope.includes(CLAUDE_SCOPE) && !record.has(COST)) {
    fact.output_tokens = fact.total_tokens = null;
  }
}

function readAnswer(record: RecordView, fact: FactDraft): void {
  if (record.scope === ADK_SCOPE && record.name.startsWith(ADK_AGENT))
    readOverwritten(record, fact);
  readKeptAnswer(record, fact);
  readParameters(record, fact);
  // One name serves both models; clients overwrite it with the one that answered.
  if (hasUsage(fact) && fact.response_model === null && record.has(MODEL_NAME)) {
    fact.response_model = MODEL_NAME;
  }
  if (isSummedStream(record)) {
    addMark(fact, 'stream_plus_start');
    fact.streaming = true;
  }
  if (fact.response_id !== null) addMark(fact, 'answered');
  if (record.has(EVENT_ID)) fact.emitter_event_id = EVENT_ID;
  if (record.scope.includes(REPEATING_SCOPE)) addDoubt(fact, 'may_hold_several_bills');
}

/**
 * Each call of this agent writes its figures over those before. A class that the last call does not
 * name is left standing from an earlier one, before the input that the last one wrote.
 */
function readOverwritten(record: RecordView, fact: FactDraft): void {
  if (record.precedes(CACHE_READ, INPUT_TOKENS)) fact.cache_read_tokens = null;
  if (record.precedes(REASONING, INPUT_TOKENS)) fact.reasoning_tokens = null;
  addDoubt(fact, 'overwritten_span');
}

/** What was asked for: the model as the caller named it, and whether the answer streams. */
function readParameters(record: RecordView, fact: FactDraft): void {
  const parameters = record.json(INVOCATION_PARAMETERS);
  if (isObject(parameters)) {
    const { model, stream } = parameters;
    if (typeof stream === 'boolean') fact.streaming ??= stream;
    if (typeof model === 'string' && model.length <= MODEL_CHARACTERS_MAX && model !== '') {
      // A name that is not the one asked for can only be the one that answered.
      if (record.has(MODEL_NAME) && record.text(MODEL_NAME) !== model) {
        fact.response_model ??= MODEL_NAME;
      }
      if (!record.has(REQUEST_MODEL_NAME)) fact.request_model = model;
    }
  }
  if (/stream/i.test(record.name)) fact.streaming ??= true;
}

const LANGCHAIN_JS_SCOPE = '@arizeai/openinference-instrumentation-langchain';
const CHUNK = '"AIMessageChunk"';

/** LangChain for JavaScript adds the figures of this provider's first event to the last one's. */
function isSummedStream(record: RecordView): boolean {
  if (record.scope !== LANGCHAIN_JS_SCOPE) return false;
  return isClaude(record) && (record.text(OUTPUT_VALUE)?.includes(CHUNK) ?? false);
}

const PYTHON_SCOPE = 'openinference.instrumentation.';
const NO_STOP_REASON = '"stop_reason":null';
const LANGCHAIN_ANSWER = '"generations"';

/** The answer is read as data only where the attributes and a look at its text are not enough. */
function readKeptAnswer(record: RecordView, fact: FactDraft): void {
  const text = record.text(OUTPUT_VALUE);
  if (text === null) return;
  fact.response_id ??= responseIdInText(text) || null;
  // An answer that was gathered from a stream, whose last event never came.
  if (record.scope.startsWith(PYTHON_SCOPE) && text.includes(NO_STOP_REASON))
    addDoubt(fact, 'stream_aborted');
  if (!/^\s*\{/.test(text)) return;
  const unknown_classes = fact.cache_read_tokens === null || fact.reasoning_tokens === null;
  const wants_usage = unknown_classes && mayHoldUsage(text);
  const wants_id =
    fact.response_id === null &&
    (text.includes('"id"') || text.includes('Id"') || text.includes(LANGCHAIN_ANSWER));
  if (!wants_usage && !wants_id) return;
  const answer = record.json(OUTPUT_VALUE);
  if (!isObject(answer)) return;
  if (wants_usage) fillFromAnswer(fact, answer);
  fact.response_id ??= responseIdOf(answer) || null;
}
