// LiteLLM's callbacks, in a program and in its proxy. With another span active it writes a call's
// figures on that one, over those of the call before; the requests beneath are then the calls.

import { Buffer } from 'node:buffer';
import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { hasUsage } from '../reading/figures.ts';
import { addDoubt, addMark, fillOutcome } from '../reading/outcome.ts';
import { dataOf } from '../reading/python-repr.ts';
import { fillProvider } from '../reading/identity.ts';
import { fillFromUsageObject, isObject } from '../reading/usage-object.ts';
import { readRawRequest } from './litellm-raw.ts';

const SCOPE = 'litellm';
const CALL_ID = attribute('litellm.call_id');
const HIDDEN_PARAMETERS = attribute('hidden_params');
const USAGE_OBJECT = attribute('metadata.usage_object');
const PROVIDER_MODEL = attribute('litellm.provider.model');
const RESPONSE_ID = attribute('gen_ai.response.id');
const OTHER_RESPONSE_ID = attribute('llm.response.id');
const OPERATION = attribute('gen_ai.operation.name');
const SYSTEM = attribute('gen_ai.system');
const PROVIDER = attribute('gen_ai.provider.name');
const INPUT_TOKENS = attribute('llm.token_count.prompt');
const END_USER = attribute('metadata.user_api_key_end_user_id');
const KEY_USER = attribute('metadata.user_api_key_user_id');
const RAW_REQUEST = 'raw_gen_ai_request';

export const litellm: Dialect = {
  name: 'litellm',
  recognises_by: 'shape',

  recognises(record) {
    return record.signal === 'span' && (record.scope === SCOPE || record.has(CALL_ID));
  },

  read(record, fact) {
    if (record.name === RAW_REQUEST) readRawRequest(record, fact);
    else if (tellsOfCall(record)) readRequest(record, fact);
    else readService(record, fact);
    return true;
  },
};

function tellsOfCall(record: RecordView): boolean {
  return record.has(CALL_ID) || record.has(OPERATION) || record.has(INPUT_TOKENS);
}

/** Its router, cache, database and proxy: they only hold the calls together. */
function readService(record: RecordView, fact: FactDraft): void {
  fillOutcome(record, fact);
  fact.kind = record.name === 'guardrail' ? 'guardrail' : 'other';
}

function readRequest(record: RecordView, fact: FactDraft): void {
  readGenAi(record, fact);
  if (fact.kind === 'step' && record.has(INPUT_TOKENS)) fact.kind = 'llm';
  fact.cache_convention = 'included';
  fact.reasoning_convention = 'included';
  fact.response_id = providerId(record);
  if (!record.text(SYSTEM) && !record.text(PROVIDER)) {
    fillProvider(fact, /^([^/]+)\//.exec(record.text(PROVIDER_MODEL) ?? '')?.[1] ?? '');
  }
  fact.user_id ??= record.text(END_USER) || record.text(KEY_USER) || null;
  fact.tool_name = null;
  if (isCacheHit(record)) return readCacheHit(fact);
  if (record.scope !== SCOPE) return readOverwritten(fact);
  readUsageObject(record, fact);
  addMark(fact, 'not_current');
  addMark(fact, 'written_after');
  return undefined;
}

/** Answered from its own cache: the figures are those of the call that filled it. */
function readCacheHit(fact: FactDraft): void {
  fact.kind = 'step';
  fact.operation = 'cached';
  fact.response_id = null;
  fact.input_tokens = null;
  fact.output_tokens = null;
  fact.total_tokens = null;
  fact.cache_read_tokens = null;
  fact.cache_write_tokens = null;
  fact.reasoning_tokens = null;
  fact.reported_cost_usd = 0n;
}

/** Another emitter's span on which the last of several calls left its figures. */
function readOverwritten(fact: FactDraft): void {
  fact.kind = 'step';
  fact.operation = null;
  fact.response_id = null;
  fact.finish_reasons = [];
  addMark(fact, 'aggregate');
  addMark(fact, 'overwritten');
  if (hasUsage(fact)) addDoubt(fact, 'overwritten_span');
}

const CACHE_KEY = /"cache_key":\s*"/;

function isCacheHit(record: RecordView): boolean {
  return CACHE_KEY.test(record.text(HIDDEN_PARAMETERS) ?? '');
}

/**
 * The object names cache and reasoning, which the attributes do not. A stream whose object has no
 * parts of the input was counted by LiteLLM itself: the provider sent nothing.
 */
function readUsageObject(record: RecordView, fact: FactDraft): void {
  if (!hasUsage(fact) || !record.has(USAGE_OBJECT)) return;
  const usage = dataOf(record, USAGE_OBJECT);
  if (!isObject(usage)) {
    addDoubt(fact, 'truncated_usage');
    if (fact.streaming === true) addDoubt(fact, 'may_be_estimate');
    return;
  }
  if (Object.keys(usage).length === 0) return;
  fillFromUsageObject(fact, usage);
  const parts = usage['prompt_tokens_details'];
  const counted = parts === null || parts === undefined;
  if (fact.streaming === true && counted && fact.kind === 'llm') addMark(fact, 'estimate');
}

const UUID = /^(?:chatcmpl-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const WRAPPED_ID = /^resp_([A-Za-z0-9+/=_-]{24,1024})$/;
const ID_WITHIN = /^litellm:.*response_id:([^;\s]{1,128})/;

/** LiteLLM's own ids are none; it wraps those of responses in one of its own. */
function providerId(record: RecordView): string | null {
  const id = record.text(record.has(RESPONSE_ID) ? RESPONSE_ID : OTHER_RESPONSE_ID);
  if (id === null || UUID.test(id)) return null;
  const wrapped = WRAPPED_ID.exec(id)?.[1];
  if (wrapped === undefined) return id;
  return ID_WITHIN.exec(Buffer.from(wrapped, 'base64').toString('latin1'))?.[1] ?? id;
}
