// Runs what a program gave us, a pattern or a function, and ends it when it takes too long: the one
// way in which Node lets go of a regular expression that never comes back.

import { Script } from 'node:vm';

/** A script sees nothing of this file but what stands here. */
const STEP = Symbol.for('spanledger.privacy.step');
const place = globalThis as { [STEP]?: (() => void) | undefined };
let script: Script | null = null;

/** Throws what `step` throws, and an error of Node's at the limit. */
export function withinTime<T>(limit_ms: number, step: () => T): T {
  const outer = place[STEP];
  let result: T | undefined;
  place[STEP] = () => {
    result = step();
  };
  try {
    script ??= new Script(`globalThis[Symbol.for('${String(STEP.description)}')]()`);
    script.runInThisContext({ timeout: Math.max(1, limit_ms) });
  } finally {
    place[STEP] = outer;
  }
  return result as T;
}

/** Told apart from what the step itself throws. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === TIMEOUT;
}

const TIMEOUT = 'ERR_SCRIPT_EXECUTION_TIMEOUT';
