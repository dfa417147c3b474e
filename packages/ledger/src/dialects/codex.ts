// Codex. Of some 150 spans a turn, the response handler that saw the last event tells the usage of one
// call; the same call is a log event without a trace, told apart by its conversation.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import { AGENT_NAME, textOf } from '../reading/aliases.ts';
import { nanoseconds, NS_PER_MS } from '../reading/figures.ts';
import { fillPeople } from '../reading/identity.ts';
import { addMark, fillOutcome } from '../reading/outcome.ts';
import { endAtOwnTime } from '../reading/own-interval.ts';

const EVENT_NAME = attribute('event.name');
const EVENT_KIND = attribute('event.kind');
const MODEL = attribute('model');
const TURN = attribute('turn.id');
const INPUT = attribute('gen_ai.usage.input_tokens');
const OUTPUT = attribute('gen_ai.usage.output_tokens');
const CACHE_READ = attribute('gen_ai.usage.cache_read.input_tokens');
const CACHE_WRITE = attribute('gen_ai.usage.cache_write.input_tokens');
const REASONING = attribute('codex.usage.reasoning_output_tokens');
const TOTAL = attribute('codex.usage.total_tokens');
const WAIT = attribute('codex.response.receive_wait_ms');
const TURN_INPUT = attribute('codex.turn.token_usage.input_tokens');
const TURN_OUTPUT = attribute('codex.turn.token_usage.output_tokens');
const TURN_CACHE_READ = attribute('codex.turn.token_usage.cached_input_tokens');
const TURN_CACHE_WRITE = attribute('codex.turn.token_usage.cache_write_input_tokens');
const TURN_REASONING = attribute('codex.turn.token_usage.reasoning_output_tokens');
const TURN_TOTAL = attribute('codex.turn.token_usage.total_tokens');
const EVENT_INPUT = attribute('input_token_count');
const EVENT_OUTPUT = attribute('output_token_count');
const EVENT_CACHE_READ = attribute('cached_token_count');
const EVENT_CACHE_WRITE = attribute('cache_write_token_count');
const EVENT_REASONING = attribute('reasoning_token_count');
/** Named after tools, but it is the sum of input and output. */
const EVENT_TOTAL = attribute('tool_token_count');
const FIRST_TOKEN_MS = attribute('ttft_ms');
const TOOL_NAME = attribute('tool_name');
const CALL_ID = attribute('call_id');
const TOOL_PHASE = attribute('codex.tool.phase');
const ARGUMENTS = attribute('arguments');
const RESULT = attribute('output');
const SUCCESS = attribute('success');
const ORIGINATORS = ['codex_', 'codex-', 'codex.'] as const;
const AGENT = 'codex';
/** What it calls itself where it tells its agents apart. */
const MAIN_AGENT = 'main';

export const codex: Dialect = {
  name: 'codex',
  recognises_by: 'shape',

  recognises(record) {
    if (record.scope === AGENT || ORIGINATORS.some((word) => record.scope.startsWith(word))) {
      return true;
    }
    return record.has(WAIT) || record.has(TURN_INPUT);
  },

  read(record, fact) {
    fillPeople(record, fact);
    if (textOf(record, AGENT_NAME) === MAIN_AGENT) fact.agent_name = AGENT;
    fillOutcome(record, fact);
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    if (record.signal === 'log') return readEvent(record, fact);
    readSpan(record, fact);
    return true;
  },
};

function readSpan(record: RecordView, fact: FactDraft): void {
  fact.kind = 'other';
  if (record.has(TURN)) fact.execution_id ??= TURN;
  if (record.name === 'session_task.turn') readTurn(record, fact);
  else if (record.name === 'run_turn') fact.kind = 'step';
  else if (record.name === 'try_run_sampling_request') fact.request_model = MODEL;
  else if (record.has(INPUT) || record.has(OUTPUT)) readCall(record, fact);
  else if (record.has(TOOL_PHASE) && record.has(TOOL_NAME)) readTool(record, fact);
}

function readCall(record: RecordView, fact: FactDraft): void {
  callOfProvider(fact);
  if (record.has(MODEL)) fact.request_model = MODEL;
  fact.input_tokens = record.count(INPUT);
  fact.output_tokens = record.count(OUTPUT);
  fact.cache_read_tokens = record.count(CACHE_READ);
  fact.cache_write_tokens = record.count(CACHE_WRITE);
  fact.reasoning_tokens = record.count(REASONING);
  fact.total_tokens = record.count(TOTAL);
}

/** The turn is the agent's run: it sums what its calls used. */
function readTurn(record: RecordView, fact: FactDraft): void {
  fact.kind = 'agent';
  fact.operation = 'invoke_agent';
  fact.agent_name ??= AGENT;
  fact.request_model = MODEL;
  fact.input_tokens = record.count(TURN_INPUT);
  fact.output_tokens = record.count(TURN_OUTPUT);
  fact.cache_read_tokens = record.count(TURN_CACHE_READ);
  fact.cache_write_tokens = record.count(TURN_CACHE_WRITE);
  fact.reasoning_tokens = record.count(TURN_REASONING);
  fact.total_tokens = record.count(TURN_TOTAL);
}

function callOfProvider(fact: FactDraft): void {
  fact.kind = 'llm';
  fact.operation = 'chat';
  fact.provider = 'openai';
  fact.streaming = true;
  addMark(fact, 'answered');
}

function readEvent(record: RecordView, fact: FactDraft): boolean {
  const name = record.text(EVENT_NAME) ?? '';
  if (name === 'codex.tool_result') {
    readTool(record, fact);
    endAtOwnTime(record, fact);
    return true;
  }
  const ended = record.text(EVENT_KIND) === 'response.completed';
  // A second event of the same kind tells how long the last chunk took, and no figures.
  if (name !== 'codex.sse_event' || !ended || !record.has(EVENT_INPUT)) return false;
  callOfProvider(fact);
  fact.request_model = MODEL;
  fact.input_tokens = record.count(EVENT_INPUT);
  fact.output_tokens = record.count(EVENT_OUTPUT);
  fact.cache_read_tokens = record.count(EVENT_CACHE_READ);
  fact.cache_write_tokens = record.count(EVENT_CACHE_WRITE);
  fact.reasoning_tokens = record.count(EVENT_REASONING);
  fact.total_tokens = record.count(EVENT_TOTAL);
  fact.time_to_first_chunk_ns = nanoseconds(record.number(FIRST_TOKEN_MS), NS_PER_MS);
  return true;
}

function readTool(record: RecordView, fact: FactDraft): void {
  fact.kind = 'tool';
  fact.operation = 'execute_tool';
  fact.tool_name = TOOL_NAME;
  fact.tool_call_id = record.has(CALL_ID) ? CALL_ID : null;
  fact.tool_arguments_bytes = record.bytes(ARGUMENTS);
  fact.tool_result_bytes = record.bytes(RESULT);
  if (record.flag(SUCCESS) === false) fact.status = 'error';
}
