// Gemini CLI tells of one call up to four times. Its span leaves the thoughts out of the output and
// does not say how many there were; only the event of the answer does.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import { DETAILS_EVENT, readGenAi } from '../reading/gen-ai.ts';
import { fillPeople } from '../reading/identity.ts';
import { addMark, errorTypeOf, fillOutcome } from '../reading/outcome.ts';
import { endAtOwnTime } from '../reading/own-interval.ts';
import { finishReasonOf } from '../reading/vocabulary.ts';

const EVENT_NAME = attribute('event.name');
const MODEL = attribute('model');
const INPUT = attribute('input_token_count');
const OUTPUT = attribute('output_token_count');
const CACHED = attribute('cached_content_token_count');
const THOUGHTS = attribute('thoughts_token_count');
const TOTAL = attribute('total_token_count');
const FINISH_REASONS = attribute('finish_reasons');
const STATUS_CODE = attribute('status_code');
const ERROR_TYPE = attribute('error_type');
const FUNCTION_NAME = attribute('function_name');
const FUNCTION_ARGUMENTS = attribute('function_args');
const CONTENT_LENGTH = attribute('content_length');
const SUCCESS = attribute('success');
const PROMPT_ID = attribute('prompt_id');
const SCOPE = 'gemini-cli';
const PROVIDER = 'gcp.gemini';

export const geminiCli: Dialect = {
  name: 'gemini-cli',
  recognises_by: 'shape',

  recognises(record) {
    if (record.scope === SCOPE) return true;
    return record.signal === 'log' && (record.text(EVENT_NAME) ?? '').startsWith('gemini_cli.');
  },

  read(record, fact) {
    if (record.signal === 'log') return readEvent(record, fact);
    readGenAi(record, fact);
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'excluded';
    if (fact.kind === 'llm') {
      fact.provider = PROVIDER;
      addMark(fact, 'leaves_reasoning_out');
    } else if (fact.kind === 'tool' && fact.tool_call_id === null) {
      // The scheduler's span has the name of no tool.
      if (fact.tool_name === null) fact.kind = 'step';
    }
    return true;
  },
};

function readEvent(record: RecordView, fact: FactDraft): boolean {
  const name = record.text(EVENT_NAME) ?? '';
  if (name === 'gemini_cli.tool_call') {
    readTool(record, fact);
    return true;
  }
  if (name === DETAILS_EVENT) return readDetails(record, fact);
  if (name !== 'gemini_cli.api_response' && name !== 'gemini_cli.api_error') return false;
  readCall(record, fact);
  endAtOwnTime(record, fact);
  return true;
}

/** The request's half of these events tells no usage and no answer. */
function readDetails(record: RecordView, fact: FactDraft): boolean {
  readGenAi(record, fact);
  fact.kind = 'llm';
  fact.provider = PROVIDER;
  fact.cache_convention = 'included';
  fact.reasoning_convention = 'excluded';
  addMark(fact, 'leaves_reasoning_out');
  return fact.input_tokens !== null || fact.output_tokens !== null;
}

function readCall(record: RecordView, fact: FactDraft): void {
  fillPeople(record, fact);
  fillOutcome(record, fact);
  fact.kind = 'llm';
  fact.operation = 'chat';
  fact.provider = PROVIDER;
  fact.request_model = MODEL;
  if (record.has(PROMPT_ID)) fact.execution_id ??= PROMPT_ID;
  fact.input_tokens = record.count(INPUT);
  fact.output_tokens = record.count(OUTPUT);
  fact.cache_read_tokens = record.count(CACHED);
  fact.reasoning_tokens = record.count(THOUGHTS);
  fact.total_tokens = record.count(TOTAL);
  fact.cache_convention = 'included';
  fact.reasoning_convention = 'excluded';
  fact.http_status ??= statusOf(record);
  if (record.has(ERROR_TYPE)) {
    fact.error_type = errorTypeOf(record, ERROR_TYPE);
    fact.status = 'error';
    return;
  }
  fact.finish_reasons = finishReasons(record);
  addMark(fact, 'answered');
}

function statusOf(record: RecordView): number | null {
  const status = record.count(STATUS_CODE);
  return status !== null && status >= 100 && status <= 599 ? status : null;
}

/** A stream writes its reason once for each chunk. */
function finishReasons(record: RecordView): readonly string[] {
  const words = record.json(FINISH_REASONS);
  if (!Array.isArray(words)) return [];
  const said = words.filter((word): word is string => typeof word === 'string');
  return [...new Set(said.map(finishReasonOf))].slice(0, 8);
}

function readTool(record: RecordView, fact: FactDraft): void {
  fillPeople(record, fact);
  fillOutcome(record, fact);
  fact.kind = 'tool';
  fact.operation = 'execute_tool';
  fact.tool_name = FUNCTION_NAME;
  fact.tool_arguments_bytes = record.bytes(FUNCTION_ARGUMENTS);
  fact.tool_result_bytes = record.count(CONTENT_LENGTH);
  if (record.flag(SUCCESS) === false) fact.status = 'error';
  endAtOwnTime(record, fact);
}
