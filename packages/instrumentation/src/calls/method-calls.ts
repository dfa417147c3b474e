// What every adapter that hooks a method has in common: the call begins with the method, is the
// current one while it runs, and counts the requests that are sent for it.

import { tracingChannel } from 'node:diagnostics_channel';
import { context } from '@opentelemetry/api';
import type { Call } from './call.ts';
import { bindCall, currentCall } from './call-scope.ts';
import type { MethodCall } from '../hooks/patch-point.ts';
import { isRecording } from './recording.ts';
import { safely, warnOnce } from '../safely.ts';

/** Channel names that every adapter uses for these methods. */
export const ATTEMPT_CHANNEL = 'attempt';
export const UNSUPPORTED_CHANNEL = 'unsupported';

export function channelOf(library: string, name: string) {
  return tracingChannel<unknown, object>(`orchestrion:${library}:${name}`);
}

/** Counts what is sent for the current call. */
export function watchAttempts(library: string): void {
  const { start, end } = channelOf(library, ATTEMPT_CHANNEL);
  start.subscribe(() => {
    safely('an attempt', () => currentCall()?.request());
  });
  end.subscribe((message) => {
    safely('an attempt', () => currentCall()?.requested((message as MethodCall).result));
  });
}

/** One line for a version that nobody here has read. */
export function watchUnsupported(library: string): void {
  channelOf(library, UNSUPPORTED_CHANNEL).start.subscribe((message) => {
    const version = (message as MethodCall).moduleVersion ?? '';
    warnOnce(library, `${library} ${version} is not known here; its calls are not recorded`);
  });
}

/** The message of one call is the same object from its start to its end. */
const CALL = Symbol('call');

interface Started extends MethodCall {
  [CALL]?: Call;
}

/**
 * `begin` says whether a use of the method is a call to account for; `returned` is told, in the
 * call's context, when the method has returned or thrown.
 */
export function watchCalls(
  library: string,
  channelName: string,
  begin: (message: MethodCall) => Call | null,
  returned: (call: Call, message: MethodCall) => void,
): void {
  const { start, end } = channelOf(library, channelName);
  const started = (message: Started): Call | undefined =>
    safely('a call', () => {
      if (!isRecording()) return undefined;
      const call = begin(message) ?? undefined;
      if (call !== undefined) message[CALL] = call;
      return call;
    });
  bindCall(start, () => context.active(), started as (message: object) => Call | undefined);
  end.subscribe((message) => {
    safely('a call', () => {
      const call = (message as Started)[CALL];
      if (call !== undefined) returned(call, message as MethodCall);
    });
  });
}
