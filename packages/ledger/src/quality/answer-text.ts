// The text of an answer out of the data that emitters keep: messages, choices, candidates and parts in
// every provider's words. What was said by others than the model is no part of it.

export interface Said {
  readonly text: string;
  /** Tools were called: then the text may be missing. */
  readonly tool_calls: boolean;
}

type Part = Readonly<Record<string, unknown>>;

/** Deeper nesting than any answer has. */
const LEVELS_MAX = 16;
const MODEL_ROLES = new Set(['assistant', 'model', 'ai', 'aimessage']);
const TOOL_TYPES =
  /^(?:tool_call|tool_use|toolcall|tool-call|function_call|tool_request|mcp_call|server_tool_use)$/i;
/** Not said to anybody. */
const SILENT_TYPES = /^(?:thinking|redacted_thinking|reasoning|reasoning_content)$/i;
const TOOL_KEYS = [
  'tool_calls',
  'toolCalls',
  'toolUse',
  'functionCall',
  'function_call',
  'toolRequest',
];
/** What emitters put in place of a text that they keep to themselves. */
const WITHHELD = /^(?:<elided>|[[_<]*redacted[\]_>]*)$/i;
/** Where an answer lies in an object: the first of these that is there. */
const HOLDERS = [
  ...[
    'choices',
    'candidates',
    'generations',
    'replies',
    'output',
    'outputs',
    'messages',
    'message',
  ],
  ...['response', 'update', 'kwargs', 'parts', 'content', 'text', 'refusal', 'raw'],
];

/** Null where the data is no answer of any known shape. */
export function saidIn(data: unknown): Said | null {
  const found = { texts: [] as string[], tool_calls: false, known: false };
  look(data, found, 0);
  if (!found.known) return null;
  return { text: found.texts.join('\n'), tool_calls: found.tool_calls };
}

/** Data with nothing in it that messages have: what was asked for, as data. */
export function isPlainData(data: unknown): boolean {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return false;
  return ![...HOLDERS, ...TOOL_KEYS, 'role', 'type'].some((key) => Object.hasOwn(data, key));
}

interface Found {
  readonly texts: string[];
  tool_calls: boolean;
  known: boolean;
}

function look(data: unknown, found: Found, level: number): void {
  if (level > LEVELS_MAX) return;
  if (typeof data === 'string') {
    if (WITHHELD.test(data)) return;
    found.known = true;
    if (data !== '') found.texts.push(data);
  } else if (Array.isArray(data)) {
    found.known ||= data.length === 0;
    for (const each of data) look(each, found, level + 1);
  } else if (typeof data === 'object' && data !== null) lookInto(data as Part, found, level);
}

function lookInto(part: Part, found: Found, level: number): void {
  const { role, type } = part;
  if (typeof role === 'string' && !MODEL_ROLES.has(role.toLowerCase())) return;
  if (typeof type === 'string' && SILENT_TYPES.test(type)) return;
  if (typeof type === 'string' && TOOL_TYPES.test(type)) return called(found);
  for (const key of TOOL_KEYS) {
    const value = part[key];
    if (Array.isArray(value) ? value.length > 0 : typeof value === 'object' && value !== null)
      called(found);
  }
  for (const key of HOLDERS) {
    const value = part[key];
    // Where content is not captured, a message has its role alone, which does not make it empty.
    if (value === undefined || value === null) continue;
    return look(value, found, level + 1);
  }
}

function called(found: Found): void {
  found.known = true;
  found.tool_calls = true;
}
