// Clients inside a built file are not loaded from their package, so no hook reaches them. Looks into
// what a project has built for the words that clients send, which no minifier shortens.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { good, type Finding } from './finding.ts';
import { readManifest } from './installed.ts';

const FOLDERS = ['dist', 'build', 'out', '.output/server', '.next/server'];
const FILES_LIMIT = 400;
const FILE_LIMIT_BYTES = 30_000_000;
const DEPTH_LIMIT = 5;
const PROGRAM = /\.[cm]?js$/;
/** What the bundler's plugin leaves where it patched. */
const PATCHED = 'orchestrion:';

/** All words stand in a file that has the client in it. */
const SIGNS: Readonly<Record<string, readonly string[]>> = {
  openai: ['X-Stainless-Lang', 'OPENAI_API_KEY'],
  '@anthropic-ai/sdk': ['X-Stainless-Lang', 'ANTHROPIC_API_KEY'],
  'groq-sdk': ['X-Stainless-Lang', 'GROQ_API_KEY'],
  'together-ai': ['X-Stainless-Lang', 'TOGETHER_API_KEY'],
  '@google/genai': ['google-genai-sdk/'],
};

export function bundleFindings(project: string): Finding[] {
  const found = new Map<string, { file: string; patched: boolean }>();
  for (const file of builtFiles(project)) {
    const text = readFileSync(file, 'latin1');
    for (const [name, words] of Object.entries(SIGNS)) {
      if (found.has(name) || !words.every((word) => text.includes(word))) continue;
      found.set(name, { file, patched: text.includes(`${PATCHED}${name}:`) });
    }
  }
  return [...found].map(([name, { file, patched }]) => {
    const place = path.relative(project, file);
    if (patched) return good('libraries', name, `bundled in ${place}, patched by the plugin`);
    return {
      section: 'libraries',
      name,
      state: 'bad',
      found: `bundled in ${place}, where no hook reaches it`,
      next_step: 'build with the plugin, or hand the client over: docs/instrumentation/bundlers.md',
    };
  });
}

function builtFiles(project: string): string[] {
  const { main } = (readManifest(project) ?? {}) as { main?: unknown };
  const files = typeof main === 'string' ? [path.join(project, main)] : [];
  for (const folder of FOLDERS) collect(path.join(project, folder), 0, files);
  return [...new Set(files)].filter(isReadable);
}

function collect(folder: string, depth: number, files: string[]): void {
  if (depth > DEPTH_LIMIT) return;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (files.length >= FILES_LIMIT) return;
      const at = path.join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules') collect(at, depth + 1, files);
      else if (entry.isFile() && PROGRAM.test(entry.name)) files.push(at);
    }
  } catch {
    // A folder that is not there has no files.
  }
}

function isReadable(file: string): boolean {
  try {
    const { size } = statSync(file);
    return size <= FILE_LIMIT_BYTES && PROGRAM.test(file);
  } catch {
    return false;
  }
}
