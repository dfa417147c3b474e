// Where the SDKs are hooked: plain data, because the loader thread of Node 20 and 22 gets a copy.

export interface PatchPoint {
  channelName: string;
  module: { name: string; versionRange: string; filePath: string };
  functionQuery:
    | { className: string; methodName: string; kind: 'Sync' }
    | { functionName: string; kind: 'Sync' };
}

/** What a hooked method tells: published before it runs, and after it has returned or thrown. */
export interface MethodCall {
  readonly arguments: ArrayLike<unknown>;
  readonly self?: unknown;
  readonly moduleVersion?: string;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** One method, or one function, in the CommonJS and the ESM file; `file` is without its ending. */
export function patchPoints(
  channelName: string,
  name: string,
  versionRange: string,
  file: string,
  method: string,
): PatchPoint[] {
  const [first = '', methodName] = method.split('.');
  const named =
    methodName === undefined ? { functionName: first } : { className: first, methodName };
  return ['.js', '.mjs'].map((ending) => ({
    channelName,
    module: { name, versionRange, filePath: file + ending },
    functionQuery: { ...named, kind: 'Sync' },
  }));
}
