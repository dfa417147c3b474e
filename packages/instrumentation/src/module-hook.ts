// The one layer that rewrites the SDKs while they are loaded, in ES modules and CommonJS alike.

import Module, { createRequire, register } from 'node:module';
import { PATCH_POINTS } from './adapters/index.ts';
import { safely, warnOnce } from './safely.ts';

const INSTALLED = Symbol.for('spanledger.module-hook');

interface SyncHooks {
  initialize(data: { instrumentations: readonly unknown[] }): void;
  resolve: unknown;
  load: unknown;
  setDiagnosticsHook(hook: (outcome: { moduleName: string; error?: unknown }) => void): void;
  createDiagnosticsPort(): import('node:worker_threads').MessagePort;
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

/** Must run before the SDKs are imported. A second call, also from another copy, does nothing. */
export async function installModuleHook(): Promise<void> {
  const marks = globalThis as { [INSTALLED]?: boolean };
  if (marks[INSTALLED] === true) return;
  marks[INSTALLED] = true;
  const hooks = (await import('@apm-js-collab/tracing-hooks/hook-sync.mjs')) as SyncHooks;
  safely('the module hook', () => install(hooks));
}

function install(hooks: SyncHooks): void {
  const instrumentations = PATCH_POINTS;
  hooks.setDiagnosticsHook(({ moduleName, error }) => {
    if (error !== undefined) {
      warnOnce(`hook:${moduleName}`, `cannot hook ${moduleName}: ${String(error).slice(0, 200)}`);
    }
  });
  if (hasSyncHooks()) {
    hooks.initialize({ instrumentations });
    const registerHooks = (Module as unknown as { registerHooks(hooks: object): void })
      .registerHooks;
    registerHooks({ resolve: hooks.resolve, load: hooks.load });
    return;
  }
  const diagnosticsPort = hooks.createDiagnosticsPort();
  register('@apm-js-collab/tracing-hooks/hook.mjs', import.meta.url, {
    data: { instrumentations, diagnosticsPort },
    transferList: [diagnosticsPort],
  });
  // On this path CommonJS never passes the hook above.
  const Patch = createRequire(import.meta.url)('@apm-js-collab/tracing-hooks') as ModulePatch;
  new Patch({ instrumentations }).patch();
}
