// LlamaIndex's own OpenTelemetry export: spans by method, and what a call used only in the event at
// its end. Stream methods end when they have handed out the stream, before the answer.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import { addMark, fillOutcome } from '../reading/outcome.ts';
import { pythonData } from '../reading/python-repr.ts';
import { fillFromUsageObject, isObject } from '../reading/usage-object.ts';
import { finishReasonOf } from '../reading/vocabulary.ts';

const SCOPE = 'llamaindex.opentelemetry.tracer';
const TAG_SCOPE = 'llama_index.';
const RUN_ID = attribute('llamaindex.run_id');
const LLM_METHOD = /\.a?(?:stream_)?(?:chat|complete)(?:_with_tools)?$/;
const STREAM_METHOD = /\.a?stream_/;
const EMBEDDING_METHOD = /\.(?:a?get_(?:text|query)_embedding(?:_batch|s)?)$/;
const AGENT_METHOD = /(?:Agent|AgentWorkflow)\.run$/;
/** What a public method does within: no step of its own between it and the client beneath. */
const PRIVATE_METHOD = /\._\w+$/;
const TOOL_METHOD = /\.call_tool$/;

type Attributes = ReadonlyMap<string, string>;

export const llamaIndex: Dialect = {
  name: 'llama-index',
  recognises_by: 'shape',

  recognises(record) {
    if (record.signal !== 'span') return false;
    return record.scope === SCOPE || record.scope.startsWith(TAG_SCOPE);
  },

  read(record, fact) {
    fillOutcome(record, fact);
    fact.framework = 'llama_index';
    fact.kind = 'step';
    addMark(fact, 'not_current');
    if (record.has(RUN_ID)) fact.execution_id = RUN_ID;
    if (LLM_METHOD.test(record.name)) readCall(record, fact);
    else if (EMBEDDING_METHOD.test(record.name)) readEmbedding(record, fact);
    else if (AGENT_METHOD.test(record.name)) {
      fact.kind = 'agent';
      fact.operation = 'invoke_agent';
    } else if (TOOL_METHOD.test(record.name)) readTool(record, fact);
    else if (PRIVATE_METHOD.test(record.name)) fact.kind = 'other';
    return true;
  },
};

function readCall(record: RecordView, fact: FactDraft): void {
  fact.kind = 'llm';
  fact.operation = 'chat';
  fact.cache_convention = 'included';
  fact.reasoning_convention = 'included';
  if (STREAM_METHOD.test(record.name)) fact.streaming = true;
  for (const { name, attributes } of record.events()) {
    fact.request_model ??= attributes.get('model_dict.model_name') ?? null;
    if (name === 'LLMChatEndEvent' || name === 'LLMCompletionEndEvent') readEnd(attributes, fact);
  }
}

/** The provider's answer, one attribute for each of its members. */
function readEnd(end: Attributes, fact: FactDraft): void {
  const id = end.get('response.raw.id') ?? '';
  if (id !== '' && id.length <= 128) fact.response_id = id;
  fact.response_model = end.get('response.raw.model') ?? null;
  fillFromUsageObject(fact, usageIn(end));
  const choices = dataIn(end.get('response.raw.choices'));
  const first: unknown = Array.isArray(choices) ? choices[0] : null;
  const reason = isObject(first) ? first['finish_reason'] : end.get('response.raw.stop_reason');
  if (typeof reason === 'string' && reason !== '') fact.finish_reasons = [finishReasonOf(reason)];
  addMark(fact, 'answered');
}

const USAGE_PREFIX = 'response.raw.usage';

/** Its members may be attributes of their own, or one text; parts of them again. */
function usageIn(end: Attributes): unknown {
  const whole = dataIn(end.get(USAGE_PREFIX));
  if (isObject(whole)) return whole;
  const usage: Record<string, unknown> = {};
  for (const [key, text] of end) {
    if (!key.startsWith(`${USAGE_PREFIX}.`)) continue;
    const [member = '', part] = key.slice(USAGE_PREFIX.length + 1).split('.');
    const value = dataIn(text);
    if (part === undefined) usage[member] = value;
    else usage[member] = { ...(isObject(usage[member]) ? usage[member] : {}), [part]: value };
  }
  return usage;
}

function dataIn(text: string | undefined): unknown {
  if (text === undefined) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return pythonData(text);
  }
}

/** The public method calls a private one of the same name: one request, and the event is above. */
function readEmbedding(record: RecordView, fact: FactDraft): void {
  fact.kind = 'embedding';
  fact.operation = 'embeddings';
  for (const { attributes } of record.events()) {
    fact.request_model ??= attributes.get('model_dict.model_name') ?? null;
  }
  if (record.events().some(({ name }) => name === 'EmbeddingEndEvent')) addMark(fact, 'answered');
}

const TOOL_CALL = /tool_name='([^'\\]{1,128})'/;
const TOOL_ID = /tool_id='([^'\\]{1,128})'/;
const SUMMARY = attribute('llamaindex.step.input_summary');

function readTool(record: RecordView, fact: FactDraft): void {
  const summary = record.text(SUMMARY) ?? '';
  fact.kind = 'tool';
  fact.operation = 'execute_tool';
  fact.tool_name = TOOL_CALL.exec(summary)?.[1] ?? null;
  fact.tool_call_id = TOOL_ID.exec(summary)?.[1] ?? null;
}
