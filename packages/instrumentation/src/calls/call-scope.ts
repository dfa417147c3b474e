// What the current code runs for. The HTTP attempts of a call find it here, the spans of an HTTP
// instrumentation become its children, and a framework's record of a call learns of its billed one.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Channel } from 'node:diagnostics_channel';
import { context, createContextKey, trace, type Context } from '@opentelemetry/api';
import type { Call } from './call.ts';
import { safely } from '../safely.ts';

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
    return call === undefined ? outer : contextOf(call, outer);
  });
}

interface Scope {
  readonly outer: Context;
  readonly inner: Context;
}

/** On the call: its methods run one after the other in one place, and each context copies all values. */
const SCOPE = Symbol('scope');

function contextOf(call: Call & { [SCOPE]?: Scope }, outer: Context): Context {
  const known = call[SCOPE];
  if (known?.outer === outer) return known.inner;
  const inner = trace.setSpan(outer, call.span).setValue(KEY, call);
  call[SCOPE] = { outer, inner };
  return inner;
}

export function currentCall(): Call | undefined {
  if (contexts === null) return calls?.getStore();
  return contexts.getStore()?.getValue(KEY) as Call | undefined;
}

/** Goes by whichever context manager the program has when the method runs. */
class ActiveContext extends AsyncLocalStorage<Context> {
  override run<R>(inner: Context, step: (...args: never[]) => R, ...args: unknown[]): R {
    return context.with(inner, step as (...args: unknown[]) => R, undefined, ...args);
  }
}

/** While the method behind `start` runs, and all that it begins, the context of `enter` is active. */
export function bindContext(
  start: Channel<unknown, object>,
  enter: (message: object, active: Context) => Context | undefined,
): void {
  start.bindStore(contexts ?? new ActiveContext(), (message) => {
    const active = context.active();
    return safely('a context', () => enter(message as object, active)) ?? active;
  });
}

/** A model call as a framework sees it; `above` when one lies in another's. */
export interface Layer {
  billed: number;
  readonly above: Layer | undefined;
}

const LAYER_KEY = createContextKey('spanledger.layer');

export function withLayer(active: Context, layer: Layer): Context {
  return active.setValue(LAYER_KEY, layer);
}

export function layerIn(active: Context): Layer | undefined {
  return active.getValue(LAYER_KEY) as Layer | undefined;
}

/** Told by whoever records a billed call in this context: the layers above have nothing to add. */
export function noteBilledCall(active: Context): void {
  let layer = layerIn(active);
  for (; layer !== undefined; layer = layer.above) layer.billed += 1;
}
