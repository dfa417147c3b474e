// How a record ended: status, error, finish reasons, streaming, and whether an answer was seen.

import { aliases, attribute, type Attribute, type FactDraft, type RecordView } from '../dialect.ts';
import type { Doubt } from '../doubts.ts';
import type { Mark } from '../fact.ts';
import { FINISH_REASONS, SERVICE_TIER } from './aliases.ts';
import { fillTimeToFirstChunk } from './figures.ts';
import { finishReasonOf } from './vocabulary.ts';

const ERROR_TYPE = attribute('error.type');
const HTTP_STATUS = attribute('http.response.status_code');
const RESEND_COUNT = attribute('http.request.resend_count');
const ATTEMPTS = attribute('spanledger.attempts');
const CHUNKS = attribute('spanledger.stream.chunks');
const ABORTED = attribute('spanledger.stream.aborted');
const UNFINISHED = attribute('spanledger.unfinished');
const STREAM_FLAGS = aliases(
  'gen_ai.request.stream',
  'gen_ai.is_streaming',
  'gen_ai.request.is_stream',
  'llm.is_streaming',
);
const ANSWERS = aliases(
  'gen_ai.output.messages',
  'gen_ai.completion.0.content',
  'llm.output_messages.0.message.content',
  'llm.output_messages.0.message.tool_calls.0.tool_call.function.name',
  'ai.response.text',
  'ai.response.toolCalls',
);

/** What the provider answered, for a model call. */
export function fillAnswer(record: RecordView, fact: FactDraft): void {
  fillOutcome(record, fact);
  fillTimeToFirstChunk(record, fact);
  fact.finish_reasons = finishReasons(record);
  if (hasOnlyFailed(fact)) fact.status = 'error';
  fact.service_tier = record.first(SERVICE_TIER);
  fact.streaming = streaming(record, fact);
  fact.chunks = record.count(CHUNKS);
  fact.attempts = record.count(ATTEMPTS) ?? attemptsOfResends(record);
  if (isAnswered(record, fact)) addMark(fact, 'answered');
  if (record.flag(ABORTED) === true) addDoubt(fact, 'stream_aborted');
}

/** Status and error, for any record. */
export function fillOutcome(record: RecordView, fact: FactDraft): void {
  const failed = record.has(ERROR_TYPE);
  fact.status = failed && record.status === 'unset' ? 'error' : record.status;
  if (failed) fact.error_type = errorTypeOf(record, ERROR_TYPE);
  else fact.error_type = record.status === 'error' ? exceptionOf(record) : null;
  const status = record.count(HTTP_STATUS);
  fact.http_status = status !== null && status >= 100 && status <= 599 ? status : null;
  if (record.flag(UNFINISHED) === true) addDoubt(fact, 'unfinished');
}

/** What an attribute calls the error; where it tells a story instead, the exception beside it. */
export function errorTypeOf(record: RecordView, attribute: Attribute): string {
  const text = (record.text(attribute) ?? '').trim();
  return text === '' ? '' : errorWord(text) || (exceptionOf(record) ?? OTHER_ERROR);
}

/** Many emitters tell what went wrong in a span event alone. */
function exceptionOf(record: RecordView): string | null {
  const raised = record.events().find(({ name }) => name === 'exception');
  const type = raised?.attributes.get('exception.type')?.trim() ?? '';
  return type === '' ? null : errorWord(type) || OTHER_ERROR;
}

/** The convention's word for an error without a type of its own. */
const OTHER_ERROR = '_OTHER';
const ERROR_WORD_MAX = 120;
const WRITTEN_CLASS = /^<class '([^']+)'>$/;
/** A class after its modules: emitters leave these out as often as not. */
const CLASS_IN_MODULES = /^(?:\w+(?:\.|::|\\))+([A-Z]\w*)$/;

/** One word, so that errors can be counted by type; '' where the text is none. */
function errorWord(text: string): string {
  const word = WRITTEN_CLASS.exec(text.slice(0, 2 * ERROR_WORD_MAX))?.[1] ?? text;
  if (word.length > ERROR_WORD_MAX || /\s/.test(word)) return '';
  return CLASS_IN_MODULES.exec(word)?.[1] ?? word;
}

export function addMark(fact: FactDraft, mark: Mark): void {
  if (fact.marks.length === 0) fact.marks = [mark];
  else if (!fact.marks.includes(mark)) fact.marks = [...fact.marks, mark];
}

export function addDoubt(fact: FactDraft, doubt: Doubt): void {
  if (!fact.doubts.includes(doubt)) fact.doubts = [...fact.doubts, doubt];
}

function attemptsOfResends(record: RecordView): number | null {
  const resends = record.count(RESEND_COUNT);
  return resends === null ? null : resends + 1;
}

function streaming(record: RecordView, fact: FactDraft): boolean | null {
  const flag = record.first(STREAM_FLAGS);
  const said = flag === null ? null : record.flag(flag);
  if (said !== null) return said;
  return fact.time_to_first_chunk_ns === null ? null : true;
}

/** Some emitters set a status of their own over a call that failed. */
function hasOnlyFailed({ finish_reasons }: FactDraft): boolean {
  return finish_reasons.length > 0 && finish_reasons.every((reason) => reason === 'error');
}

function isAnswered(record: RecordView, fact: FactDraft): boolean {
  if (fact.time_to_first_chunk_ns !== null) return true;
  if (fact.finish_reasons.length > 0) return !hasOnlyFailed(fact);
  return record.first(ANSWERS) !== null;
}

const FINISH_REASONS_MAX = 16;
const KNOWN_LISTS = new WeakMap<object, readonly string[]>();

/** An array, a JSON array in a text, a comma list or a single word: all are seen. */
function finishReasons(record: RecordView): readonly string[] {
  const name = record.first(FINISH_REASONS);
  if (name === null) return [];
  const data = record.json(name);
  if (!Array.isArray(data)) return reasonsIn((record.text(name) ?? '').split(','));
  // A list that came before is the same object again.
  const known = KNOWN_LISTS.get(data);
  if (known !== undefined) return known;
  const reasons = reasonsIn(data.filter((word) => typeof word === 'string'));
  KNOWN_LISTS.set(data, reasons);
  return reasons;
}

function reasonsIn(words: readonly string[]): readonly string[] {
  return words
    .slice(0, FINISH_REASONS_MAX)
    .map(finishReasonOf)
    .filter((word) => word !== '');
}
