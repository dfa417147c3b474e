// Takes what the patched files hand over, and puts a hook in the place of each method and function.

import type { PatchPoint } from './patch-point.ts';
import { HOOKS, type HandedFunction, type HandedOver, type Hooks } from './appended-hook.ts';
import type { PatchIndex } from './patch-index.ts';
import { isTold, replaceMethod, toldMethod, type Method } from './told-method.ts';
import { safely } from '../safely.ts';

/** Told of each file: what went wrong, or undefined. */
type Tell = (library: string, name: string, error: Error | undefined) => void;

/** From now on the files find us. A file that is not found among the points is left as it is. */
export function takeFiles(index: PatchIndex, tell: Tell): void {
  const hooks: Hooks = {
    file: (name, handed) => {
      safely(`the file ${name}`, () => {
        const file = index.find(name);
        if (file === null) return;
        const { library, version, points, path } = file;
        const hook = (point: PatchPoint): boolean | undefined =>
          safely(`a method of ${library}`, () => hookPoint(point, version, handed));
        const found = points.filter((point) => hook(point) === true).length;
        const missing = points.map(({ functionQuery }) => JSON.stringify(functionQuery)).join(', ');
        tell(library, name, found > 0 ? undefined : new Error(`not found in ${path}: ${missing}`));
      });
    },
    value: (library, version, channelName, value) =>
      typeof value === 'function'
        ? (safely(`a function of ${library}`, () =>
            toldMethod(library, channelName, value as Method, version),
          ) ?? value)
        : value,
  };
  Object.defineProperty(globalThis, HOOKS, { value: hooks, configurable: true });
}

function hookPoint(point: PatchPoint, version: string, handed: HandedOver): boolean {
  const { module, channelName, functionQuery: query } = point;
  if ('className' in query) {
    const prototype = prototypeOf(handed.classes[query.className]?.());
    const method = own(prototype, query.methodName);
    if (prototype === null || typeof method !== 'function') return false;
    if (isTold(method, module.name, channelName)) return true;
    const hook = toldMethod(module.name, channelName, method as Method, version);
    replaceMethod(prototype, query.methodName, hook);
    return true;
  }
  if (!('functionName' in query)) return false;
  const given = handed.functions[query.functionName];
  return given !== undefined && hookFunction(point, version, given, handed.module);
}

function prototypeOf(value: unknown): object | null {
  return typeof value === 'function' ? (value.prototype as object) : null;
}

/** A getter is not called. */
function own(holder: object | null, name: string): unknown {
  const property = holder === null ? null : Object.getOwnPropertyDescriptor(holder, name);
  return property?.writable === true ? property.value : undefined;
}

function hookFunction(
  { module, channelName }: PatchPoint,
  version: string,
  [valueOf, replace]: HandedFunction,
  commonJs: HandedOver['module'],
): boolean {
  const value = valueOf();
  if (typeof value !== 'function') return false;
  if (isTold(value, module.name, channelName)) return true;
  const hook = toldMethod(module.name, channelName, value as Method, version);
  replace(hook);
  const exported = commonJs?.exports;
  if (typeof exported !== 'object' || exported === null) return true;
  for (const name of Object.keys(exported)) {
    // Compilers export a function before its text: that property holds the old one.
    if (own(exported, name) === value) (exported as Record<string, unknown>)[name] = hook;
  }
  return true;
}
