// What was said, for those who ask for it: messages as JSON text in the conventions' form. Off
// unless the options of privacy say so, which also say what of it may leave.

import type { Attributes } from '@opentelemetry/api';
import { capturesContent } from '../privacy/policy.ts';
import { recordContent } from '../privacy/recorded-content.ts';
import { OUTPUT_MESSAGES } from '../semantic-conventions.ts';
import { fields, list, type Fields } from './request.ts';

export { capturesContent };

/** `make` is called only when content is wanted. */
export function putContent(attributes: Attributes, name: string, make: () => unknown): void {
  if (capturesContent()) recordContent(attributes, name, make);
}

/** What a stream told by and by, as the one message that it is. */
export function putStreamedText(attributes: Attributes, said: string): void {
  if (said === '') return;
  putContent(attributes, OUTPUT_MESSAGES, () => [
    contentMessage({ role: 'assistant', content: said }),
  ]);
}

interface Message {
  role: unknown;
  parts: Fields[];
  finish_reason?: string;
}

/** A message of any of the APIs: their parts differ in names only. */
export function contentMessage(message: unknown, role?: string): Message {
  const said = fields(message);
  const calls = list(said['tool_calls']).map((call) => {
    const { id, function: called } = fields(call);
    const { name, arguments: given } = fields(called);
    return { type: 'tool_call', id, name, arguments: given };
  });
  const content = said['content'];
  const parts =
    said['role'] === 'tool'
      ? [{ type: 'tool_call_response', id: said['tool_call_id'], response: content }]
      : [...contentParts(content), ...itemParts(said)];
  return { role: said['role'] ?? role, parts: [...parts, ...calls] };
}

export function contentParts(content: unknown): Fields[] {
  if (typeof content === 'string') return [{ type: 'text', content }];
  return list(content).map((part) => {
    const said = fields(part);
    if (typeof said['text'] === 'string') return { type: 'text', content: said['text'] };
    const { type, id, name, input } = said;
    if (type === 'tool_use') return { type: 'tool_call', id, name, arguments: input };
    if (type === 'tool_result') {
      return { type: 'tool_call_response', id: said['tool_use_id'], response: said['content'] };
    }
    // Images and files are named, not copied.
    return { type };
  });
}

/** The Responses API has calls beside its messages, not in them. */
function itemParts({ type, call_id: id, name, arguments: given, output }: Fields): Fields[] {
  if (type === 'function_call') return [{ type: 'tool_call', id, name, arguments: given }];
  if (type === 'function_call_output')
    return [{ type: 'tool_call_response', id, response: output }];
  return [];
}
