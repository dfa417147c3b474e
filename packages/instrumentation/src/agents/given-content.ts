// What a program hands over as an input, an output or a prompt: content, which leaves the process only
// where that is asked for. Of a text its size is always told.

import type { Attributes } from '@opentelemetry/api';
import { putContent } from '../calls/content.ts';
import { safely } from '../safely.ts';

export function putGivenContent(
  attributes: Attributes,
  name: string,
  sizeName: string | null,
  value: unknown,
): void {
  if (value === undefined || value === null) return;
  if (sizeName !== null && typeof value === 'string') attributes[sizeName] = value.length;
  safely('content', () => putContent(attributes, name, () => value));
}
