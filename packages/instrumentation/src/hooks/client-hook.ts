// Hooks an SDK by a client of it, where no module hook could: in a bundle without the plugin, or
// under a runtime whose modules cannot be hooked. The same methods tell the same channels.

import { PATCH_POINTS, watchLibraries } from '../adapters/index.ts';
import type { PatchPoint } from './patch-point.ts';
import { fields } from '../calls/request.ts';
import { safely, warnOnce } from '../safely.ts';
import { PARSE_CHANNEL, RAW_CHANNEL } from '../calls/sdk-calls.ts';
import { isTold, replaceMethod, toldMethod, type Method } from './told-method.ts';

/** What patching leaves in the text of a method, also in a bundle whose names were shortened. */
const HOOKED = '.runStores(';
const RESOURCES = 'resources/';

/** For clients of `openai`. The client comes back; all clients of its class are hooked with it. */
export function instrumentOpenAI<T>(client: T): T {
  return hookClient('openai', client);
}

/** For clients of `@anthropic-ai/sdk`; from 0.134 on it writes spans itself and is left alone. */
export function instrumentAnthropic<T>(client: T): T {
  const writesSpans = safely('a client', () => fields(client)['openTelemetry'] !== undefined);
  return writesSpans === true ? client : hookClient('@anthropic-ai/sdk', client);
}

/** For clients of `groq-sdk`. */
export function instrumentGroq<T>(client: T): T {
  return hookClient('groq-sdk', client);
}

/** For clients of `together-ai`. */
export function instrumentTogether<T>(client: T): T {
  return hookClient('together-ai', client);
}

function hookClient<T>(library: string, client: T): T {
  safely(`a client of ${library}`, () => {
    watchLibraries();
    const points = PATCH_POINTS.filter(({ module }) => module.name === library);
    let found = 0;
    for (const point of points) {
      const { module, functionQuery, channelName } = point;
      if (!('methodName' in functionQuery) || channelName === 'unsupported') continue;
      const holder = holderOf(client, module.filePath);
      if (holder === null) continue;
      found += hookMethod(library, point, holder, functionQuery.methodName) ? 1 : 0;
    }
    if (found === 0) warnOnce(`client:${library}`, `this is no client of ${library} known here`);
  });
  return client;
}

/** `resources/chat/completions/completions` is found at `client.chat.completions`. */
function holderOf(client: unknown, file: string | RegExp): object | null {
  if (typeof file !== 'string' || !file.startsWith(RESOURCES))
    return isObject(client) ? client : null;
  const steps = file
    .slice(RESOURCES.length)
    .replace(/\.\w+$/, '')
    .split('/');
  let at: unknown = client;
  for (const [index, step] of steps.entries()) {
    if (step !== steps[index - 1]) at = fields(at)[step];
  }
  return isObject(at) ? at : null;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** True when the method is there and is hooked, by now or before. */
function hookMethod(library: string, point: PatchPoint, holder: object, name: string): boolean {
  const prototype = ownerOf(holder, name);
  if (prototype === null) return false;
  const method = (prototype as Record<string, unknown>)[name];
  if (typeof method !== 'function') return false;
  if (!Function.prototype.toString.call(method).includes(HOOKED) && !isTold(method)) {
    replaceMethod(prototype, name, telling(library, point.channelName, method as Method));
  }
  return true;
}

function ownerOf(holder: object, name: string): object | null {
  let at: object | null = holder;
  while (at !== null && !Object.hasOwn(at, name)) at = Object.getPrototypeOf(at) as object | null;
  return at;
}

/** The method, which tells its channel of each use as a patched one does. */
function telling(library: string, channelName: string, method: Method): Method {
  if (channelName === PARSE_CHANNEL || channelName === RAW_CHANNEL) {
    return toldMethod(library, channelName, method);
  }
  return toldMethod(library, channelName, method, undefined, (result) => {
    safely('a promise', () => hookPromise(library, result));
  });
}

/** The class of these promises is nowhere to be had before the first one is returned. */
function hookPromise(library: string, result: unknown): void {
  if (!isObject(result) || !('responsePromise' in result)) return;
  for (const point of PATCH_POINTS) {
    const { module, functionQuery, channelName } = point;
    if (module.name !== library || !('methodName' in functionQuery)) continue;
    if (channelName !== PARSE_CHANNEL && channelName !== RAW_CHANNEL) continue;
    hookMethod(library, point, result, functionQuery.methodName);
  }
}
