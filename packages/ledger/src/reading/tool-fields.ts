// What a record says of a tool call, and of the tools that were offered to a model: names and
// sizes, never the content.

import { attribute, type FactDraft, type RecordView } from '../dialect.ts';
import { TOOL_ARGUMENTS, TOOL_CALL_ID, TOOL_NAME, TOOL_RESULT } from './aliases.ts';

const DEFINITIONS = attribute('gen_ai.tool.definitions');
const DEFINITIONS_COUNT = attribute('spanledger.tools.count');
const DEFINITIONS_BYTES = attribute('spanledger.tools.size');
const ARGUMENTS_BYTES = attribute('spanledger.tool.arguments.size');
const RESULT_BYTES = attribute('spanledger.tool.result.size');

export function fillTool(record: RecordView, fact: FactDraft): void {
  fact.tool_name = record.first(TOOL_NAME);
  fact.tool_call_id = record.first(TOOL_CALL_ID);
  const given = record.first(TOOL_ARGUMENTS);
  const result = record.first(TOOL_RESULT);
  fact.tool_arguments_bytes = given === null ? record.count(ARGUMENTS_BYTES) : record.bytes(given);
  fact.tool_result_bytes = result === null ? record.count(RESULT_BYTES) : record.bytes(result);
}

/** How many tools a model call was offered, and how large their definitions are. */
export function fillToolDefinitions(record: RecordView, fact: FactDraft): void {
  fact.tool_definitions = record.count(DEFINITIONS_COUNT);
  fact.tool_definitions_bytes = record.count(DEFINITIONS_BYTES) ?? record.bytes(DEFINITIONS);
}
