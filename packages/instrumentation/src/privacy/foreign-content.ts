// Content that a library writes on a span of its own, which passes through our hands: the spans of the
// AI SDK up to 6 and of Anthropic's client. What is content there is told by the attribute's name.

import type { Attributes, AttributeValue, Span } from '@opentelemetry/api';
import { safely } from '../safely.ts';
import * as names from '../semantic-conventions.ts';
import { CONTENT_NAMES, kindOf, type Kind } from './kinds.ts';
import { allowsTool, privacyNow } from './policy.ts';
import { foreignText } from './recorded-content.ts';

/** By the beginning of the name; the first that fits. */
const KINDS_BY_BEGINNING: readonly (readonly [beginning: string, kind: Kind])[] = [
  ['ai.prompt.tool', 'tool_definitions'],
  ['ai.prompt', 'prompts'],
  ['ai.value', 'prompts'],
  ['ai.documents', 'prompts'],
  ['ai.schema', 'prompts'],
  ['ai.response.toolCalls', 'tool_arguments'],
  ['ai.response.text', 'answers'],
  ['ai.response.reasoning', 'answers'],
  ['ai.response.object', 'answers'],
  ['ai.response.files', 'answers'],
  ['ai.toolCall.args', 'tool_arguments'],
  ['ai.toolCall.result', 'tool_results'],
  ['ai.telemetry.metadata.', 'notes'],
];

function foreignKind(name: string): Kind | null {
  if (CONTENT_NAMES.includes(name)) return kindOf(name);
  if (!name.startsWith('ai.')) return null;
  return KINDS_BY_BEGINNING.find(([beginning]) => name.startsWith(beginning))?.[1] ?? null;
}

/** The value that the span may have; undefined where it may not have it. */
function foreignValue(
  name: string,
  value: AttributeValue | undefined,
  tool: unknown,
): AttributeValue | undefined {
  const kind = foreignKind(name);
  if (kind === null) return value;
  if (kind !== 'notes' && !mayTool(kind, tool)) return undefined;
  if (typeof value === 'string') return foreignText(value, kind, name);
  if (!Array.isArray(value)) return value;
  const texts = (value as unknown[]).map((each) =>
    typeof each === 'string' ? foreignText(each, kind, name) : null,
  );
  if (texts.every((each) => each === null)) return value;
  return texts.map((each) => each ?? '');
}

/** Tools stand within prompts as well, where their names are not told apart: then nothing is. */
function mayTool(kind: Kind, tool: unknown): boolean {
  const privacy = privacyNow();
  return privacy !== null && (kind === 'system_instructions' || allowsTool(privacy, tool));
}

/** The same attributes, with what of them may leave. */
export function foreignAttributes(attributes: Attributes): Attributes {
  const tool = attributes['ai.toolCall.name'] ?? attributes[names.TOOL_NAME];
  const left: Attributes = {};
  for (const name of Object.keys(attributes)) {
    const value = safely('content', () => foreignValue(name, attributes[name], tool));
    if (value !== undefined) left[name] = value;
  }
  return left;
}

/**
 * From now on the span takes content by the same rules, whoever writes it. What is given back writes
 * what has been through them.
 */
export function guardContent(span: Span): (attributes: Attributes) => void {
  const { setAttribute, setAttributes } = span;
  let known = false;
  const write = (attributes: Attributes): void => {
    // The one may be made of the other.
    known = true;
    try {
      setAttributes.call(span, attributes);
    } finally {
      known = false;
    }
  };
  span.setAttribute = function (name, value) {
    if (known) setAttribute.call(this, name, value);
    else write(foreignAttributes({ [name]: value }));
    return this;
  };
  span.setAttributes = function (attributes) {
    write(foreignAttributes(attributes));
    return this;
  };
  return write;
}
