// Haystack's own tracer: pipelines, components, agents and their steps. A call's usage is only in
// the replies that content tracing keeps, which components, steps and agents above repeat.

import {
  attribute,
  type Attribute,
  type Dialect,
  type FactDraft,
  type RecordView,
} from '../dialect.ts';
import { addDoubt, addMark, fillOutcome } from '../reading/outcome.ts';
import { fillFromUsageObject, isObject } from '../reading/usage-object.ts';
import { finishReasonOf } from '../reading/vocabulary.ts';

const SPANS = 'haystack.';
const COMPONENT_NAME = attribute('haystack.component.name');
const COMPONENT_TYPE = attribute('haystack.component.type');
const COMPONENT_INPUT = attribute('haystack.component.input');
const COMPONENT_OUTPUT = attribute('haystack.component.output');
const STEP_OUTPUT = attribute('haystack.agent.step.llm.output');
const TOOL_NAME = attribute('haystack.tool.name');
const TOOL_CALL_ID = attribute('haystack.tool.call.id');
const TOOL_INPUT = attribute('haystack.agent.step.tool.input');
const TOOL_OUTPUT = attribute('haystack.agent.step.tool.output');

const GENERATOR = /Generator$/;
const EMBEDDER = /Embedder$/;
const RANKER = /Ranker$/;
const RETRIEVER = /Retriever$/;

export const haystack: Dialect = {
  name: 'haystack',
  recognises_by: 'values',

  recognises(record) {
    return record.signal === 'span' && record.name.startsWith(SPANS);
  },

  read(record, fact) {
    fillOutcome(record, fact);
    fact.framework = 'haystack';
    fact.kind = 'step';
    fact.operation = record.name.slice(SPANS.length);
    const read = READERS.get(fact.operation);
    if (read !== undefined) read(record, fact);
    return true;
  },
};

const READERS: ReadonlyMap<string, (record: RecordView, fact: FactDraft) => void> = new Map([
  ['component.run', readComponent],
  ['agent.step.llm', readStep],
  ['agent.step.tool', readTool],
  ['tool.run', readTool],
  ['agent.run', readAgent],
  ['pipeline.run', readPipeline],
  ['async_pipeline.run', readPipeline],
]);

function readPipeline(_record: RecordView, fact: FactDraft): void {
  fact.kind = 'workflow';
  fact.operation = 'invoke_workflow';
}

function readAgent(record: RecordView, fact: FactDraft): void {
  fact.kind = 'agent';
  fact.operation = 'invoke_agent';
  if (record.has(COMPONENT_NAME)) fact.agent_name = COMPONENT_NAME;
}

function readComponent(record: RecordView, fact: FactDraft): void {
  const type = record.text(COMPONENT_TYPE) ?? '';
  if (GENERATOR.test(type)) return readCall(record, fact, COMPONENT_OUTPUT);
  if (RETRIEVER.test(type)) fact.kind = 'retrieval';
  if (RANKER.test(type)) fact.kind = 'rerank';
  if (!EMBEDDER.test(type)) return undefined;
  fact.kind = 'embedding';
  fact.operation = 'embeddings';
  const output = record.has(COMPONENT_OUTPUT) ? record.json(COMPONENT_OUTPUT) : null;
  if (isObject(output)) readMeta(output['meta'], fact);
  return undefined;
}

function readStep(record: RecordView, fact: FactDraft): void {
  readCall(record, fact, STEP_OUTPUT);
}

function readCall(record: RecordView, fact: FactDraft, name: Attribute): void {
  fact.kind = 'llm';
  fact.operation = 'chat';
  fact.cache_convention = 'unknown';
  fact.reasoning_convention = 'included';
  if (!record.has(name)) return;
  const output = record.json(name);
  if (!isObject(output)) return addDoubt(fact, 'truncated_usage');
  addMark(fact, 'answered');
  const metas = metasOf(output);
  for (const meta of metas) readMeta(meta, fact);
  return undefined;
}

/** Chat generators keep it on each reply, the others beside them; `meta` was `_meta` before. */
function metasOf(output: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { meta, replies } = output;
  if (Array.isArray(meta)) return meta.slice(0, 1);
  const first: unknown = Array.isArray(replies) ? replies[0] : null;
  return isObject(first) ? [first['meta'] ?? first['_meta']] : [];
}

function readMeta(meta: unknown, fact: FactDraft): void {
  if (!isObject(meta)) return;
  if (typeof meta['model'] === 'string') {
    fact.response_model = meta['model'];
    fact.request_model = meta['model'];
  }
  if (typeof meta['id'] === 'string' && meta['id'].length <= 128) fact.response_id = meta['id'];
  const reason = meta['finish_reason'];
  if (typeof reason === 'string') fact.finish_reasons = [finishReasonOf(reason)];
  fillFromUsageObject(fact, meta['usage']);
}

function readTool(record: RecordView, fact: FactDraft): void {
  fact.kind = 'tool';
  fact.operation = 'execute_tool';
  if (record.has(TOOL_NAME)) fact.tool_name = TOOL_NAME;
  if (record.has(TOOL_CALL_ID)) fact.tool_call_id = TOOL_CALL_ID;
  fact.tool_arguments_bytes = record.bytes(TOOL_INPUT) ?? record.bytes(COMPONENT_INPUT);
  fact.tool_result_bytes = record.bytes(TOOL_OUTPUT) ?? record.bytes(COMPONENT_OUTPUT);
}
