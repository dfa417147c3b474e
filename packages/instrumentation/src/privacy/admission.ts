// What one span may hold of content, all of its values together, and whether its agent and its tool
// may have any: known for good only where the span is.

import type { Attributes } from '@opentelemetry/api';
import { CONTENT_CUT, CONTENT_WITHHELD } from '../own-attributes.ts';
import * as names from '../semantic-conventions.ts';
import { writeJson } from './json-writer.ts';
import { CONTENT_NAMES, kindOf } from './kinds.ts';
import type { Privacy } from './options.ts';
import { allowsAgent, allowsTool, capturesContent, privacyNow } from './policy.ts';
import { addName } from './recorded-content.ts';
import { NO_REDACTION } from './redaction.ts';

/** What a span has so far. */
export interface Admitted {
  readonly agent: unknown;
  readonly tool: unknown;
  readonly sizes_bytes: Map<string, number>;
  /** The marks, which a later attribute of the same name would replace. */
  readonly marks: Attributes;
}

const MARKS = [CONTENT_CUT, CONTENT_WITHHELD] as const;

/**
 * Takes from `attributes`, which a span is about to get, the content that it may not have. What is given
 * back belongs to the span, for the next time; nothing where no content is recorded.
 */
export function admitContent(attributes: Attributes, before?: Admitted): Admitted | undefined {
  if (!capturesContent()) return before;
  const privacy = privacyNow();
  if (privacy === null) return before;
  const span = before ?? {
    agent: attributes[names.AGENT_NAME],
    tool: attributes[names.TOOL_NAME],
    sizes_bytes: new Map<string, number>(),
    marks: {},
  };
  for (const name of CONTENT_NAMES) {
    const text = attributes[name];
    if (typeof text !== 'string') continue;
    if (allows(privacy, span, name)) fit(privacy, span, attributes, name, text);
    else delete attributes[name];
  }
  for (const mark of MARKS) {
    for (const list of [span.marks[mark], attributes[mark]]) {
      if (Array.isArray(list)) list.forEach((name) => addName(span.marks, mark, String(name)));
    }
    const all = span.marks[mark];
    if (all !== undefined) attributes[mark] = all;
  }
  return span;
}

function allows(privacy: Privacy, { agent, tool }: Admitted, name: string): boolean {
  if (!allowsAgent(privacy, agent)) return false;
  const isTool = kindOf(name) === 'tool_arguments' || kindOf(name) === 'tool_results';
  return !isTool || allowsTool(privacy, tool);
}

function fit(
  { spanLimit_bytes }: Privacy,
  { sizes_bytes }: Admitted,
  attributes: Attributes,
  name: string,
  text: string,
): void {
  let left_bytes = spanLimit_bytes;
  for (const [other, size_bytes] of sizes_bytes) if (other !== name) left_bytes -= size_bytes;
  let size_bytes = Buffer.byteLength(text);
  if (size_bytes > left_bytes) {
    const cut = writeJson(JSON.parse(text), left_bytes, NO_REDACTION).text;
    if (cut === '') delete attributes[name];
    else attributes[name] = cut;
    addName(attributes, CONTENT_CUT, name);
    size_bytes = Buffer.byteLength(cut);
  }
  sizes_bytes.set(name, size_bytes);
}
