// What went wrong in ClickHouse, told by its exception code and never by the text of a message.

import { ClickHouseError } from '@clickhouse/client';
import { SpanledgerError } from '@spanledger/ledger';

/**
 * Codes that the asker can do something about: the query is wrong, or it hit one of the limits of a
 * reader. Everything else can pass later.
 */
const ASKERS_FAULT: ReadonlySet<number> = new Set([
  6, // CANNOT_PARSE_TEXT
  36, // BAD_ARGUMENTS
  42, // NUMBER_OF_ARGUMENTS_DOESNT_MATCH
  43, // ILLEGAL_TYPE_OF_ARGUMENT
  46, // UNKNOWN_FUNCTION
  47, // UNKNOWN_IDENTIFIER
  53, // TYPE_MISMATCH
  60, // UNKNOWN_TABLE
  62, // SYNTAX_ERROR
  81, // UNKNOWN_DATABASE
  153, // ILLEGAL_DIVISION
  158, // TOO_MANY_ROWS
  159, // TIMEOUT_EXCEEDED
  160, // TOO_SLOW
  164, // READONLY
  179, // MULTIPLE_EXPRESSIONS_FOR_ALIAS
  184, // ILLEGAL_AGGREGATION
  191, // SET_SIZE_LIMIT_EXCEEDED
  215, // NOT_AN_AGGREGATE
  241, // MEMORY_LIMIT_EXCEEDED
  307, // TOO_MANY_BYTES
  386, // NO_COMMON_TYPE
  395, // FUNCTION_THROW_IF_VALUE_IS_NON_ZERO
  396, // TOO_MANY_ROWS_OR_BYTES
  452, // SETTING_CONSTRAINT_VIOLATION
  457, // BAD_QUERY_PARAMETER
  497, // ACCESS_DENIED
]);

const DETAIL_LENGTH_MAX = 500;

/** For what this service asks itself: whatever fails may pass later. */
export function unavailable(error: unknown): SpanledgerError {
  if (error instanceof SpanledgerError) return error;
  return new SpanledgerError('store_unavailable', describe(error), { cause: error });
}

/** For what a person asks in SQL of their own. */
export function readerError(error: unknown): SpanledgerError {
  if (!(error instanceof ClickHouseError) || !ASKERS_FAULT.has(Number(error.code))) {
    return unavailable(error);
  }
  return new SpanledgerError('invalid_parameter', describe(error), { cause: error });
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, DETAIL_LENGTH_MAX);
  const code = 'code' in error ? `code ${String(error.code)}: ` : '';
  return `${code}${error.message}`.slice(0, DETAIL_LENGTH_MAX);
}
