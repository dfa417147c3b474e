// What a sender of OTLP is told, in the encoding that it sent: one table from outcome to status and
// body. 500 and 408 are never sent, because collectors drop both for good.

import { ERRORS, SpanledgerError, type ErrorCode } from '@spanledger/ledger';
import { RateLimited } from './try-later.ts';

export type Encoding = 'protobuf' | 'json';
export type Signal = 'traces' | 'logs' | 'metrics';

export interface Answer {
  readonly status: number;
  readonly content_type: string;
  readonly body: Uint8Array;
  /** Seconds, for answers that ask the sender to come again. */
  readonly retry_after_s: number | null;
  /** The method that is allowed, for 405. */
  readonly allow: string | null;
}

const CONTENT_TYPES = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
} as const satisfies Record<Encoding, string>;

/** JSON names of the count in `partial_success`; in protobuf it is field 1 of all three. */
const REJECTED = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
} as const satisfies Record<Signal, string>;

/** google.rpc.Code by HTTP status, for the Status message that OTLP asks for in errors. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  413: 8,
  415: 3,
  429: 8,
  503: 14,
};

const NOTHING = new Uint8Array(0);
const EMPTY_JSON = Buffer.from('{}');
const REASONS_SHOWN = 8;

/** 200: an empty message, or `partial_success` with the counts of what was refused and why. */
export function accepted(
  signal: Signal,
  encoding: Encoding,
  refused: ReadonlyMap<string, number>,
): Answer {
  let count = 0;
  for (const one of refused.values()) count += one;
  const content_type = CONTENT_TYPES[encoding];
  const head = { status: 200, content_type, retry_after_s: null, allow: null };
  if (count === 0) return { ...head, body: encoding === 'json' ? EMPTY_JSON : NOTHING };
  const message = [...refused]
    .slice(0, REASONS_SHOWN)
    .map(([reason, times]) => `${reason}: ${times}`)
    .join(', ');
  if (encoding === 'json') {
    const partialSuccess = { [REJECTED[signal]]: String(count), errorMessage: message };
    return { ...head, body: Buffer.from(JSON.stringify({ partialSuccess })) };
  }
  const text = Buffer.from(message);
  const partial = Buffer.concat([
    field(1, 0),
    varint(count),
    field(2, 2),
    varint(text.length),
    text,
  ]);
  return { ...head, body: Buffer.concat([field(1, 2), varint(partial.length), partial]) };
}

/** Seconds after which to come again, for the statuses that ask for it; else null. */
export function retryAfter(error: unknown, usual_s: number): number | null {
  if (error instanceof RateLimited) return error.retry_after_s;
  return ERRORS[errorCode(error)].status === 503 ? usual_s : null;
}

/** 4xx for what the same bytes would meet again, 503 and 429 for what can pass later. */
export function refusal(error: unknown, encoding: Encoding, usual_s: number): Answer {
  const code = errorCode(error);
  const { status, next_step } = ERRORS[code];
  const summary = code === 'unexpected' ? ERRORS.unexpected.message : (error as Error).message;
  const message = `${summary}; ${next_step}`;
  const rpc = RPC_CODES[status] ?? 2;
  const text = Buffer.from(message);
  const body =
    encoding === 'json'
      ? Buffer.from(JSON.stringify({ code: rpc, message }))
      : Buffer.concat([field(1, 0), varint(rpc), field(2, 2), varint(text.length), text]);
  return {
    status,
    content_type: CONTENT_TYPES[encoding],
    body,
    retry_after_s: retryAfter(error, usual_s),
    allow: status === 405 ? 'POST' : null,
  };
}

/** The code of a known error; anything else is `unexpected`, which can pass later. */
export function errorCode(error: unknown): ErrorCode {
  return error instanceof SpanledgerError ? error.code : 'unexpected';
}

function field(number: number, wireType: number): Uint8Array {
  return Uint8Array.of((number << 3) | wireType);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
