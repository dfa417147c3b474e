// Every way the embedded server can fail, with the next step. This package knows nothing of the
// ledger, so it has a table of its own.

export const EMBEDDED_ERRORS = {
  unsupported_platform: {
    message: 'cannot start ClickHouse: no embedded library for this platform',
    next_step: 'run a ClickHouse of your own and set CLICKHOUSE_URL',
  },
  library_missing: {
    message: 'cannot start ClickHouse: its library is not installed',
    next_step: 'install optional dependencies too (npm install), or set CLICKHOUSE_URL',
  },
  data_directory_unusable: {
    message: 'cannot start ClickHouse: the data directory cannot be written',
    next_step: 'give a directory that this user owns',
  },
  data_directory_locked: {
    message: 'cannot start ClickHouse: another process uses the data directory',
    next_step: 'stop that process, or give another directory',
  },
  port_in_use: {
    message: 'cannot start ClickHouse: the port is in use',
    next_step: 'give another port, or none to have a free one chosen',
  },
  crashed_at_start: {
    message: 'cannot start ClickHouse: it ended before it was ready',
    next_step: 'read the last log lines in the detail',
  },
  start_timed_out: {
    message: 'cannot start ClickHouse: it was not ready in time',
    next_step: 'read the last log lines in the detail, or raise startLimit_ms',
  },
} as const satisfies Record<string, { message: string; next_step: string }>;

export type EmbeddedErrorCode = keyof typeof EMBEDDED_ERRORS;

export class EmbeddedClickHouseError extends Error {
  readonly code: EmbeddedErrorCode;
  readonly detail: string;
  readonly next_step: string;

  constructor(code: EmbeddedErrorCode, detail = '', options?: ErrorOptions) {
    const { message, next_step } = EMBEDDED_ERRORS[code];
    super(`${message}${detail ? ` (${detail})` : ''}; ${next_step}`, options);
    this.name = 'EmbeddedClickHouseError';
    this.code = code;
    this.detail = detail;
    this.next_step = next_step;
  }
}
