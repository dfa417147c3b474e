// What the command says when it cannot do what was asked: a code, a message and the next step.

import { ERRORS, SpanledgerError } from '@spanledger/ledger';
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

/** Anything thrown, as a failure. Errors of our rooms carry a code and a next step already. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof SpanledgerError) {
    const { status, next_step } = ERRORS[error.code];
    const exit = status >= 500 ? 'failed' : 'bad_input';
    return new Failure(exit, error.code, error.message, next_step, { cause: error });
  }
  const { code, message, next_step } = (error ?? {}) as Record<string, unknown>;
  return new Failure(
    'failed',
    typeof code === 'string' ? code : 'unexpected',
    typeof message === 'string' ? message : String(error),
    typeof next_step === 'string' ? next_step : 'run "spanledger doctor" to see which hop fails',
    { cause: error },
  );
}
