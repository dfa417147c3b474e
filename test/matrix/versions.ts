// The exact versions that a run of the matrix had before it.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Found } from './found.ts';

/** Folders below sdks/ are called after a client; this is the package that it comes as. */
const PACKAGES: Readonly<Record<string, string>> = {
  ai: 'ai',
  anthropic: '@anthropic-ai/sdk',
  bedrock: '@aws-sdk/client-bedrock-runtime',
  cohere: 'cohere-ai',
  'google-genai': '@google/genai',
  groq: 'groq-sdk',
  langchain: '@langchain/core',
  mcp: '@modelcontextprotocol/sdk',
  mistral: '@mistralai/mistralai',
  ollama: 'ollama',
  openai: 'openai',
  'openai-agents': '@openai/agents',
  together: 'together-ai',
};
const OTHERWISE: Readonly<Record<string, string>> = { 'mcp-2': '@modelcontextprotocol/client' };

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const manifest = (...names: readonly string[]): Manifest =>
  JSON.parse(readFileSync(path.join(...names, 'package.json'), 'utf8')) as Manifest;

/** All but the cells, as of today. */
export function versionsNow(root: string): Omit<Found, 'cells'> {
  const sdks = path.join(root, 'sdks');
  const newer = Object.entries(manifest(sdks).optionalDependencies ?? {});
  const nodes = newer.map(([name, spec]) => [name.replace('node-', ''), spec.split('@').at(-1)]);
  const ours = manifest(root, 'packages', 'instrumentation');
  const third = manifest(sdks, 'otel-3').dependencies ?? {};
  const here = process.versions.node;
  return {
    date: new Date().toISOString().slice(0, 10),
    platform: `${process.platform}-${process.arch}`,
    nodes: { [here.split('.')[0] ?? '']: here, ...Object.fromEntries(nodes) },
    clients: clientsIn(sdks),
    opentelemetry: {
      'sdk-2': {
        api: ours.devDependencies?.['@opentelemetry/api'] ?? '',
        sdk: (ours.dependencies ?? ours.devDependencies)?.['@opentelemetry/sdk-trace-base'] ?? '',
      },
      'sdk-3': {
        api: third['@opentelemetry/api'] ?? '',
        sdk: third['@opentelemetry/sdk-trace'] ?? '',
      },
    },
  };
}

function clientsIn(sdks: string): Found['clients'] {
  const found = readdirSync(sdks).flatMap((folder) => {
    const name = OTHERWISE[folder] ?? PACKAGES[folder.replace(/(-\d+)+$/, '')];
    if (name === undefined) return [];
    const version = manifest(sdks, folder).dependencies?.[name];
    return version === undefined ? [] : [[folder, [name, version]] as const];
  });
  return Object.fromEntries(found);
}
