// A context that is entered before it is known what runs in it: a library begins its own scope first,
// and tells only within it which of its runs that is.

import { createContextKey, type Context } from '@opentelemetry/api';

const KEY = createContextKey('spanledger.late-context');

export class LateContext implements Context {
  /** What the context is at the moment. */
  inner: Context;

  constructor(outer: Context) {
    this.inner = outer instanceof LateContext ? outer.inner : outer;
  }

  getValue(key: symbol): unknown {
    return key === KEY ? this : this.inner.getValue(key);
  }

  /** A context made from this one keeps what this one is now. */
  setValue(key: symbol, value: unknown): Context {
    return this.inner.setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.inner.deleteValue(key);
  }
}

/** The late context that is active itself; null in one that was made from it. */
export function lateContextIn(active: Context): LateContext | null {
  return (active.getValue(KEY) as LateContext | undefined) ?? null;
}
