// What went wrong in ClickHouse, told by its exception code and never by the text of a message.

import { ClickHouseError } from '@clickhouse/client';
import { SpanledgerError } from '@spanledger/ledger';

/** Codes that no asker can do anything about; every other one tells what the query did wrong. */
const NOT_THE_ASKERS: ReadonlySet<number> = new Set([
  3, // UNEXPECTED_END_OF_FILE
  76, // CANNOT_OPEN_FILE
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  236, // ABORTED
  243, // NOT_ENOUGH_SPACE
  246, // CORRUPTED_DATA
  279, // ALL_CONNECTION_TRIES_FAILED
  425, // SYSTEM_ERROR
  439, // CANNOT_SCHEDULE_TASK
  516, // AUTHENTICATION_FAILED: the service's own credentials
  999, // KEEPER_EXCEPTION
  1001, // STD_EXCEPTION
]);

const TOO_MANY_ROWS_OR_BYTES = 396;

const DETAIL_LENGTH_MAX = 500;

/** For what this service asks itself: whatever fails may pass later, but for an answer too large. */
export function unavailable(error: unknown): SpanledgerError {
  if (error instanceof SpanledgerError) return error;
  if (error instanceof ClickHouseError && Number(error.code) === TOO_MANY_ROWS_OR_BYTES) {
    return new SpanledgerError('answer_too_large', describe(error), { cause: error });
  }
  return new SpanledgerError('store_unavailable', describe(error), { cause: error });
}

/** For what a person asks in SQL of their own. */
export function readerError(error: unknown): SpanledgerError {
  if (!(error instanceof ClickHouseError) || NOT_THE_ASKERS.has(Number(error.code))) {
    return unavailable(error);
  }
  return new SpanledgerError('invalid_parameter', describe(error), { cause: error });
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, DETAIL_LENGTH_MAX);
  const code = 'code' in error ? `code ${String(error.code)}: ` : '';
  return `${code}${error.message}`.slice(0, DETAIL_LENGTH_MAX);
}
