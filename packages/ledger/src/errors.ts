// Every error that a person or a sender can meet, with its code, its HTTP status and the next step.
// Statuses are assigned here and nowhere else. 4xx: the same bytes would fail again, senders drop
// them. Whatever can pass later is 503, because collectors drop a 500 for good.

interface ErrorEntry {
  /** HTTP status, where the error can be an HTTP answer. */
  readonly status: number;
  readonly message: string;
  readonly next_step: string;
}

export const ERRORS = {
  malformed_protobuf: {
    status: 400,
    message: 'cannot decode body: not a valid OTLP protobuf message',
    next_step: 'send the protobuf encoding of the request that the path names',
  },
  malformed_json: {
    status: 400,
    message: 'cannot decode body: not valid OTLP JSON',
    next_step: 'send the official OTLP JSON encoding, ids as hex',
  },
  malformed_compression: {
    status: 400,
    message: 'cannot decompress body: the gzip stream is damaged or ends early',
    next_step: 'send the whole gzip stream, or no content-encoding',
  },
  unsupported_content_type: {
    status: 415,
    message: 'cannot read body: unsupported content-type',
    next_step: 'use application/x-protobuf or application/json',
  },
  unsupported_content_encoding: {
    status: 415,
    message: 'cannot read body: unsupported content-encoding',
    next_step: 'use gzip, or no content-encoding',
  },
  body_too_large: {
    status: 413,
    message: 'cannot take body: larger than the limit',
    next_step: 'send fewer spans per request, or raise the limit named in the details',
  },
  unauthorized: {
    status: 401,
    message: 'cannot take request: no valid key',
    next_step: 'send the header "authorization: Bearer KEY"',
  },
  forbidden: {
    status: 403,
    message: 'cannot take request: the key does not have the role for it',
    next_step: 'use a key with the role named in the details',
  },
  no_keys: {
    status: 403,
    message: 'cannot do this without keys',
    next_step:
      'make a first key with: spanledger keys create operator --role admin --org "*" --setting; ' +
      'then start the service with the SPANLEDGER_KEYS that it prints',
  },
  too_many_budgets: {
    status: 409,
    message: 'cannot set budget: the organisation has as many as it may have',
    next_step: 'remove one that is not needed any more, or change one by its name',
  },
  too_many_keys: {
    status: 403,
    message: 'cannot make another key',
    next_step: 'revoke keys that are not used: see spanledger keys list',
  },
  not_found: {
    status: 404,
    message: 'cannot find what was asked for',
    next_step: 'check the id, and that the key belongs to its organisation',
  },
  method_not_allowed: {
    status: 405,
    message: 'cannot answer this method here',
    next_step: 'use the method named in the allow header',
  },
  invalid_parameter: {
    status: 400,
    message: 'cannot use a parameter',
    next_step: 'see the details for the parameter and its allowed values',
  },
  month_not_over: {
    status: 409,
    message: 'cannot freeze a month before it is over',
    next_step: 'freeze it a minute after it has ended; months are those of UTC',
  },
  month_not_settled: {
    status: 503,
    message: 'cannot freeze the month now: not all of it is settled',
    next_step: 'try again when what the details name is settled; "spanledger doctor" shows the lag',
  },
  busy: {
    status: 503,
    message: 'cannot take request now: a limit on what is in work at once is reached',
    next_step: 'retry after the seconds in the retry-after header',
  },
  rate_limited: {
    status: 429,
    message: 'cannot take request now: the organisation sent more than its rate allows',
    next_step: 'retry after the seconds in the retry-after header, or raise the rate',
  },
  draining: {
    status: 503,
    message: 'cannot take request: the service is stopping',
    next_step: 'retry after the seconds in the retry-after header',
  },
  body_timeout: {
    status: 503,
    message: 'cannot take body: it did not arrive within the time limit',
    next_step: 'send it again; see the details for the limit',
  },
  body_incomplete: {
    status: 503,
    message: 'cannot take body: the connection closed before its end',
    next_step: 'send it again',
  },
  sql_not_available: {
    status: 403,
    message: 'cannot run SQL here: this ClickHouse has no read-only users for it',
    next_step: 'create them and set CLICKHOUSE_READER_PASSWORD, or use the embedded ClickHouse',
  },
  unexpected: {
    status: 503,
    message: 'cannot take request: an unexpected error, see the log of the service',
    next_step: 'retry after the seconds in the retry-after header; report it if it stays',
  },
  invalid_setting: {
    status: 400,
    message: 'cannot start: a setting is not valid',
    next_step: 'correct the environment variable named in the details',
  },
  invalid_price_file: {
    status: 400,
    message: 'cannot use the price file',
    next_step: 'correct the lines named in the details; docs/prices.md shows every field',
  },
  port_in_use: {
    status: 503,
    message: 'cannot listen: the port is taken by another process',
    next_step: 'stop the other process, or choose another port with --port or SPANLEDGER_PORT',
  },
  schema_mismatch: {
    status: 503,
    message: 'cannot use the database: its schema is not of this version',
    next_step: 'run the version named in the details, or use another database',
  },
  answer_too_large: {
    status: 503,
    message: 'cannot read what was asked for: ClickHouse answers with more than is taken',
    next_step: 'ask for a shorter period, or raise SPANLEDGER_CLICKHOUSE_ANSWER_BYTES_MAX',
  },
  store_unavailable: {
    status: 503,
    message: 'cannot store: ClickHouse does not accept the rows',
    next_step: 'retry after the seconds in the retry-after header; see /readyz',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** An error with a code of the table; `detail` is the bounded offending value or limit. */
export class SpanledgerError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, detail = '', options?: ErrorOptions) {
    super(detail ? `${ERRORS[code].message} (${detail})` : ERRORS[code].message, options);
    this.name = 'SpanledgerError';
    this.code = code;
    this.detail = detail;
  }
}
