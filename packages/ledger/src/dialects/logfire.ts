// Logfire's own integrations. A stream is two records: the request's span, which ends when the
// stream begins, and a point in time at its end, which alone holds the figures.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { fillFromUsageObject } from '../reading/usage-object.ts';
import { hasUsage, NS_PER_SECOND } from '../reading/figures.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { addMark } from '../reading/outcome.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
const DURATION = attribute('duration');
const STREAM_END = 'streaming response from ';
const REQUEST_DATA = attribute('request_data');
const RESPONSE_ID = attribute('response_id');
const USAGE = attribute('usage');
const NAME = attribute('name');
const INPUT = attribute('input');
const OUTPUT = attribute('output');
const PARTIAL_INPUT = attribute('gen_ai.usage.partial.input_tokens');
const DURATION_MAX_S = 86_400;

/** The bridge of the OpenAI Agents SDK names its spans and writes an operation on calls only. */
const AGENTS_SCOPE = 'logfire.openai_agents';
const AGENTS_NAMES: readonly (readonly [string, Kind, string])[] = [
  ['Agent run', 'agent', 'invoke_agent'],
  ['Function', 'tool', 'execute_tool'],
  ['Task', 'workflow', 'invoke_workflow'],
  ['OpenAI Agents trace', 'workflow', 'invoke_workflow'],
  ['Chat completion', 'llm', 'chat'],
  ['Responses API', 'llm', 'chat'],
];

export const logfire: Dialect = {
  name: 'logfire',
  recognises_by: 'shape',

  recognises(record) {
    if (record.signal === 'log') return false;
    return record.scope === 'logfire' || record.scope.startsWith('logfire.');
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    if (record.scope === AGENTS_SCOPE) readAgents(record, fact);
    else if (!record.has(OPERATION_NAME)) fact.kind = ownKind(fact);
    if (record.name.startsWith(STREAM_END)) readStreamEnd(record, fact);
    else readRequest(record, fact);
    return true;
  },
};

/** What an application wraps by itself holds the trace together and says nothing of GenAI. */
function ownKind(fact: FactDraft): Kind {
  return fact.kind === 'step' && !hasUsage(fact) ? 'other' : fact.kind;
}

/** The record's interval is the stream's: it is written at the end and says how long it took. */
function readStreamEnd(record: RecordView, fact: FactDraft): void {
  addMark(fact, 'stream_end');
  addMark(fact, 'written_after');
  fact.streaming = true;
  const seconds = record.number(DURATION);
  if (seconds === null || seconds < 0 || seconds > DURATION_MAX_S) return;
  const duration_ns = BigInt(Math.round(seconds * NS_PER_SECOND));
  fact.duration_ns = duration_ns;
  fact.start_time = record.endTime - duration_ns;
}

function readRequest(record: RecordView, fact: FactDraft): void {
  if (fact.kind !== 'llm') return;
  // The figures of a stream in progress; the run above has the ones that count.
  if (record.has(PARTIAL_INPUT)) addMark(fact, 'answered');
  if (fact.streaming !== null || hasUsage(fact) || !record.has(REQUEST_DATA)) return;
  if (record.text(REQUEST_DATA)?.includes('"stream":true') === true) fact.streaming = true;
}

function readAgents(record: RecordView, fact: FactDraft): void {
  if (!record.has(OPERATION_NAME)) {
    const known = AGENTS_NAMES.find(([name]) => record.name.startsWith(name));
    fact.kind = known?.[1] ?? 'step';
    fact.operation = known?.[2] ?? null;
  }
  if (fact.kind === 'agent' && record.has(NAME)) fact.agent_name ??= NAME;
  if (fact.kind === 'tool') {
    fact.tool_name ??= NAME;
    fact.tool_arguments_bytes ??= record.bytes(INPUT);
    fact.tool_result_bytes ??= record.bytes(OUTPUT);
  }
  // What failed has both, as the word for nothing.
  if (fact.kind === 'llm' && record.json(RESPONSE_ID) !== null) {
    fact.response_id ??= RESPONSE_ID;
    addMark(fact, 'answered');
  }
  // Turns and tasks repeat their calls; they count only where the calls themselves say nothing.
  if (fact.cache_read_tokens === null) fillFromUsageObject(fact, record.json(USAGE));
}
