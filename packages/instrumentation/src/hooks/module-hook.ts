// The one layer that rewrites the SDKs while they are loaded, in ES modules and CommonJS alike.

import { channel } from 'node:diagnostics_channel';
import Module, { createRequire, register } from 'node:module';
import { MessageChannel } from 'node:worker_threads';
import { PATCH_POINTS } from '../adapters/index.ts';
import { safely, warnOnce } from '../safely.ts';

const INSTALLED = Symbol.for('spanledger.module-hook');

/** Here each file of an SDK is told that was patched, or could not be. */
export const HOOK_CHANNEL = 'spanledger:module-hook';

export interface HookOutcome {
  readonly moduleName: string;
  readonly url: string;
  readonly error?: unknown;
}

interface SyncHooks {
  initialize(data: { instrumentations: readonly unknown[] }): void;
  resolve: unknown;
  load: unknown;
}

interface Diagnostics {
  setDiagnosticsHook(hook: (outcome: HookOutcome) => void): void;
}

type ModulePatch = new (data: { instrumentations: readonly unknown[] }) => { patch(): void };

/** From these versions on the hooks that run in the program's own thread are dependable. */
function hasSyncHooks(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (!('registerHooks' in Module)) return false;
  return major > 25 || (major === 25 && minor >= 1) || (major === 24 && minor >= 13);
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
  const require = createRequire(import.meta.url);
  const instrumentations = PATCH_POINTS;
  const diagnostics = require('@apm-js-collab/tracing-hooks/lib/diagnostics.js') as Diagnostics;
  diagnostics.setDiagnosticsHook(tell);
  if (hasSyncHooks()) {
    const hooks = require('@apm-js-collab/tracing-hooks/hook-sync.mjs') as SyncHooks;
    hooks.initialize({ instrumentations });
    const registerHooks = (Module as unknown as { registerHooks(hooks: object): void })
      .registerHooks;
    registerHooks({ resolve: hooks.resolve, load: hooks.load });
    return;
  }
  const { port1, port2: diagnosticsPort } = new MessageChannel();
  port1.on('message', tell);
  // What the loader thread may have to say does not keep the program alive.
  port1.unref();
  register('@apm-js-collab/tracing-hooks/hook.mjs', import.meta.url, {
    data: { instrumentations, diagnosticsPort },
    transferList: [diagnosticsPort],
  });
  // On this path CommonJS never passes the hook above.
  const Patch = require('@apm-js-collab/tracing-hooks') as ModulePatch;
  new Patch({ instrumentations }).patch();
}

const told = channel(HOOK_CHANNEL);

function tell(outcome: HookOutcome): void {
  told.publish(outcome);
  const { moduleName, error } = outcome;
  if (error === undefined) return;
  warnOnce(`hook:${moduleName}`, `cannot hook ${moduleName}: ${String(error).slice(0, 200)}`);
}
