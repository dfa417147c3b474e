// How large what a tool is given and gives back is. Only the size: content is asked for elsewhere.

import type { Attributes } from '@opentelemetry/api';
import { safely } from '../safely.ts';

/** Writes the size of `value` as JSON text, in bytes of UTF-8; nothing for what has no such text. */
export function putSize(attributes: Attributes, name: string, value: unknown): void {
  if (value === undefined) return;
  const written = typeof value === 'string' ? value : safely('a size', () => JSON.stringify(value));
  if (typeof written === 'string') attributes[name] = Buffer.byteLength(written);
}
