// The text of a file that is to be patched, in whichever thread loads it.

import { createRequire } from 'node:module';
import { withHooks } from './appended-hook.ts';
import type { PatchedFile } from './patch-index.ts';

interface Transformer {
  transform(code: string, moduleType: 'esm' | 'cjs'): { code: string };
}

interface CodeTransformer {
  create(points: readonly unknown[]): {
    getTransformer(library: string, version: string, path: string): Transformer | undefined;
  };
}

export interface PatchedText {
  readonly text: string;
  /** The file tells by itself, when it runs, whether its hooks are in place. */
  readonly tells: boolean;
}

/** Throws where the file has none of the points. */
export function patchedText(source: string, file: PatchedFile, kind: 'esm' | 'cjs'): PatchedText {
  const appended = withHooks(source, file);
  if (appended !== null) return { text: appended, tells: true };
  // What parses and writes JavaScript is large: it is loaded for the few files that need it.
  const require = createRequire(import.meta.url);
  const { create } = require('@apm-js-collab/code-transformer') as CodeTransformer;
  const { library, version, path, points } = file;
  const transformer = create(points).getTransformer(library, version, path);
  const text = transformer?.transform(source, kind).code ?? source;
  return { text, tells: false };
}
