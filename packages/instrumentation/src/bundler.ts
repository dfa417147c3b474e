// For programs that are shipped as one file: what the bundler plugin of code-transformer needs to
// patch the SDKs while they are bundled, as the module hook does while they are loaded.

import { PATCH_POINTS } from './adapters/index.ts';
import type { PatchPoint } from './hooks/patch-point.ts';

/** Options of `@apm-js-collab/code-transformer-bundler-plugins`, whichever bundler it is for. */
export interface BundlerOptions {
  instrumentations: PatchPoint[];
}

/** A copy of its own for each caller: bundlers add to what they are given. */
export function bundlerOptions(): BundlerOptions {
  return { instrumentations: structuredClone([...PATCH_POINTS]) };
}
