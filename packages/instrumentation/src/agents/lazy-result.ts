// Results that are promises of another kind: an SDK's or a query builder's, whose `then` does the
// work. They are followed without being awaited.

import { safely } from '../safely.ts';

interface Thenable {
  then(ok?: unknown, bad?: unknown): unknown;
}

interface Follower {
  /** It has settled with this value. */
  settled?(value: unknown): void;
  /** `at` in milliseconds since 1970; now when left out. */
  end(at?: number): void;
  fail(error: unknown): void;
}

type Handler = (value: unknown) => unknown;

export function isThenable(value: unknown): value is Thenable {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<Thenable>).then === 'function'
  );
}

/** What nobody awaits ended, as far as anyone can tell, when it was returned. */
const unawaited = new FinalizationRegistry<() => void>((end) => end());

/** False when the result cannot be followed. Its own `then` runs as ever, when it is called. */
export function followLazily(result: Thenable, follower: Follower): boolean {
  const then = result.then;
  const returnedAt = Date.now();
  const followed = function (this: unknown, ok?: unknown, bad?: unknown): unknown {
    const onValue: Handler = (value) => {
      if (follower.settled !== undefined) safely('a result', () => follower.settled?.(value));
      follower.end();
      return typeof ok === 'function' ? (ok as Handler)(value) : value;
    };
    const onError: Handler = (error) => {
      follower.fail(error);
      if (typeof bad === 'function') return (bad as Handler)(error);
      throw error;
    };
    return then.call(this as Thenable, onValue, onError);
  };
  const property = { value: followed, configurable: true, writable: true, enumerable: false };
  if (!Reflect.defineProperty(result, 'then', property)) return false;
  unawaited.register(result, () => follower.end(returnedAt));
  return true;
}
