// Calls of SDKs whose methods return ordinary promises, and whose streams are async iterables.
//
// To listen to the program's promise would count as handling its rejection, and Node would not
// report one that the program forgot. So the program gets a promise made from it, which settles in
// the same way one turn of the microtask queue later.

import type { Attributes } from '@opentelemetry/api';
import type { Call, Failure } from './call.ts';
import { isAsyncIterable, watchIterable } from './iterable-watch.ts';
import { isPlainPromise } from '../context/plain-promise.ts';
import { watchAttempts, watchCalls, watchUnsupported } from './method-calls.ts';
import type { MethodCall } from '../hooks/patch-point.ts';
import { safely, warnOnce } from '../safely.ts';
import type { StreamReader } from './stream-watch.ts';

/** One method of an SDK. What it is asked is the same message from start to end. */
export interface PromiseOperation {
  channelName: string;
  /** Null when this use of the method is not a call to account for. */
  start(message: MethodCall): Call | null;
  /** What a whole answer says. */
  answer(value: unknown, message: MethodCall): Attributes;
  /** For an answer that comes in chunks; methods without it never stream. */
  reader?(message: MethodCall): StreamReader;
}

export interface PromiseSdk {
  /** The npm name, as it stands in the channel names. */
  name: string;
  operations: readonly PromiseOperation[];
  failure(error: unknown): Failure;
  /** What the program gets at the end, out of what the promise held; the value itself if left out. */
  unwrap?(value: unknown): unknown;
  /** The async iterable within a value; the value itself if left out. */
  stream?(value: unknown): unknown;
  /** The error in a value that stands for one; undefined for any other. */
  refusal?(value: unknown): unknown;
  /** Requests that were sent, for SDKs that count them: of an answer or an error. */
  attempts?(outcome: unknown): number | null;
}

export function watchPromises(sdk: PromiseSdk): void {
  for (const operation of sdk.operations) {
    watchCalls(
      sdk.name,
      operation.channelName,
      (message) => beginCall(sdk, operation, message),
      (call, message) => follow(sdk, operation, call, message),
    );
  }
  watchAttempts(sdk.name);
  watchUnsupported(sdk.name);
}

type Callback = (...args: unknown[]) => unknown;

/** Some methods take a callback as their last argument, and then return no promise. */
function beginCall(sdk: PromiseSdk, operation: PromiseOperation, message: MethodCall): Call | null {
  const call = operation.start(message);
  const last = message.arguments.length - 1;
  const callback = message.arguments[last];
  if (call === null || typeof callback !== 'function') return call;
  (message.arguments as unknown[])[last] = function (this: unknown, ...args: unknown[]): unknown {
    const [error, value] = args;
    if (error === null || error === undefined) answered(sdk, operation, call, message, value);
    else failed(sdk, call, error);
    return (callback as Callback).apply(this, args);
  };
  return call;
}

function follow(
  sdk: PromiseSdk,
  operation: PromiseOperation,
  call: Call,
  message: MethodCall,
): void {
  const { result, error } = message;
  if (error !== undefined) return failed(sdk, call, error);
  if (isPlainPromise(result)) {
    (message as { result: unknown }).result = result.then(
      (value) => {
        answered(sdk, operation, call, message, value);
        return value;
      },
      (reason: unknown) => {
        failed(sdk, call, reason);
        throw reason;
      },
    );
  } else if (typeof message.arguments[message.arguments.length - 1] !== 'function') {
    warnOnce(`${sdk.name}:promise`, `${sdk.name} returned a promise of an unknown kind`);
    call.handOver(null);
  }
}

function failed(sdk: PromiseSdk, call: Call, error: unknown): void {
  safely('an error', () => {
    countAttempts(sdk, call, error);
    call.fail(sdk.failure(error));
  });
}

function answered(
  sdk: PromiseSdk,
  operation: PromiseOperation,
  call: Call,
  message: MethodCall,
  value: unknown,
): void {
  const told = safely('an answer', () => {
    const refusal = sdk.refusal?.(value);
    if (refusal !== undefined) {
      failed(sdk, call, refusal);
      return true;
    }
    countAttempts(sdk, call, value);
    const whole = sdk.unwrap === undefined ? value : sdk.unwrap(value);
    const stream = sdk.stream === undefined ? whole : sdk.stream(whole);
    if (operation.reader === undefined || !isAsyncIterable(stream)) {
      call.succeed(operation.answer(whole, message));
      return true;
    }
    // A stream that is watched from where it is made has said so already.
    if (call.soFar !== null) return true;
    return watchIterable(stream, call, operation.reader(message), sdk.failure);
  });
  // What could not be read or watched was answered and billed all the same.
  if (told !== true) call.handOver(null);
}

function countAttempts(sdk: PromiseSdk, call: Call, outcome: unknown): void {
  const counted = sdk.attempts?.(outcome) ?? null;
  if (counted !== null) call.attempts = counted;
}
