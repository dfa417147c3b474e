// The one layer that patches the SDKs while they are loaded, in ES modules and CommonJS alike.

import { channel } from 'node:diagnostics_channel';
import Module, { register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { PATCH_POINTS } from '../adapters/index.ts';
import { takeFiles } from './file-hooks.ts';
import type { LoaderData } from './loader-thread.ts';
import { PatchIndex, type PatchedFile } from './patch-index.ts';
import { patchedText } from './patched-text.ts';
import { safely, warnOnce } from '../safely.ts';

const INSTALLED = Symbol.for('spanledger.module-hook');

/** Here each file of an SDK is told that was patched, or could not be. */
export const HOOK_CHANNEL = 'spanledger:module-hook';

export interface HookOutcome {
  readonly moduleName: string;
  readonly url: string;
  readonly error?: unknown;
}

export function hookInstalled(): boolean {
  return (globalThis as { [INSTALLED]?: boolean })[INSTALLED] === true;
}

/**
 * Hooks what is loaded from now on. It is in place when this returns: the program's next line may
 * load an SDK. A second call, also from another copy, does nothing.
 */
export function installModuleHook(): void {
  const marks = globalThis as { [INSTALLED]?: boolean };
  if (marks[INSTALLED] === true) return;
  marks[INSTALLED] = true;
  safely('the module hook', install);
}

function install(): void {
  const index = new PatchIndex(PATCH_POINTS);
  takeFiles(index, (moduleName, name, error) => {
    tell({ moduleName, url: pathToFileURL(name).href, ...(error === undefined ? {} : { error }) });
  });
  if (hasHooksOfOwnThread()) hookOwnThread(index);
  else hookLoaderThread();
  hookCompiler(index);
}

/** From these versions on the hooks that run in the program's own thread are dependable. */
function hasHooksOfOwnThread(): boolean {
  const [major = 0, minor = 0, patch = 0] = process.versions.node.split('.').map(Number);
  if (!('registerHooks' in Module)) return false;
  if (major === 22) return minor > 22 || (minor === 22 && patch >= 3);
  if (major === 24) return minor > 11 || (minor === 11 && patch >= 1);
  return major > 25 || (major === 25 && minor >= 1);
}

interface Loaded {
  format?: string;
  source?: string | Uint8Array | null;
}

type Load = (
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => Loaded,
) => Loaded;

/** ES modules only: behind a hook that hands out the text of CommonJS, Node loads it in another way. */
function hookOwnThread(index: PatchIndex): void {
  const load: Load = (url, context, next) => {
    const loaded = next(url, context);
    if (loaded.format !== 'module' || !url.startsWith('file:')) return loaded;
    const { source } = loaded;
    if (source === undefined || source === null || !url.includes('/node_modules/')) return loaded;
    const file = findFile(index, () => fileURLToPath(url));
    if (file === null) return loaded;
    const given = typeof source === 'string' ? source : Buffer.from(source).toString('utf8');
    return { ...loaded, source: patched(given, file, 'esm') };
  };
  (Module as unknown as { registerHooks(hooks: { load: Load }): void }).registerHooks({ load });
}

function hookLoaderThread(): void {
  const { port1, port2: outcomes } = new MessageChannel();
  port1.on('message', tell);
  // What the loader thread may have to say does not keep the program alive.
  port1.unref();
  const data: LoaderData = { points: PATCH_POINTS, outcomes };
  register('./loader-thread.js', import.meta.url, { data, transferList: [outcomes] });
}

type Compile = (this: unknown, text: string, file: string, ...more: unknown[]) => unknown;

/**
 * Every file of CommonJS passes here, whoever loads it and whichever hooks there are, and ES modules that are
 * required: where the own thread has hooks, these come patched.
 */
function hookCompiler(index: PatchIndex): void {
  const { prototype } = Module as unknown as { prototype: { _compile: Compile } };
  const compile = prototype._compile;
  prototype._compile = function (text, name, ...more) {
    const isModule = more[0] === 'module';
    const isDone = typeof name !== 'string' || (isModule && hasHooksOfOwnThread());
    const file = isDone ? null : findFile(index, () => name);
    const given = file === null ? text : patched(text, file, isModule ? 'esm' : 'cjs');
    return compile.call(this, given, name, ...more);
  };
}

function findFile(index: PatchIndex, name: () => string): PatchedFile | null {
  return safely('a file', () => index.find(name())) ?? null;
}

/** The text as it was, where it cannot be patched. */
function patched(source: string, file: PatchedFile, kind: 'esm' | 'cjs'): string {
  const outcome = { moduleName: file.library, url: pathToFileURL(file.name).href };
  try {
    const { text, tells } = patchedText(source, file, kind);
    if (!tells) tell(outcome);
    return text;
  } catch (error) {
    tell({ ...outcome, error });
    return source;
  }
}

const told = channel(HOOK_CHANNEL);

function tell(outcome: HookOutcome): void {
  told.publish(outcome);
  const { moduleName, error } = outcome;
  if (error === undefined) return;
  warnOnce(`hook:${moduleName}`, `cannot hook ${moduleName}: ${String(error).slice(0, 200)}`);
}
