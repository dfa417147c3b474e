// Which installed client makes the exchanges of a caller: the newest that a Node at hand can run.

import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Caller } from './plan.ts';

interface Candidate {
  /** Below sdks/. */
  readonly folder: string;
  /** The oldest Node that it runs on. */
  readonly node: number;
}

const OPENAI: readonly Candidate[] = [
  { folder: 'openai-7', node: 22 },
  { folder: 'openai-6', node: 20 },
  { folder: 'openai-5', node: 20 },
  { folder: 'openai-4', node: 20 },
];

/** Newest first. */
const CANDIDATES: Readonly<Record<Caller, readonly Candidate[]>> = {
  openai: OPENAI,
  azure: OPENAI,
  anthropic: [
    { folder: 'anthropic-1', node: 20 },
    { folder: 'anthropic-0', node: 20 },
  ],
  vertex: [{ folder: 'anthropic-vertex-1', node: 20 }],
  google: [
    { folder: 'google-genai-3', node: 22 },
    { folder: 'google-genai-2', node: 20 },
    { folder: 'google-genai-1', node: 20 },
    { folder: 'google-genai-1-0', node: 20 },
  ],
  bedrock: [{ folder: 'bedrock-3', node: 20 }],
  cohere: [
    { folder: 'cohere-8', node: 20 },
    { folder: 'cohere-7', node: 20 },
  ],
  mistral: [
    { folder: 'mistral-2', node: 20 },
    { folder: 'mistral-1', node: 20 },
  ],
  ollama: [
    { folder: 'ollama-0', node: 20 },
    { folder: 'ollama-0-5', node: 20 },
  ],
  groq: [
    { folder: 'groq-1', node: 20 },
    { folder: 'groq-0', node: 20 },
  ],
  together: [
    { folder: 'together-0', node: 20 },
    { folder: 'together-0-6', node: 20 },
  ],
};

export interface Sdk {
  /** The folder below sdks/, as a path. */
  readonly folder: string;
  readonly name: string;
  /** The binary of Node that runs it. */
  readonly node: string;
}

/**
 * Null where none is installed, or no Node is new enough for any. `wanted` names folders that go before
 * newer ones.
 */
export function sdkFor(caller: Caller, root: string, wanted: readonly string[]): Sdk | null {
  const asked = CANDIDATES[caller].filter(({ folder }) => wanted.includes(folder));
  for (const { folder, node } of [...asked, ...CANDIDATES[caller]]) {
    const place = path.join(root, 'sdks', folder);
    const binary = nodeFor(node, root);
    if (binary !== null && existsSync(path.join(place, 'sdk.mjs'))) {
      return { folder: place, name: folder, node: binary };
    }
  }
  return null;
}

/** Newer Nodes come as optional packages: they exist for some platforms only. */
function nodeFor(major: number, root: string): string | null {
  if (Number(process.versions.node.split('.')[0]) >= major) return process.execPath;
  for (const newer of [24, 22].filter((each) => each >= major)) {
    const binary = path.join(root, 'sdks', 'node_modules', `node-${newer}`, 'bin', 'node');
    if (existsSync(binary)) return binary;
  }
  return null;
}
