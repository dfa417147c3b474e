// Genkit: usage lies in the output of an action whose subtype is a model, as JSON; the utility spans
// around it repeat that output. Plugins keep the provider's own answer beside it.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { fillPeople, fillProvider } from '../reading/identity.ts';
import { addDoubt, addMark, fillOutcome } from '../reading/outcome.ts';
import {
  fillFromUsageObject,
  isObject,
  responseIdInAnswer,
  whole,
} from '../reading/usage-object.ts';
import { finishReasonOf } from '../reading/vocabulary.ts';

type Json = Readonly<Record<string, unknown>>;

const TYPE = attribute('genkit:type');
const SUBTYPE = attribute('genkit:metadata:subtype');
const NAME = attribute('genkit:name');
const INPUT = attribute('genkit:input');
const OUTPUT = attribute('genkit:output');
const STATE = attribute('genkit:state');
const SESSION = attribute('genkit:sessionId');

const KINDS: ReadonlyMap<string, readonly [kind: Kind, operation: string]> = new Map([
  ['model', ['llm', 'chat']],
  ['background-model', ['llm', 'chat']],
  ['embedder', ['embedding', 'embeddings']],
  ['reranker', ['rerank', 'rerank']],
  ['retriever', ['retrieval', 'retrieval']],
  ['tool', ['tool', 'execute_tool']],
  ['tool.v2', ['tool', 'execute_tool']],
  ['evaluator', ['evaluation', 'evaluation']],
  ['flow', ['agent', 'invoke_agent']],
  ['agent', ['agent', 'invoke_agent']],
]);

export const genkit: Dialect = {
  name: 'genkit',
  recognises_by: 'shape',

  recognises(record) {
    return record.scope === 'genkit-tracer' || record.has(TYPE);
  },

  read(record, fact) {
    fillPeople(record, fact);
    fillOutcome(record, fact);
    if (record.has(SESSION)) fact.conversation_id ??= SESSION;
    if (record.text(STATE) === 'error') fact.status = 'error';
    const [kind, operation] = KINDS.get(record.text(SUBTYPE) ?? '') ?? ['step', ''];
    fact.kind = kind;
    fact.operation = operation;
    if (kind === 'agent') fact.agent_name ??= NAME;
    else if (kind === 'tool') readTool(record, fact);
    else if (kind === 'llm' || kind === 'embedding' || kind === 'rerank') readCall(record, fact);
    return true;
  },
};

function readTool(record: RecordView, fact: FactDraft): void {
  fact.tool_name = NAME;
  fact.tool_arguments_bytes = record.bytes(INPUT);
  fact.tool_result_bytes = record.bytes(OUTPUT);
}

/** `openai/gpt-4o` names the plugin before the model. */
function readCall(record: RecordView, fact: FactDraft): void {
  const name = record.text(NAME) ?? '';
  const slash = name.indexOf('/');
  fillProvider(fact, slash < 0 ? '' : name.slice(0, slash));
  fact.request_model = name.slice(slash + 1);
  fact.cache_convention = 'included';
  fact.reasoning_convention = 'excluded';
  if (!record.has(OUTPUT)) return;
  const output = record.json(OUTPUT);
  if (isObject(output)) readAnswer(output, fact);
  else addDoubt(fact, 'truncated_usage');
}

/** The plugin's own usage is short of classes that the answer it kept has. */
function readAnswer(output: Json, fact: FactDraft): void {
  const raw = isObject(output['raw']) ? output['raw'] : output['custom'];
  const kept = isObject(raw) ? raw : {};
  const own = kept['usage'] ?? kept['usageMetadata'];
  if (isObject(own)) {
    fact.reasoning_convention = 'included';
    fillFromUsageObject(fact, own);
  }
  readOwnUsage(output['usage'], fact);
  fact.response_id = responseIdInAnswer(kept) || null;
  const model = kept['model'] ?? kept['modelVersion'];
  if (typeof model === 'string') fact.response_model = model;
  const reason = output['finishReason'] ?? firstCandidate(output)['finishReason'];
  if (typeof reason === 'string') fact.finish_reasons = [finishReasonOf(reason)];
  if (fact.status !== 'error') addMark(fact, 'answered');
}

function firstCandidate(output: Json): Json {
  const candidates = output['candidates'];
  const first: unknown = Array.isArray(candidates) ? candidates[0] : null;
  return isObject(first) ? first : {};
}

function readOwnUsage(usage: unknown, fact: FactDraft): void {
  if (!isObject(usage)) return;
  fillFromUsageObject(fact, usage);
  fact.cache_read_tokens ??= whole(usage['cachedContentTokens']);
  fact.reasoning_tokens ??= whole(usage['thoughtsTokens']);
}
