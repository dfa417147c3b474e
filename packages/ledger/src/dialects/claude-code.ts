// Claude Code: the same call as a span and as a log event, its cost on the event only. Names are its
// own and carry no prefix; older versions wrote every number as text. Input leaves the cache out.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import { fillPeople } from '../reading/identity.ts';
import { picodollars } from '../reading/money.ts';
import { addMark, fillAnswer, fillOutcome } from '../reading/outcome.ts';
import { endAtOwnTime } from '../reading/own-interval.ts';
import { finishReasonOf } from '../reading/vocabulary.ts';

const MODEL = attribute('model');
const REQUEST_MODEL = attribute('gen_ai.request.model');
const RESPONSE_ID = attribute('gen_ai.response.id');
const REQUEST_ID = attribute('request_id');
const INPUT = attribute('input_tokens');
const OUTPUT = attribute('output_tokens');
const CACHE_READ = attribute('cache_read_tokens');
const CACHE_WRITE = attribute('cache_creation_tokens');
const CACHE_WRITE_5M = attribute('cache_creation_5m_tokens');
const CACHE_WRITE_1H = attribute('cache_creation_1h_tokens');
const COST = attribute('cost_usd');
const ATTEMPT = attribute('attempt');
const SUCCESS = attribute('success');
const STOP_REASON = attribute('stop_reason');
const TOOL_NAME = attribute('tool_name');
const GEN_AI_TOOL_NAME = attribute('gen_ai.tool.name');
const TOOL_USE_ID = attribute('tool_use_id');
const TOOL_INPUT_BYTES = attribute('tool_input_size_bytes');
const EVENT_NAME = attribute('event.name');
const SPAN_TYPE = attribute('span.type');
const AGENT = 'claude-code';

export const claudeCode: Dialect = {
  name: 'claude-code',
  recognises_by: 'values',

  recognises(record) {
    return (
      record.scope.startsWith('com.anthropic.claude_code') || record.name.startsWith('claude_code.')
    );
  },

  read(record, fact) {
    fillPeople(record, fact);
    fact.provider = 'anthropic';
    if (record.signal === 'log') return readEvent(record, fact);
    readSpan(record, fact);
    return true;
  },
};

function readSpan(record: RecordView, fact: FactDraft): void {
  const type = record.text(SPAN_TYPE) ?? record.name.slice('claude_code.'.length);
  if (type === 'llm_request') {
    readCall(record, fact);
    fact.attempts = record.count(ATTEMPT);
    return;
  }
  fillOutcome(record, fact);
  fact.provider = null;
  if (type === 'interaction') {
    fact.kind = 'agent';
    fact.operation = 'invoke_agent';
    fact.agent_name ??= AGENT;
  } else if (type === 'tool') {
    readTool(record, fact);
  } else {
    fact.kind = type === 'subagent.spawn' ? 'step' : 'other';
  }
}

/** Two events matter: the call and the tool's result; the others are its user interface. */
function readEvent(record: RecordView, fact: FactDraft): boolean {
  const name = record.text(EVENT_NAME) ?? record.name;
  if (name.endsWith('api_request')) {
    readCall(record, fact);
    endAtOwnTime(record, fact);
    return true;
  }
  if (!name.endsWith('tool_result')) return false;
  fact.provider = null;
  fillOutcome(record, fact);
  readTool(record, fact);
  endAtOwnTime(record, fact);
  return true;
}

function readCall(record: RecordView, fact: FactDraft): void {
  fillAnswer(record, fact);
  fact.kind = 'llm';
  fact.operation = 'chat';
  fact.request_model = record.has(REQUEST_MODEL) ? REQUEST_MODEL : MODEL;
  fact.response_id = record.has(RESPONSE_ID) ? RESPONSE_ID : REQUEST_ID;
  if (!record.has(RESPONSE_ID) && !record.has(REQUEST_ID)) fact.response_id = null;
  fact.input_tokens = record.count(INPUT);
  fact.output_tokens = record.count(OUTPUT);
  fact.cache_read_tokens = record.count(CACHE_READ);
  fact.cache_write_tokens = record.count(CACHE_WRITE);
  fact.cache_write_5m_tokens = record.count(CACHE_WRITE_5M);
  fact.cache_write_1h_tokens = record.count(CACHE_WRITE_1H);
  fact.cache_convention = 'excluded';
  fact.reasoning_convention = 'included';
  const cost = record.text(COST);
  fact.reported_cost_usd = cost === null ? null : picodollars(cost);
  if (record.flag(SUCCESS) === false) fact.status = 'error';
  const reason = record.text(STOP_REASON);
  if (reason !== null && fact.finish_reasons.length === 0) {
    fact.finish_reasons = [finishReasonOf(reason)];
    addMark(fact, 'answered');
  }
}

function readTool(record: RecordView, fact: FactDraft): void {
  fact.kind = 'tool';
  fact.operation = 'execute_tool';
  fact.tool_name = record.has(GEN_AI_TOOL_NAME) ? GEN_AI_TOOL_NAME : TOOL_NAME;
  fact.tool_call_id = record.has(TOOL_USE_ID) ? TOOL_USE_ID : null;
  fact.tool_arguments_bytes = record.count(TOOL_INPUT_BYTES);
  if (record.flag(SUCCESS) === false) fact.status = 'error';
}
