// The Langfuse SDKs. Usage is a JSON text of one of two shapes: disjoint parts, or a provider's own
// usage object; the model's name is the one that answered, where known.

import {
  attribute,
  type Attribute,
  type Dialect,
  type FactDraft,
  type RecordView,
} from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { fillPeople, fillProvider } from '../reading/identity.ts';
import { nanosecondsUntil } from '../reading/iso-time.ts';
import { addDoubt, addMark, fillOutcome } from '../reading/outcome.ts';
import { picodollarsOfNumber } from '../reading/money.ts';
import { fillTool } from '../reading/tool-fields.ts';
import { fillFromUsageObject, isObject, whole } from '../reading/usage-object.ts';
import { finishReasonOf } from '../reading/vocabulary.ts';

const TYPE = attribute('langfuse.observation.type');
const MODEL = attribute('langfuse.observation.model.name');
const PARAMETERS = attribute('langfuse.observation.model.parameters');
const USAGE = attribute('langfuse.observation.usage_details');
const COST = attribute('langfuse.observation.cost_details');
const OUTPUT = attribute('langfuse.observation.output');
const LEVEL = attribute('langfuse.observation.level');
const PROVIDER = attribute('langfuse.observation.metadata.ls_provider');
const FINISH_REASON = attribute('langfuse.observation.metadata.finish_reason');
const AGENT_NAME = attribute('langfuse.observation.metadata.lc_agent_name');
const FIRST_CHUNK_TIME = attribute('langfuse.observation.completion_start_time');

const TYPES: ReadonlyMap<string, readonly [kind: Kind, operation: string]> = new Map([
  ['generation', ['llm', 'chat']],
  ['embedding', ['embedding', 'embeddings']],
  ['agent', ['agent', 'invoke_agent']],
  ['tool', ['tool', 'execute_tool']],
  ['retriever', ['retrieval', 'retrieval']],
  ['guardrail', ['guardrail', 'guardrail']],
  ['evaluator', ['evaluation', 'evaluation']],
]);

/** JavaScript calls every call of the client a generation. */
const EMBEDDING = /\.embeddings$/;

export const langfuse: Dialect = {
  name: 'langfuse',
  recognises_by: 'shape',

  recognises(record) {
    return record.has(TYPE) || record.scope === 'langfuse-sdk';
  },

  read(record, fact) {
    fillPeople(record, fact);
    fillOutcome(record, fact);
    const type = record.text(TYPE) ?? 'span';
    const [kind, operation] = TYPES.get(type) ?? ['step', type];
    // Early Python versions wrote a generation as a span.
    const generation = kind === 'step' && record.has(MODEL) && record.has(USAGE);
    fact.kind = generation ? 'llm' : kind;
    fact.operation = generation ? 'chat' : operation;
    if (fact.kind === 'llm' && EMBEDDING.test(record.name)) {
      fact.kind = 'embedding';
      fact.operation = 'embeddings';
    }
    if (record.text(LEVEL) === 'ERROR') fact.status = 'error';
    if (kind === 'agent') fact.agent_name ??= record.name;
    else if (record.has(AGENT_NAME)) fact.agent_name ??= wordIn(record, AGENT_NAME) || null;
    if (kind === 'tool') {
      fillTool(record, fact);
      fact.tool_name ??= record.name;
    }
    const call = fact.kind === 'llm' || fact.kind === 'embedding';
    if (call || record.has(USAGE)) readModel(record, fact);
    addMark(fact, 'not_current');
    return true;
  },
};

function readModel(record: RecordView, fact: FactDraft): void {
  fact.request_model = record.has(MODEL) ? MODEL : null;
  const parameters = record.json(PARAMETERS);
  if (isObject(parameters) && typeof parameters['stream'] === 'boolean') {
    fact.streaming = parameters['stream'];
  }
  fillProvider(fact, wordIn(record, PROVIDER));
  const reason = finishReasonOf(wordIn(record, FINISH_REASON));
  if (reason !== '') fact.finish_reasons = [reason];
  if (isAnswered(record, fact)) addMark(fact, 'answered');
  if (record.has(USAGE)) readUsage(record.json(USAGE), fact);
  const cost = record.json(COST);
  if (isObject(cost) && typeof cost['total'] === 'number') {
    fact.reported_cost_usd = picodollarsOfNumber(cost['total']);
  }
  readFirstChunk(record, fact);
}

/** What a failed call leaves as its output is no answer. */
function isAnswered(record: RecordView, fact: FactDraft): boolean {
  if (fact.finish_reasons.length > 0) return true;
  return fact.status !== 'error' && (record.bytes(OUTPUT) ?? 0) > 0;
}

/** Our field and the names of its part; the first that is there counts. */
const PARTS = [
  ['input_tokens', ['input']],
  ['output_tokens', ['output']],
  ['total_tokens', ['total']],
  ['cache_read_tokens', ['input_cached_tokens', 'input_cache_read', 'cache_read_input_tokens']],
  [
    'cache_write_tokens',
    ['input_cache_creation', 'input_cache_write_tokens', 'cache_creation_input_tokens'],
  ],
  [
    'cache_write_5m_tokens',
    [
      'input_cache_creation_5m',
      'input_ephemeral_5m_input_tokens',
      'cache_creation_ephemeral_5m_input_tokens',
    ],
  ],
  [
    'cache_write_1h_tokens',
    [
      'input_cache_creation_1h',
      'input_ephemeral_1h_input_tokens',
      'cache_creation_ephemeral_1h_input_tokens',
    ],
  ],
  ['reasoning_tokens', ['output_reasoning_tokens', 'output_reasoning']],
  ['audio_input_tokens', ['input_audio_tokens', 'input_audio']],
  ['audio_output_tokens', ['output_audio_tokens', 'output_audio']],
] as const;

function readUsage(usage: unknown, fact: FactDraft): void {
  if (!isObject(usage)) return addDoubt(fact, 'truncated_usage');
  const in_parts = Object.hasOwn(usage, 'input') || Object.hasOwn(usage, 'output');
  if (!in_parts) {
    fillFromUsageObject(fact, usage);
    return undefined;
  }
  for (const [field, names] of PARTS) {
    const name = names.find((key) => Object.hasOwn(usage, key));
    const count = name === undefined ? null : whole(usage[name]);
    if (count !== null) fact[field] = count;
  }
  // LangChain writes 0 for the sum where it tells the lifetimes.
  const told = (fact.cache_write_5m_tokens ?? 0) + (fact.cache_write_1h_tokens ?? 0);
  if (told > 0 && fact.cache_write_tokens === 0) fact.cache_write_tokens = told;
  fact.cache_convention = 'disjoint';
  fact.reasoning_convention = 'excluded';
  return undefined;
}

function readFirstChunk(record: RecordView, fact: FactDraft): void {
  const wait_ns = nanosecondsUntil(record, FIRST_CHUNK_TIME);
  if (wait_ns === null) return;
  fact.time_to_first_chunk_ns = wait_ns;
  fact.streaming ??= true;
}

/** `"stop"`, with quotes of its own within the text. */
function wordIn(record: RecordView, name: Attribute): string {
  return (record.text(name) ?? '').replaceAll('"', '');
}
