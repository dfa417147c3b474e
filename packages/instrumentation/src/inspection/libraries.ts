// The libraries that are known here: what to load of each to see it hooked, and what is to be said
// of those that are recorded in another way, or not at all.

import { PATCH_POINTS } from '../adapters/index.ts';
import { UNSUPPORTED_CHANNEL } from '../calls/sdk-calls.ts';

export interface Library {
  /** What a program imports of it; the package itself when left out. */
  readonly entries?: readonly string[];
  /** The packages that are patched in its place. */
  readonly hookedIn?: readonly string[];
  /** Versions that are recorded by a registry of the library's own, which needs no patch. */
  readonly registry?: string;
  /** Recorded by hand: what to do. Nothing of it is loaded. */
  readonly byHand?: string;
  /** Versions of which there is nothing to hook, and where its calls are recorded. */
  readonly through?: readonly [range: string, where: string];
}

/** By the name of the package. */
export const LIBRARIES: Readonly<Record<string, Library>> = {
  openai: {},
  'groq-sdk': {},
  'together-ai': {},
  '@anthropic-ai/sdk': {},
  '@google/genai': {},
  '@aws-sdk/client-bedrock-runtime': { hookedIn: ['@smithy/core', '@smithy/smithy-client'] },
  '@mistralai/mistralai': {},
  'cohere-ai': {},
  ollama: {},
  ai: { registry: '>=7.0.0 <8.0.0' },
  '@langchain/core': {
    entries: ['@langchain/core/tools', '@langchain/core/language_models/chat_models'],
  },
  '@langchain/langgraph': {},
  langchain: {
    entries: ['langchain/agents'],
    through: ['>=1.0.0', 'in @langchain/core and @langchain/langgraph'],
  },
  '@langchain/classic': { entries: ['@langchain/classic/agents'] },
  '@openai/agents-core': {},
  '@modelcontextprotocol/sdk': {
    entries: [
      '@modelcontextprotocol/sdk/client/index.js',
      '@modelcontextprotocol/sdk/server/index.js',
    ],
  },
  '@modelcontextprotocol/client': {},
  '@modelcontextprotocol/server': {},
  '@anthropic-ai/claude-agent-sdk': {
    byHand: 'wrap its query with instrumentClaudeAgent: docs/instrumentation/claude-agent-sdk.md',
  },
  '@mastra/core': {
    byHand: 'point its own exporter at the ledger: docs/instrumentation/mastra.md',
  },
};

const OWN_TELEMETRY = 'turn on its own OpenTelemetry spans and send them to the same endpoint';
const BY_HAND = 'tell its calls with recordUsage(): docs/instrumentation/usage-by-hand.md';

/** Clients and frameworks without an adapter, with what to do. */
export const WITHOUT_ADAPTER: Readonly<Record<string, string>> = {
  '@google/generative-ai': `move to its successor @google/genai, or ${BY_HAND}`,
  '@google-cloud/vertexai': `move to its successor @google/genai, or ${BY_HAND}`,
  '@aws-sdk/client-bedrock-agent-runtime': BY_HAND,
  '@azure-rest/ai-inference': BY_HAND,
  '@huggingface/inference': BY_HAND,
  '@fal-ai/client': BY_HAND,
  replicate: BY_HAND,
  llamaindex: BY_HAND,
  '@llamaindex/core': BY_HAND,
  '@google/adk': OWN_TELEMETRY,
  '@strands-agents/sdk': OWN_TELEMETRY,
  genkit: OWN_TELEMETRY,
};

/** The versions of a package that are patched, as the ranges of its patch points say. */
export function rangesOf(name: string): readonly string[] {
  const known = PATCH_POINTS.filter(({ channelName }) => channelName !== UNSUPPORTED_CHANNEL);
  return known.flatMap(({ module }) => (module.name === name ? [module.versionRange] : []));
}

/** From the lowest version that is known to below the first that is not. */
export function supported(name: string, { registry }: Library): string {
  const ranges = [...rangesOf(name), ...(registry === undefined ? [] : [registry])];
  const bounds = ranges.flatMap((range) => range.split(/\s+/).filter((part) => part !== '||'));
  const lowest = bounds.filter((bound) => bound.startsWith('>=')).map((bound) => bound.slice(2));
  const highest = bounds.filter((bound) => /^<\d/.test(bound)).map((bound) => bound.slice(1));
  const first = lowest.sort(compare)[0] ?? '';
  return `${first} to below ${highest.sort(compare).at(-1) ?? ''}`;
}

/** Comparators `>=` and `<`, all of one alternative, alternatives parted by `||`. */
export function inRange(version: string, range: string): boolean {
  return range.split('||').some((alternative) =>
    alternative
      .trim()
      .split(/\s+/)
      .every((comparator) =>
        comparator.startsWith('>=')
          ? compare(version, comparator.slice(2)) >= 0
          : comparator.startsWith('<') && compare(version, comparator.slice(1)) < 0,
      ),
  );
}

/** By major, minor and patch; what comes before a release counts as the release. */
function compare(left: string, right: string): number {
  const [a, b] = [numbers(left), numbers(right)];
  for (const place of [0, 1, 2]) {
    const difference = (a[place] ?? 0) - (b[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const numbers = (version: string): number[] => version.split(/[.+-]/).slice(0, 3).map(Number);
