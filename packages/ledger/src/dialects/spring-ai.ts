// Spring AI: its client, advisors and tools name their kind; the model's own span beneath them has
// the conventions' names alone and is read like anybody's.

import { attribute, type Dialect } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { readGenAi } from '../reading/gen-ai.ts';

const KIND = attribute('spring.ai.kind');
const STREAM = attribute('spring.ai.chat.client.stream');
const CONVERSATION = attribute('spring.ai.chat.client.conversation.id');
const TOOL_NAME = attribute('spring.ai.tool.definition.name');
const TOOL_ARGUMENTS = attribute('spring.ai.tool.call.arguments');
const TOOL_RESULT = attribute('spring.ai.tool.call.result');

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['chat_client', 'agent'],
  ['tool_call', 'tool'],
  ['vector_store', 'retrieval'],
]);

export const springAi: Dialect = {
  name: 'spring-ai',
  recognises_by: 'shape',

  recognises(record) {
    return record.has(KIND);
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.kind = KINDS.get(record.text(KIND) ?? '') ?? 'step';
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    fact.streaming ??= record.flag(STREAM);
    if (record.has(CONVERSATION)) fact.conversation_id ??= CONVERSATION;
    if (fact.kind === 'agent') fact.agent_name ??= KIND;
    if (fact.kind !== 'tool') return true;
    if (record.has(TOOL_NAME)) fact.tool_name = TOOL_NAME;
    fact.tool_arguments_bytes ??= record.bytes(TOOL_ARGUMENTS);
    fact.tool_result_bytes ??= record.bytes(TOOL_RESULT);
    return true;
  },
};
