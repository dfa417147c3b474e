// What the command says when it cannot do what was asked: a code, a message and the next step.

import { ERRORS, SpanledgerError, type ErrorCode } from '@spanledger/ledger';
import type { Exit } from './exit-code.ts';

export class Failure extends Error {
  readonly code: string;
  readonly next_step: string;
  readonly exit: Exit;

  constructor(
    exit: Exit,
    code: string,
    message: string,
    next_step: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'Failure';
    this.exit = exit;
    this.code = code;
    this.next_step = next_step;
  }
}

const ASK_DOCTOR = 'run "spanledger doctor" to see which hop fails';

/** Anything thrown, as a failure. Errors of our rooms carry a code and a next step already. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof SpanledgerError) {
    const { next_step } = ERRORS[error.code];
    return new Failure(exitOf(error.code), error.code, error.message, next_step, { cause: error });
  }
  const said = (error ?? {}) as Record<string, unknown>;
  const text = (name: string, otherwise: string): string =>
    typeof said[name] === 'string' ? said[name] : otherwise;
  const next_step = text('next_step', ASK_DOCTOR);
  // Some messages end with their next step already.
  const message = text('message', String(error)).replace(`; ${next_step}`, '');
  return new Failure('failed', text('code', 'unexpected'), message, next_step, { cause: error });
}

function exitOf(code: ErrorCode): Exit {
  if (ERRORS[code].status >= 500) return 'failed';
  return code.startsWith('malformed_') ? 'bad_input' : 'wrong_use';
}
