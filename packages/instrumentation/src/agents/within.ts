// Runs a function as a piece of work: it runs exactly once, and what it returns or throws is what the
// caller gets, whatever becomes of the record.

import { context, type Context } from '@opentelemetry/api';
import { isPlainPromise } from '../context/plain-promise.ts';
import { followLazily, isThenable } from './lazy-result.ts';
import { safely } from '../safely.ts';

/** What is told of the end. None of these throws. */
export interface Watcher {
  /** The function has returned this, or its promise has settled with it. */
  settled?(value: unknown): void;
  end(at?: number): void;
  fail(error: unknown): void;
}

type Outcome<T> = { value: T } | { error: unknown };

/** `fn` runs once, whatever becomes of the context, and only what it throws is thrown. */
export function inContext<T>(inner: Context | undefined, fn: () => T): T {
  if (inner === undefined) return fn();
  let outcome = null as Outcome<T> | null;
  safely('a context', () => {
    context.with(inner, () => {
      try {
        outcome = { value: fn() };
      } catch (error) {
        outcome = { error };
      }
    });
  });
  if (outcome === null) return fn();
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** The same, with someone who is told how it ended. */
export function watched<T>(watcher: Watcher, inner: Context | undefined, fn: () => T): T {
  let result: T;
  try {
    result = inContext(inner, fn);
  } catch (error) {
    watcher.fail(error);
    throw error;
  }
  const followed = safely('a result', () => follow(result, watcher));
  if (followed !== undefined) return followed;
  settle(watcher, result);
  return result;
}

/** What the caller gets in place of `result`; undefined when the work ends with it. */
function follow<T>(result: T, watcher: Watcher): T | undefined {
  if (!isPlainPromise(result)) {
    // A promise of an SDK or a query builder may begin its work when it is awaited: it is handed
    // on as it is, and the work ends when it settles.
    return isThenable(result) && followLazily(result, watcher) ? result : undefined;
  }
  // A promise made from this one settles in the same way; merely listening to the function's own
  // would make Node believe that its rejection is handled.
  return result.then(
    (value: unknown) => {
      settle(watcher, value);
      return value;
    },
    (error: unknown) => {
      watcher.fail(error);
      throw error;
    },
  ) as T;
}

function settle(watcher: Watcher, value: unknown): void {
  if (watcher.settled !== undefined) safely('a result', () => watcher.settled?.(value));
  watcher.end();
}
