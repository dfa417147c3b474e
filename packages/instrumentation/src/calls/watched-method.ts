// Watches a method of a framework: what runs for it runs in a context of ours, and we are told how
// it ended, whether it gives back a value, a promise or an async generator.

import { tracingChannel } from 'node:diagnostics_channel';
import { context, type Context } from '@opentelemetry/api';
import { bindContext } from './call-scope.ts';
import { isPlainPromise } from '../context/plain-promise.ts';
import type { MethodCall } from '../hooks/patch-point.ts';
import { isRecording } from './recording.ts';
import { safely } from '../safely.ts';

/** One call of the method. Any of these may throw; one of `done`, `failed` and `left` is called. */
export interface Visit {
  /** What runs for the call runs in it; when left out, in the context that there is. */
  inner?: Context;
  done?(value: unknown): void;
  failed?(error: unknown): void;
  /** A generator gave this. */
  chunk?(value: unknown): void;
  /** A generator was left before its end, or dropped. */
  left?(): void;
}

/** The message of one call is the same object from its start to its end. */
const VISIT = Symbol('visit');

interface Visited {
  [VISIT]?: Visit;
  result?: unknown;
  error?: unknown;
}

export function watchMethod(
  library: string,
  channelName: string,
  begin: (call: MethodCall, active: Context) => Visit | undefined,
): void {
  const { start, end } = tracingChannel<unknown, object>(`orchestrion:${library}:${channelName}`);
  bindContext(start, (message, active) => {
    if (!isRecording()) return undefined;
    const visit = begin(message as MethodCall, active);
    if (visit === undefined) return undefined;
    (message as Visited)[VISIT] = visit;
    return visit.inner;
  });
  end.subscribe((message) => {
    safely('a result', () => follow(message as Visited));
  });
}

function follow(message: Visited): void {
  const visit = message[VISIT];
  if (visit === undefined) return;
  const { result, error } = message;
  if (error !== undefined) tell(() => visit.failed?.(error));
  else if (isAsyncGenerator(result)) followGenerator(result, visit);
  else if (isPlainPromise(result)) message.result = followPromise(result, visit);
  else tell(() => visit.done?.(result));
}

function tell(step: () => void): void {
  safely('a result', step);
}

/** A promise made from this one: listening to it would count as handling its rejection. */
function followPromise(promise: Promise<unknown>, visit: Visit): Promise<unknown> {
  return promise.then(
    (value) => {
      tell(() => visit.done?.(value));
      return value;
    },
    (error: unknown) => {
      tell(() => visit.failed?.(error));
      throw error;
    },
  );
}

function isAsyncGenerator(value: unknown): value is AsyncGenerator {
  return (
    typeof value === 'object' &&
    value !== null &&
    Symbol.asyncIterator in value &&
    typeof (value as Partial<AsyncGenerator>).next === 'function'
  );
}

/** One that nobody reads to its end is left when it is collected. */
const dropped = new FinalizationRegistry<Visit>((visit) => {
  tell(() => visit.left?.());
});

/**
 * The body of a generator runs for whoever asks for its next value, in that one's context: each step
 * is taken in the context of the call. The generator stays the one that it is.
 */
function followGenerator(generator: AsyncGenerator, visit: Visit): void {
  const { next, return: leave, throw: raise } = generator;
  const within = <T>(step: () => T): T =>
    visit.inner === undefined ? step() : context.with(visit.inner, step);
  const own = {
    next: (...args: [] | [unknown]) =>
      within(() => next.apply(generator, args)).then(
        (result) => {
          tell(() =>
            result.done === true ? visit.done?.(result.value) : visit.chunk?.(result.value),
          );
          return result;
        },
        (error: unknown) => {
          tell(() => visit.failed?.(error));
          throw error;
        },
      ),
    return: (value: unknown) => {
      const ended = within(() => leave.call(generator, value));
      tell(() => visit.left?.());
      return ended;
    },
    throw: (error: unknown) => {
      const ended = within(() => raise.call(generator, error));
      tell(() => visit.left?.());
      return ended;
    },
  };
  for (const [name, value] of Object.entries(own)) {
    Object.defineProperty(generator, name, { value, configurable: true, writable: true });
  }
  dropped.register(generator, visit);
}
