// Which call the current code runs for: the HTTP attempts of a call find it here, and the spans of
// an HTTP instrumentation become its children.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Channel } from 'node:diagnostics_channel';
import { createContextKey, trace, type Context } from '@opentelemetry/api';
import type { Call } from './call.ts';

const KEY = createContextKey('spanledger.call');

/** Storage of our own, for programs whose context manager is not ours to look into. */
let calls: AsyncLocalStorage<Call | undefined> | null = null;
/** The storage of OpenTelemetry's context: one storage is cheaper than two. */
let contexts: AsyncLocalStorage<Context> | null = null;

/** Must be said before the first bindCall(). */
export function useContextStorage(storage: AsyncLocalStorage<Context>): void {
  contexts = storage;
}

/** While the method behind `start` runs, and all that it begins, the call is the current one. */
export function bindCall(
  start: Channel<unknown, object>,
  active: () => Context,
  begin: (message: object) => Call | undefined,
): void {
  if (contexts === null) {
    calls ??= new AsyncLocalStorage();
    start.bindStore(calls, (message) => begin(message as object));
    return;
  }
  start.bindStore(contexts, (message) => {
    const outer = active();
    const call = begin(message as object);
    return call === undefined ? outer : trace.setSpan(outer, call.span).setValue(KEY, call);
  });
}

export function currentCall(): Call | undefined {
  if (contexts === null) return calls?.getStore();
  return contexts.getStore()?.getValue(KEY) as Call | undefined;
}
