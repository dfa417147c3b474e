// Points in time that emitters write as text.

import type { Attribute, RecordView } from '../dialect.ts';

const ISO = /^"?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?\d*(Z|[+-]\d\d:?\d\d)?"?$/;
const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;

/** Nanoseconds since 1970 of an ISO 8601 time; without a zone it is UTC; null for anything else. */
function nanosecondsOfIso(text: string): bigint | null {
  const match = ISO.exec(text.trim());
  if (match === null) return null;
  const [, seconds = '', fraction = '', zone] = match;
  const at_ms = Date.parse(`${seconds.replace(' ', 'T')}${zone ?? 'Z'}`);
  if (Number.isNaN(at_ms)) return null;
  return BigInt(at_ms) * NS_PER_MS + (BigInt(fraction.padEnd(9, '0')) % NS_PER_SECOND);
}

/** From the record's start to a point in time that an attribute tells; null for what lies before it. */
export function nanosecondsUntil(record: RecordView, attribute: Attribute): number | null {
  const at_ns = nanosecondsOfIso(record.text(attribute) ?? '');
  if (at_ns === null || at_ns < record.startTime) return null;
  const after_ns = Number(at_ns - record.startTime);
  return Number.isSafeInteger(after_ns) ? after_ns : null;
}
