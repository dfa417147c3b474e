// A method that tells its channel of each use, as one does that was patched in its own text.

import { tracingChannel } from 'node:diagnostics_channel';
import { isIdle } from '../calls/recording.ts';

export type Method = (this: unknown, ...given: unknown[]) => unknown;

interface Message {
  arguments: unknown[];
  self: unknown;
  moduleVersion?: string | undefined;
  result?: unknown;
  error?: unknown;
}

/** The channel of each hook. */
const told = new WeakMap<object, string>();

/** True for what `toldMethod` made, for this channel or for any. */
export function isTold(method: object, library?: string, channelName?: string): boolean {
  const name = told.get(method);
  return library === undefined ? name !== undefined : name === `${library}:${channelName}`;
}

/**
 * `method`, which tells `orchestrion:<library>:<channelName>` before it runs and after it has returned
 * or thrown. A listener may put another result into the message: that one is returned.
 */
export function toldMethod(
  library: string,
  channelName: string,
  method: Method,
  moduleVersion?: string,
  returned?: (result: unknown) => void,
): Method {
  const { start, end } = tracingChannel<object, object>(`orchestrion:${library}:${channelName}`);
  const hook: Method = function (...given) {
    if (isIdle() || !(start.hasSubscribers || end.hasSubscribers)) return method.apply(this, given);
    const message: Message = { arguments: given, self: this, moduleVersion };
    return start.runStores(message, () => {
      try {
        message.result = method.apply(this, message.arguments);
      } catch (error) {
        message.error = error;
        throw error;
      } finally {
        returned?.(message.result);
        end.publish(message);
      }
      return message.result;
    });
  };
  copyOwn(method, hook);
  told.set(hook, `${library}:${channelName}`);
  return hook;
}

/** Its name, its length, and what the library has put on it. */
function copyOwn(from: Method, to: Method): void {
  for (const key of Reflect.ownKeys(from)) {
    const property = Object.getOwnPropertyDescriptor(from, key);
    // What an old function says of its callers cannot be copied.
    if (property === undefined || key === 'arguments' || key === 'caller') continue;
    Reflect.defineProperty(to, key, property);
  }
}

/** Puts the hook where the method was, with the attributes that methods of classes have. */
export function replaceMethod(prototype: object, name: string, hook: Method): void {
  const property = { value: hook, configurable: true, writable: true, enumerable: false };
  Object.defineProperty(prototype, name, property);
}
