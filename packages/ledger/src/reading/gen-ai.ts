// What the GenAI conventions say of a record, old and new names alike: most dialects read this first
// and then correct what their emitter words differently.

import { attribute, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { OPERATION, REQUEST_MODEL, textOf, USAGE_OBJECT } from './aliases.ts';
import { fillReportedCost, fillUsage, hasUsage } from './figures.ts';
import { fillIdentity } from './identity.ts';
import { addDoubt, fillAnswer } from './outcome.ts';
import { fillTool, fillToolDefinitions } from './tool-fields.ts';
import { fillFromUsageObject } from './usage-object.ts';
import { kindOfOperation } from './vocabulary.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
const MCP_METHOD = attribute('mcp.method.name');
const OLD_CACHE_READ = attribute('gen_ai.usage.cache_read_input_tokens');
const OLD_CACHE_WRITE = attribute('gen_ai.usage.cache_creation_input_tokens');
const NEW_CACHE_NAMES = [
  attribute('gen_ai.usage.cache_read.input_tokens'),
  attribute('gen_ai.usage.cache_write.input_tokens'),
  attribute('gen_ai.usage.cache_creation.input_tokens'),
];
/** The log event in which the conventions tell a call once more. */
export const DETAILS_EVENT = 'gen_ai.client.inference.operation.details';

/** Everything the GenAI conventions say, old and new names alike. */
export function readGenAi(record: RecordView, fact: FactDraft): void {
  fillIdentity(record, fact);
  fillUsage(record, fact);
  readUsageObject(record, fact);
  fillReportedCost(record, fact);
  fillAnswer(record, fact);
  fillTool(record, fact);
  fillToolDefinitions(record, fact);
  fact.operation = record.first(OPERATION);
  fact.kind = kindOfRecord(record, fact);
  doubtBareInput(record, fact);
}

function readUsageObject(record: RecordView, fact: FactDraft): void {
  if (fact.cache_read_tokens !== null) return;
  const name = record.first(USAGE_OBJECT);
  if (name !== null) fillFromUsageObject(fact, record.json(name));
}

/** Rule 10: an input without a word about the cache, where the provider leaves the cache out. */
function doubtBareInput(record: RecordView, fact: FactDraft): void {
  if (fact.provider !== 'aws.bedrock' || fact.kind !== 'llm') return;
  if (fact.input_tokens === null || fact.cache_read_tokens !== null) return;
  if (isClaude(record)) addDoubt(fact, 'input_may_exclude_cache');
}

export function isClaude(record: RecordView): boolean {
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

/** Rule 4: under these names alone, this provider's input was written as it came: without cache. */
export function hasOnlyOldCacheNames(record: RecordView, fact: FactDraft): boolean {
  const old = record.has(OLD_CACHE_READ) || record.has(OLD_CACHE_WRITE);
  if (!old || NEW_CACHE_NAMES.some((name) => record.has(name))) return false;
  return fact.provider === 'anthropic' || isClaude(record);
}
