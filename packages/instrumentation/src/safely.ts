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
    warnOnce(`failed:${place}`, `cannot record ${place}: ${describe(error)}`);
    return undefined;
  }
}

function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
  return text.slice(0, 200).replace(/\s+/g, ' ');
}
