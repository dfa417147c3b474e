// MLflow's own export: every value is JSON, quotes and all. Its token usage holds the cache; where
// it has none (embeddings), the provider's usage lies in the kept answer.

import {
  attribute,
  type Attribute,
  type Dialect,
  type FactDraft,
  type RecordView,
} from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { hasUsage } from '../reading/figures.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { fillPeople, fillProvider } from '../reading/identity.ts';
import { fillFromAnswer, mayHoldUsage, responseIdOf } from '../reading/kept-answer.ts';
import { picodollarsOfNumber } from '../reading/money.ts';
import { addDoubt, addMark, fillOutcome } from '../reading/outcome.ts';
import { fillFromUsageObject, isObject, responseIdInText, whole } from '../reading/usage-object.ts';

const OPERATION = attribute('gen_ai.operation.name');
const STREAM_PARAMETER = attribute('stream');
const SPAN_TYPE = attribute('mlflow.spanType');
const TRACE_ID = attribute('mlflow.traceRequestId');
const INPUTS = attribute('mlflow.spanInputs');
const OUTPUTS = attribute('mlflow.spanOutputs');
const TOKEN_USAGE = attribute('mlflow.chat.tokenUsage');
const MODEL = attribute('mlflow.llm.model');
const PROVIDER = attribute('mlflow.llm.provider');
const COST = attribute('mlflow.llm.cost');
const TOOLS = attribute('mlflow.chat.tools');
const SESSION = attribute('mlflow.trace.session');
const USER = attribute('mlflow.trace.user');

const KINDS: ReadonlyMap<string, readonly [kind: Kind, operation: string]> = new Map([
  ['LLM', ['llm', 'chat']],
  ['CHAT_MODEL', ['llm', 'chat']],
  ['EMBEDDING', ['embedding', 'embeddings']],
  ['RERANKER', ['rerank', 'rerank']],
  ['RETRIEVER', ['retrieval', 'retrieval']],
  ['TOOL', ['tool', 'execute_tool']],
  ['AGENT', ['agent', 'invoke_agent']],
  ['MEMORY', ['memory', 'memory']],
  ['WORKFLOW', ['workflow', 'invoke_workflow']],
  ['GUARDRAIL', ['guardrail', 'guardrail']],
  ['EVALUATOR', ['evaluation', 'evaluation']],
]);

export const mlflow: Dialect = {
  name: 'mlflow',
  recognises_by: 'shape',

  recognises(record) {
    return record.has(SPAN_TYPE) || record.has(TRACE_ID) || isConverted(record);
  },

  read(record, fact) {
    if (!record.has(SPAN_TYPE)) return readConverted(record, fact);
    fillPeople(record, fact);
    fillOutcome(record, fact);
    const type = textIn(record, SPAN_TYPE) ?? '';
    const [kind, operation] = KINDS.get(type) ?? ['step', type.toLowerCase() || null];
    fact.kind = kind;
    fact.operation = operation;
    fact.conversation_id ??= textIn(record, SESSION);
    fact.user_id ??= textIn(record, USER);
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    if (kind === 'agent') fact.agent_name ??= record.name;
    if (kind === 'tool') readTool(record, fact);
    if (kind === 'llm' || kind === 'embedding' || kind === 'rerank') readCall(record, fact);
    else readUsage(record, fact);
    addMark(fact, 'not_current');
    return true;
  },
};

/** With its switch for GenAI conventions it writes those names alone. */
function isConverted(record: RecordView): boolean {
  return record.signal === 'span' && record.scope.startsWith('mlflow.') && record.has(OPERATION);
}

function readConverted(record: RecordView, fact: FactDraft): boolean {
  readGenAi(record, fact);
  fact.cache_convention = 'included';
  fact.reasoning_convention = 'included';
  if (record.flag(STREAM_PARAMETER) === true) fact.streaming = true;
  addMark(fact, 'not_current');
  return true;
}

/** `"gpt-4o"`, with quotes of its own within the text. */
function textIn(record: RecordView, name: Attribute): string | null {
  const text = record.text(name);
  if (text === null || !text.startsWith('"')) return text;
  const data = record.json(name);
  return typeof data === 'string' ? data.replace(/^"|"$/g, '') : text;
}

function readTool(record: RecordView, fact: FactDraft): void {
  fact.tool_name = record.name;
  fact.tool_arguments_bytes = record.bytes(INPUTS);
  fact.tool_result_bytes = record.bytes(OUTPUTS);
}

function readCall(record: RecordView, fact: FactDraft): void {
  fact.request_model = textIn(record, MODEL);
  fillProvider(fact, textIn(record, PROVIDER) ?? '');
  const tools = record.has(TOOLS) ? record.json(TOOLS) : null;
  fact.tool_definitions = Array.isArray(tools) ? tools.length : null;
  fact.tool_definitions_bytes = record.bytes(TOOLS);
  readUsage(record, fact);
  readAnswer(record, fact);
  const cost = record.json(COST);
  if (isObject(cost) && typeof cost['total_cost'] === 'number' && cost['total_cost'] > 0) {
    fact.reported_cost_usd = picodollarsOfNumber(cost['total_cost']);
  }
}

function readUsage(record: RecordView, fact: FactDraft): void {
  if (!record.has(TOKEN_USAGE)) return;
  const usage = record.json(TOKEN_USAGE);
  if (!isObject(usage)) return addDoubt(fact, 'truncated_usage');
  fillFromUsageObject(fact, usage);
  const long = whole(usage['cache_creation_input_tokens_above_1hr']);
  const short = (fact.cache_write_tokens ?? 0) - (long ?? 0);
  if (long === null || short < 0) return undefined;
  fact.cache_write_1h_tokens = long;
  fact.cache_write_5m_tokens = short;
  return undefined;
}

/** The kept answer names classes that the token usage leaves out, and is all there is of some. */
function readAnswer(record: RecordView, fact: FactDraft): void {
  const text = record.text(OUTPUTS);
  if (text === null || text === 'null') return readStream(record, fact);
  addMark(fact, 'answered');
  fact.response_id = responseIdInText(text) || null;
  const whole = fact.cache_read_tokens !== null && fact.reasoning_tokens !== null;
  if (fact.response_id !== null && (whole || !mayHoldUsage(text))) return readStream(record, fact);
  const answer = record.json(OUTPUTS);
  if (isObject(answer)) {
    fact.response_id ??= responseIdOf(answer) || null;
    if (typeof answer['model'] === 'string') fact.response_model = answer['model'];
    fillFromAnswer(fact, answer);
  }
  return readStream(record, fact);
}

const STREAM = /"stream":\s*true/;

function readStream(record: RecordView, fact: FactDraft): void {
  if (!hasUsage(fact) && STREAM.test(record.text(INPUTS) ?? '')) fact.streaming = true;
}
