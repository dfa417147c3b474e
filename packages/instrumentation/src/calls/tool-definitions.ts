// The tools a request offers: how many, how large, which. They are long and sent with every call,
// so a set is measured once.

import { createRequire } from 'node:module';
import type { Attributes } from '@opentelemetry/api';
import {
  TOOLS_COUNT,
  TOOLS_HASH,
  TOOLS_NAMES,
  TOOLS_SIZE,
  TOOLS_SIZES,
} from '../own-attributes.ts';
import { fields, text } from './request.ts';
import { safely } from '../safely.ts';

/** Takes longer to load than most of us, and few programs' first call offers tools. */
const require = createRequire(import.meta.url);

export const TOOL_NAMES_LIMIT = 64;
const NAME_LIMIT_CHARS = 128;

interface ToolSet {
  tools: readonly unknown[];
  measured: Attributes;
}

/** By the first tool: programs often make the array anew and keep the tools. */
const toolSets = new WeakMap<object, ToolSet>();

/** Nothing is written for a request without tools. */
export function putTools(attributes: Attributes, tools: unknown): void {
  if (!Array.isArray(tools) || tools.length === 0) return;
  const [first] = tools as readonly unknown[];
  const isKey = typeof first === 'object' && first !== null;
  const known = isKey ? toolSets.get(first) : undefined;
  if (known !== undefined && isSame(known.tools, tools)) {
    Object.assign(attributes, known.measured);
    return;
  }
  // What cannot be measured is sent, and billed, all the same.
  const measured = safely('tools', () => measure(tools)) ?? { [TOOLS_COUNT]: tools.length };
  if (isKey) toolSets.set(first, { tools: [...(tools as unknown[])], measured });
  Object.assign(attributes, measured);
}

function isSame(known: readonly unknown[], tools: readonly unknown[]): boolean {
  return known.length === tools.length && known.every((tool, index) => tool === tools[index]);
}

function measure(tools: readonly unknown[]): Attributes {
  const written = JSON.stringify(tools);
  const shown = tools.slice(0, TOOL_NAMES_LIMIT);
  return {
    [TOOLS_COUNT]: tools.length,
    [TOOLS_SIZE]: Buffer.byteLength(written),
    [TOOLS_HASH]: hashOf(written),
    [TOOLS_NAMES]: shown.map(nameOf),
    [TOOLS_SIZES]: shown.map((tool) => Buffer.byteLength(JSON.stringify(tool) ?? '')),
  };
}

function hashOf(text: string): string {
  const { createHash } = require('node:crypto') as typeof import('node:crypto');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** A function has a name, here or one level below; a tool of the provider's own has a type. */
function nameOf(tool: unknown): string {
  const { name, function: called, type } = fields(tool);
  const word = text(name) ?? text(fields(called)['name']) ?? text(type) ?? '';
  return word.slice(0, NAME_LIMIT_CHARS);
}
