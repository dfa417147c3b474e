// The reader of last resort: any record with gen_ai names, whoever wrote it. Its scope is unknown,
// so it is treated like an emitter that does not make its span the current one.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import {
  firstOf,
  OPERATION,
  PROVIDER,
  REQUEST_MODEL,
  textOf,
  TOOL_NAME,
  USAGE_OBJECT,
} from './aliases.ts';
import { fillReportedCost, fillUsage, hasUsage } from './figures.ts';
import { fillIdentity } from './identity.ts';
import { addDoubt, addMark, fillAnswer } from './outcome.ts';
import { fillTool, fillToolDefinitions } from './tool-fields.ts';
import { fillFromUsageObject } from './usage-object.ts';
import { kindOfOperation } from './vocabulary.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
const MCP_METHOD = attribute('mcp.method.name');
const AGENT_NAME = attribute('gen_ai.agent.name');
const INPUT_TOKENS = attribute('gen_ai.usage.input_tokens');
const PROMPT_TOKENS = attribute('gen_ai.usage.prompt_tokens');
const OLD_CACHE_READ = attribute('gen_ai.usage.cache_read_input_tokens');
const OLD_CACHE_WRITE = attribute('gen_ai.usage.cache_creation_input_tokens');
const NEW_CACHE_NAMES = [
  attribute('gen_ai.usage.cache_read.input_tokens'),
  attribute('gen_ai.usage.cache_write.input_tokens'),
  attribute('gen_ai.usage.cache_creation.input_tokens'),
];
const DETAILS_EVENT = 'gen_ai.client.inference.operation.details';

const MARKERS = [
  OPERATION_NAME,
  ...PROVIDER,
  ...REQUEST_MODEL,
  ...TOOL_NAME,
  AGENT_NAME,
  MCP_METHOD,
  INPUT_TOKENS,
  PROMPT_TOKENS,
];

export const generic: Dialect = {
  name: 'otel-generic',
  recognises_by: 'shape',

  recognises(record) {
    if (record.signal === 'log') return record.name === DETAILS_EVENT;
    return MARKERS.some((name) => record.has(name));
  },

  read(record, fact) {
    readGenAi(record, fact);
    if (fact.operation === null) inferKind(fact);
    if (hasOnlyOldCacheNames(record, fact)) fact.cache_convention = 'excluded';
    addMark(fact, 'not_current');
    return true;
  },
};

/** A model and usage, and nothing else: a call, or an application's own sum over its calls. */
function inferKind(fact: FactDraft): void {
  const named = fact.request_model !== null || fact.response_model !== null;
  if (fact.kind !== 'step' || !named || !hasUsage(fact)) return;
  fact.kind = 'llm';
  addMark(fact, 'inferred');
}

/** Rule 4: under these names alone, this provider's input was written as it came: without cache. */
function hasOnlyOldCacheNames(record: RecordView, fact: FactDraft): boolean {
  const old = record.has(OLD_CACHE_READ) || record.has(OLD_CACHE_WRITE);
  if (!old || NEW_CACHE_NAMES.some((name) => record.has(name))) return false;
  return fact.provider === 'anthropic' || isClaude(record);
}

/** Everything the GenAI conventions say, old and new names alike. */
export function readGenAi(record: RecordView, fact: FactDraft): void {
  fillIdentity(record, fact);
  fillUsage(record, fact);
  readUsageObject(record, fact);
  fillReportedCost(record, fact);
  fillAnswer(record, fact);
  fillTool(record, fact);
  fillToolDefinitions(record, fact);
  fact.operation = firstOf(record, OPERATION);
  fact.kind = kindOfRecord(record, fact);
  doubtBareInput(record, fact);
}

function readUsageObject(record: RecordView, fact: FactDraft): void {
  if (fact.cache_read_tokens !== null) return;
  const name = firstOf(record, USAGE_OBJECT);
  if (name !== null) fillFromUsageObject(fact, record.json(name));
}

/** Rule 10: an input without a word about the cache, where the provider leaves the cache out. */
function doubtBareInput(record: RecordView, fact: FactDraft): void {
  if (fact.provider !== 'aws.bedrock' || fact.kind !== 'llm') return;
  if (fact.input_tokens === null || fact.cache_read_tokens !== null) return;
  if (isClaude(record)) addDoubt(fact, 'input_may_exclude_cache');
}

function isClaude(record: RecordView): boolean {
  return textOf(record, REQUEST_MODEL).includes('claude');
}

function kindOfRecord(record: RecordView, fact: FactDraft): Kind {
  const operation = record.text(OPERATION_NAME);
  if (record.has(MCP_METHOD)) return record.text(MCP_METHOD) === 'tools/call' ? 'tool' : 'mcp';
  const kind = operation === null ? null : kindOfOperation(operation);
  if (kind !== null) return kind;
  if (operation === null && record.name === DETAILS_EVENT) return 'llm';
  return operation === null && fact.tool_name !== null && !hasUsage(fact) ? 'tool' : 'step';
}
