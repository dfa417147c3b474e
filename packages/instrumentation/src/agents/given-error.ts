// An error that a program tells by hand: an Error, a text, or anything else.

import { given } from '../context/given.ts';
import { noteText } from '../privacy/recorded-content.ts';
import { ERROR_MESSAGE, ERROR_STACK } from '../run-attributes.ts';
import { errorType } from './run.ts';

const MESSAGE_LIMIT_CHARS = 1024;
const STACK_LIMIT_CHARS = 4096;
const OTHER = '_OTHER';

/** One word to count by: the class, or the text where that is a word. */
export function errorWord(error: unknown): string {
  if (typeof error === 'string') return /^[\w.-]{1,64}$/.test(error) ? error : OTHER;
  return error instanceof Error ? errorType(error) : OTHER;
}

/** What it says, redacted; null when it says nothing. */
export function errorMessage(error: unknown): string | null {
  const said = typeof error === 'string' ? error : given(error, 'message');
  return typeof said === 'string' && said !== ''
    ? noteText(said, ERROR_MESSAGE, MESSAGE_LIMIT_CHARS)
    : null;
}

/** Where it came from, redacted; null where it does not say. */
export function errorStack(error: unknown): string | null {
  const stack = error instanceof Error ? error.stack : undefined;
  return typeof stack === 'string' && stack !== ''
    ? noteText(stack, ERROR_STACK, STACK_LIMIT_CHARS)
    : null;
}
