// Braintrust: kind, figures and names are JSON texts, each under one attribute. Its processor marks
// other emitters' spans with their parent alone, which makes them no spans of its own.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { nanoseconds, NS_PER_SECOND } from '../reading/figures.ts';
import { fillProvider } from '../reading/identity.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { addMark } from '../reading/outcome.ts';
import { isObject, whole } from '../reading/usage-object.ts';

const ATTRIBUTES = attribute('braintrust.span_attributes');
const METRICS = attribute('braintrust.metrics');
const METADATA = attribute('braintrust.metadata');
const INPUT = attribute('braintrust.input_json');
const OUTPUT = attribute('braintrust.output_json');

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['llm', 'llm'],
  ['tool', 'tool'],
  ['score', 'evaluation'],
]);

export const braintrust: Dialect = {
  name: 'braintrust',
  recognises_by: 'shape',

  recognises(record) {
    return record.has(ATTRIBUTES) || record.has(METRICS);
  },

  read(record, fact) {
    readGenAi(record, fact);
    const own = record.json(ATTRIBUTES);
    if (isObject(own) && typeof own['type'] === 'string') {
      fact.kind = KINDS.get(own['type']) ?? 'step';
    }
    readMetrics(record, fact);
    readNames(record, fact);
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    if (fact.kind === 'tool') {
      fact.tool_name ??= record.name;
      fact.tool_arguments_bytes ??= record.bytes(INPUT);
      fact.tool_result_bytes ??= record.bytes(OUTPUT);
    }
    addMark(fact, 'not_current');
    return true;
  },
};

function readMetrics(record: RecordView, fact: FactDraft): void {
  const metrics = record.json(METRICS);
  if (!isObject(metrics)) return;
  fact.input_tokens ??= whole(metrics['prompt_tokens']);
  fact.output_tokens ??= whole(metrics['completion_tokens']);
  fact.total_tokens ??= whole(metrics['tokens']);
  fact.cache_read_tokens ??= whole(metrics['prompt_cached_tokens']);
  fact.cache_write_tokens ??= whole(metrics['prompt_cache_creation_tokens']);
  fact.reasoning_tokens ??= whole(metrics['completion_reasoning_tokens']);
  const wait_s = metrics['time_to_first_token'];
  if (typeof wait_s === 'number') {
    fact.time_to_first_chunk_ns ??= nanoseconds(wait_s, NS_PER_SECOND);
  }
}

function readNames(record: RecordView, fact: FactDraft): void {
  const metadata = record.json(METADATA);
  if (!isObject(metadata)) return;
  if (typeof metadata['model'] === 'string') fact.request_model ??= metadata['model'];
  if (typeof metadata['provider'] === 'string') fillProvider(fact, metadata['provider']);
  if (typeof metadata['session_id'] === 'string') fact.conversation_id ??= metadata['session_id'];
}
