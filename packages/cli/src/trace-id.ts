// Trace ids as they are typed: 32 hex digits, in either case.

import { Failure } from './failure.ts';

export function parseTraceId(value: string): string {
  if (/^[0-9a-f]{32}$/i.test(value)) return value.toLowerCase();
  throw new Failure(
    'wrong_use',
    'invalid_trace_id',
    `cannot use the trace id "${value.slice(0, 40)}"`,
    'give 32 hex digits; see them with: spanledger sql "SELECT trace_id FROM calls LIMIT 5"',
  );
}
