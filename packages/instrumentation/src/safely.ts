// The one guard between our code and the agent's: whatever we do runs through `safely`, and what
// goes wrong in it becomes one line on standard error, never an exception.

import { SHAPES, withoutKnownShapes } from './privacy/known-shapes.ts';

const ALL_SHAPES = new Set(SHAPES);
const WARNINGS_LIMIT = 32;
const told = new Set<string>();
let silent = false;

/** `OTEL_LOG_LEVEL=none` asks for no lines at all. */
export function silenceWarnings(): void {
  silent = true;
}

/** One line per subject and process; at most `WARNINGS_LIMIT` subjects. */
export function warnOnce(subject: string, text: string): void {
  if (silent || told.has(subject) || told.size >= WARNINGS_LIMIT) return;
  told.add(subject);
  try {
    // What went wrong may quote what the program was given.
    const line = withoutKnownShapes(text, ALL_SHAPES) ?? subject;
    process.stderr.write(`spanledger: ${line}\n`);
  } catch {
    // A closed standard error is the agent's business.
  }
}

/** Runs `step`; undefined when it failed. */
export function safely<T>(place: string, step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    tellFailure(place, error);
    return undefined;
  }
}

/** The one line about it. */
export function tellFailure(place: string, error: unknown): void {
  warnOnce(`failed:${place}`, `cannot record ${place}: ${describe(error)}`);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const text = quotesValues(error) ? error.name : `${error.name}: ${error.message}`;
  return text.slice(0, 200).replace(/\s+/g, ' ');
}

/** The messages of JSON.parse, and of Node about what it was given, quote it: a prompt or an answer. */
function quotesValues(error: Error): boolean {
  const { code } = error as { code?: unknown };
  return (
    error instanceof SyntaxError || (typeof code === 'string' && code.startsWith('ERR_INVALID_'))
  );
}
