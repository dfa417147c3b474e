// Of a value that may be recorded, the parts that may not: system messages, and what tools were given
// and gave back, lie within prompts and answers, too.

import { fields, list, type Fields } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';
import type { Privacy } from './options.ts';
import { allowsName, allowsTool, WITHHELD } from './policy.ts';

/** The value without them; itself where nothing is forbidden. */
export function allowedParts(name: string, value: unknown, privacy: Privacy): unknown {
  const { allow, deny, allowTools, denyTools } = privacy;
  const byTool = allowTools !== null || denyTools !== null;
  if (!byTool && allow === null && deny === null) return value;
  if (name === names.TOOL_DEFINITIONS) {
    return byTool ? list(value).filter((tool) => allowsTool(privacy, toolName(tool))) : value;
  }
  const isConversation = name === names.INPUT_MESSAGES || name === names.OUTPUT_MESSAGES;
  return isConversation ? allowedMessages(list(value), privacy) : value;
}

function toolName(tool: unknown): unknown {
  const { name, function: called, toolSpec } = fields(tool);
  return name ?? fields(called)['name'] ?? fields(toolSpec)['name'];
}

function allowedMessages(messages: readonly unknown[], privacy: Privacy): unknown[] {
  const called = new Map<unknown, unknown>();
  return messages.map((message) => {
    const said = fields(message);
    const isSystem = said['role'] === 'system' || said['role'] === 'developer';
    if (isSystem && !allowsName(privacy, names.SYSTEM_INSTRUCTIONS)) {
      return { role: said['role'], parts: [{ type: WITHHELD }] };
    }
    const parts = list(said['parts']).map((part) => allowedPart(fields(part), called, privacy));
    return { ...said, parts };
  });
}

/** Which tool an answer is from is told by the call that it answers. */
function allowedPart(part: Fields, called: Map<unknown, unknown>, privacy: Privacy): Fields {
  if (part['type'] === 'tool_call') {
    called.set(part['id'], part['name']);
    const may = allowsName(privacy, names.TOOL_CALL_ARGUMENTS);
    return may && allowsTool(privacy, part['name']) ? part : { ...part, arguments: WITHHELD };
  }
  if (part['type'] !== 'tool_call_response') return part;
  const may = allowsName(privacy, names.TOOL_CALL_RESULT);
  const tool = called.get(part['id']);
  return may && allowsTool(privacy, tool) ? part : { ...part, response: WITHHELD };
}
