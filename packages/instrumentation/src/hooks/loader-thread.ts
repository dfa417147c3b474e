// What patches ES modules in the loader thread of Node 20 and early 22, where a program's own thread
// cannot be asked. CommonJS is left alone: it is compiled, and patched, in the program's thread.

import { fileURLToPath } from 'node:url';
import type { MessagePort } from 'node:worker_threads';
import { PatchIndex } from './patch-index.ts';
import type { PatchPoint } from './patch-point.ts';
import { patchedText } from './patched-text.ts';

export interface LoaderData {
  points: readonly PatchPoint[];
  outcomes: MessagePort;
}

interface Loaded {
  format: string;
  source?: string | Uint8Array | null;
}

let index: PatchIndex | null = null;
let outcomes: MessagePort | null = null;

export function initialize(data: LoaderData): void {
  index = new PatchIndex(data.points);
  outcomes = data.outcomes;
}

export async function load(
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => Promise<Loaded>,
): Promise<Loaded> {
  const loaded = await next(url, context);
  const { format, source } = loaded;
  if (format !== 'module' || source === undefined || source === null) return loaded;
  if (!url.startsWith('file:') || !url.includes('/node_modules/')) return loaded;
  const outcome = { moduleName: '', url };
  try {
    const file = index?.find(fileURLToPath(url)) ?? null;
    if (file === null) return loaded;
    outcome.moduleName = file.library;
    const { text, tells } = patchedText(textOf(source), file, 'esm');
    if (!tells) outcomes?.postMessage(outcome, []);
    return { ...loaded, source: text };
  } catch (error) {
    outcomes?.postMessage({ ...outcome, error: new Error(String(error)) }, []);
    return loaded;
  }
}

function textOf(source: string | Uint8Array): string {
  return typeof source === 'string' ? source : Buffer.from(source).toString('utf8');
}
