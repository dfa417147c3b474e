// LangSmith's own OpenTelemetry export. Its run type is the kind; chains repeat what their model
// calls used. Details of tokens are JSON from JavaScript and a dict's repr from Python.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { hasUsage } from '../reading/figures.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { fillProvider } from '../reading/identity.ts';
import { responseIdOf } from '../reading/kept-answer.ts';
import { addMark } from '../reading/outcome.ts';
import { dataOf } from '../reading/python-repr.ts';
import {
  fillFromUsageObject,
  fillUsageDetails,
  responseIdInText,
} from '../reading/usage-object.ts';

const SPAN_KIND = attribute('langsmith.span.kind');
const USAGE = attribute('langsmith.usage_metadata');
const METADATA_USAGE = attribute('langsmith.metadata.usage_metadata');
const INPUT_DETAILS = attribute('gen_ai.usage.input_token_details');
const OUTPUT_DETAILS = attribute('gen_ai.usage.output_token_details');
const COMPLETION = attribute('gen_ai.completion');
const PROMPT = attribute('gen_ai.prompt');
const AGENT_NAME = attribute('langsmith.metadata.lc_agent_name');
const MODEL_NAME = attribute('langsmith.metadata.ls_model_name');
const PROVIDER = attribute('langsmith.metadata.ls_provider');
const STREAMING = attribute('langsmith.request.streaming');
const AGENT_INTEGRATION = attribute('langsmith.metadata.ls_integration');

const KINDS: ReadonlyMap<string, readonly [kind: Kind, operation: string]> = new Map([
  ['llm', ['llm', 'chat']],
  ['embedding', ['embedding', 'embeddings']],
  ['tool', ['tool', 'execute_tool']],
  ['retriever', ['retrieval', 'retrieval']],
  ['chain', ['step', 'chain']],
  ['prompt', ['step', 'prompt']],
  ['parser', ['step', 'parser']],
]);

export const langsmith: Dialect = {
  name: 'langsmith',
  recognises_by: 'shape',

  recognises(record) {
    return record.has(SPAN_KIND) || record.scope === 'langsmith';
  },

  read(record, fact) {
    readGenAi(record, fact);
    const [kind, operation] = KINDS.get(record.text(SPAN_KIND) ?? '') ?? ['step', null];
    fact.kind = kind;
    fact.operation = operation ?? fact.operation;
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    if (record.has(AGENT_NAME)) fact.agent_name ??= AGENT_NAME;
    if (kind === 'llm' || kind === 'embedding') readCall(record, fact);
    else readStep(record, fact);
    addMark(fact, 'not_current');
    return true;
  },
};

/** What it keeps of a call that failed. */
const NO_ANSWER = /^\s*(?:\{\s*(?:"outputs?"\s*:\s*null\s*)?\}|null)?\s*$/;

function readCall(record: RecordView, fact: FactDraft): void {
  if (fact.provider === null || fact.provider === '')
    fillProvider(fact, record.text(PROVIDER) ?? '');
  if (record.has(MODEL_NAME)) fact.request_model ??= MODEL_NAME;
  if (record.flag(STREAMING) !== null) fact.streaming = record.flag(STREAMING);
  if (record.has(INPUT_DETAILS) || record.has(OUTPUT_DETAILS)) {
    fillUsageDetails(fact, dataOf(record, INPUT_DETAILS), dataOf(record, OUTPUT_DETAILS));
  }
  if (fact.cache_read_tokens === null) readUsageMetadata(record, fact);
  const answer = record.text(COMPLETION);
  if (answer !== null && fact.response_id === null) {
    const id = responseIdInText(answer) || responseIdOf(record.json(COMPLETION));
    fact.response_id = id || null;
  }
  readFailure(record, fact);
  if (answer === null || NO_ANSWER.test(answer)) return;
  // A failed call of LangChain leaves an empty message without an id.
  if (fact.status !== 'error' || fact.response_id !== null) addMark(fact, 'answered');
}

/** A span may end as OK all the same; its exception tells that the call failed. */
function readFailure(record: RecordView, fact: FactDraft): void {
  if (hasUsage(fact) || fact.response_id !== null || fact.status === 'error') return;
  if (record.events().some(({ name }) => name === 'exception')) fact.status = 'error';
}

function readUsageMetadata(record: RecordView, fact: FactDraft): void {
  const name = record.has(USAGE) ? USAGE : METADATA_USAGE;
  if (record.has(name)) fillFromUsageObject(fact, dataOf(record, name));
}

/** A chain that hands on a model's answer carries its id and finish reason; the call is another. */
function readStep(record: RecordView, fact: FactDraft): void {
  fact.response_id = null;
  fact.finish_reasons = [];
  if (fact.kind === 'tool') {
    fact.tool_name ??= record.name;
    fact.tool_arguments_bytes ??= record.bytes(PROMPT);
    fact.tool_result_bytes ??= record.bytes(COMPLETION);
  }
  const root = (record.text(AGENT_INTEGRATION) ?? '').includes('agent');
  if (fact.kind === 'step' && root && record.name === record.text(AGENT_NAME)) fact.kind = 'agent';
  if (fact.kind === 'agent') fact.operation = 'invoke_agent';
}
