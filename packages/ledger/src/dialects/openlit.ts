// OpenLIT, Python and JavaScript. Where a stream tells no usage it writes its own count under the
// names of real figures; those lack the cache, which real ones always name, even as 0.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { CACHE_READ_TOKENS } from '../reading/aliases.ts';
import { hasUsage } from '../reading/figures.ts';
import { DETAILS_EVENT, readGenAi } from '../reading/gen-ai.ts';
import { addDoubt, addMark } from '../reading/outcome.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
const RESPONSE_ID = attribute('gen_ai.response.id');
const RESPONSE_MODEL = attribute('gen_ai.response.model');
const TOOL_INPUT = attribute('gen_ai.tool.input');
const TOOL_OUTPUT = attribute('gen_ai.tool.output');
const SESSION = attribute('gen_ai.agent.session_id');
/** Before it had one scope for each library, every streamed figure was its own count. */
const OLD_SCOPE = 'openlit.otel.tracing';

/** Operations that are its own words. */
const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['image', 'llm'],
  ['image_generation', 'llm'],
  ['audio', 'llm'],
  ['speech', 'llm'],
  ['vectordb', 'retrieval'],
  ['execute_task', 'step'],
  ['model_request', 'llm'],
  ['workflow', 'workflow'],
  ['agent', 'agent'],
  ['framework', 'step'],
]);

export const openlit: Dialect = {
  name: 'openlit',
  recognises_by: 'shape',

  recognises(record) {
    if (!/^(?:@openlit\/|openlit(?:\.|$))/.test(record.scope)) return false;
    return record.signal === 'span' ? record.has(OPERATION_NAME) : record.name === DETAILS_EVENT;
  },

  read(record, fact) {
    readGenAi(record, fact);
    const kind = KINDS.get(record.text(OPERATION_NAME) ?? '');
    if (kind !== undefined) fact.kind = kind;
    fact.cache_convention = leavesCacheOut(record) ? 'excluded' : 'included';
    fact.reasoning_convention = 'included';
    if (record.has(SESSION)) fact.conversation_id ??= SESSION;
    // For what was not streamed it writes the length of the whole call here.
    if (fact.streaming === false) fact.time_to_first_chunk_ns = null;
    if (fact.kind === 'tool') {
      fact.tool_name ??= record.name;
      fact.tool_arguments_bytes ??= record.bytes(TOOL_INPUT);
      fact.tool_result_bytes ??= record.bytes(TOOL_OUTPUT);
    } else {
      fact.tool_name = null;
      fact.tool_call_id = null;
    }
    if (isEstimate(record, fact)) addMark(fact, 'estimate');
    readBareAnswer(record, fact);
    if (record.scope.includes('langchain')) forgetZeros(record, fact);
    return true;
  },
};

/** Input is passed on as the provider words it; these leave cached tokens out of it. */
function leavesCacheOut(record: RecordView): boolean {
  return record.scope.includes('anthropic') || record.scope.includes('bedrock');
}

function isEstimate(record: RecordView, fact: FactDraft): boolean {
  if (fact.kind !== 'llm' || !hasUsage(fact)) return false;
  if (record.scope === OLD_SCOPE) return fact.streaming === true;
  const names_cache = record.first(CACHE_READ_TOKENS) !== null;
  if (isJavaScript(record)) return !names_cache && mayCount(record, fact);
  if (!names_cache) return true;
  // Under LangChain it writes zeros beside its own count; an id comes with real figures only.
  const bare = fact.response_id === null && fact.cache_read_tokens === 0;
  return bare && record.scope.includes('langchain');
}

/** JavaScript's events have one scope, its spans one for each library. */
function isJavaScript(record: RecordView): boolean {
  return record.scope === 'openlit' || record.scope.startsWith('@openlit/');
}

/** JavaScript leaves a cache of 0 out of real figures too; only streams of chats it ever counts. */
function mayCount(record: RecordView, fact: FactDraft): boolean {
  if (record.signal === 'span' && fact.streaming !== true) return false;
  return !leavesCacheOut(record) && !(record.text(RESPONSE_ID) ?? '').startsWith('resp_');
}

/** JavaScript names no cache of this vendor's answers, and adds a stream's opening count. */
function readBareAnswer(record: RecordView, fact: FactDraft): void {
  if (!leavesCacheOut(record) || !isJavaScript(record) || fact.input_tokens === null) return;
  if (fact.streaming === true) addMark(fact, 'stream_plus_start');
  if (record.first(CACHE_READ_TOKENS) === null) addDoubt(fact, 'input_may_exclude_cache');
}

/** Under LangChain it writes 0 where it did not look: of this vendor the input then lacks its cache. */
function forgetZeros(record: RecordView, fact: FactDraft): void {
  if (fact.cache_read_tokens !== 0 || fact.cache_write_tokens !== 0) return;
  if (!(record.text(RESPONSE_MODEL) ?? '').includes('claude')) return;
  fact.cache_read_tokens = null;
  fact.cache_write_tokens = null;
  addDoubt(fact, 'input_may_exclude_cache');
}
