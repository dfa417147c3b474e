// Where the SDKs are hooked: plain data, because the loader thread of Node 20 and 22 gets a copy.

export interface PatchPoint {
  channelName: string;
  module: { name: string; versionRange: string; filePath: string | RegExp };
  functionQuery:
    | { className: string; methodName: string; kind: 'Sync' }
    | { functionName: string; kind: 'Sync' }
    | { expressionName: string; kind: 'Sync' };
}

/** What a hooked method tells: published before it runs, and after it has returned or thrown. */
export interface MethodCall {
  readonly arguments: ArrayLike<unknown>;
  readonly self?: unknown;
  readonly moduleVersion?: string;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** Where CommonJS ends in .js, and where it ends in .cjs. */
const ENDINGS = ['.js', '.mjs'];
export const CJS_ENDINGS = ['.cjs', '.js'];

/** One method, or one function, in the CommonJS and the ESM file; `file` is without its ending. */
export function patchPoints(
  channelName: string,
  name: string,
  versionRange: string,
  file: string,
  method: string,
  endings: readonly string[] = ENDINGS,
): PatchPoint[] {
  const [first = '', methodName] = method.split('.');
  const named =
    methodName === undefined ? { functionName: first } : { className: first, methodName };
  return endings.map((ending) => ({
    channelName,
    module: { name, versionRange, filePath: file + ending },
    functionQuery: { ...named, kind: 'Sync' },
  }));
}

/** A function that is the value of a constant, such as `const send = async () => …`. */
export function constantPoints(
  channelName: string,
  name: string,
  versionRange: string,
  file: string,
  expressionName: string,
  endings: readonly string[] = ENDINGS,
): PatchPoint[] {
  return endings.map((ending) => ({
    channelName,
    module: { name, versionRange, filePath: file + ending },
    functionQuery: { expressionName, kind: 'Sync' },
  }));
}

/** One method in whichever files fit, for packages whose files are named after their content. */
export function chunkPoints(
  channelName: string,
  name: string,
  versionRange: string,
  filePath: RegExp,
  method: string,
): PatchPoint[] {
  const [className = '', methodName = ''] = method.split('.');
  const functionQuery = { className, methodName, kind: 'Sync' as const };
  return [{ channelName, module: { name, versionRange, filePath }, functionQuery }];
}
