// Clients of others that were generated like OpenAI's and speak its words: the same scenarios, as
// far as the client has them, with us and without.

import { join } from 'node:path';
import { sdkFolder } from './child.ts';
import type { Client } from './matrix/cells.ts';
import { testMatrix } from './matrix/matrix.ts';
import { checkSpans } from './openai-check.ts';
import { EXPECTED, type Expected } from './openai-expected.ts';
import { startOpenAI } from './openai-stand-in.ts';

const CHAT = [
  'm-chat', 'm-stream', 'm-stream-bare', 'm-tool', 'm-tool-stream', 'm-tool-cut', 'm-tier',
  'm-with-response', 'm-as-response', 'm-break', 'm-tee', 'm-readable', 'm-abort', 'm-hang', 'm-cut',
  'm-broken', 'm-twice', 'm-again', 'm-retry', 'm-retry-mixed', 'm-retry-slow', 'm-refused',
  'm-missing',
]; // prettier-ignore

const SDKS: readonly (Client & { provider: string; names: readonly string[] })[] = [
  {
    sdk: 'groq-0',
    cut: ['mjs 20'],
    provider: 'groq',
    names: [...CHAT, 'm-transcribe-seconds', 'm-translate'],
  },
  {
    sdk: 'groq-1',
    cut: ['cjs 20'],
    provider: 'groq',
    names: [...CHAT, 'm-embeddings', 'm-transcribe-seconds', 'm-translate', 'm-speech'],
  },
  {
    sdk: 'together-0-6',
    cut: ['mjs 20'],
    provider: 'together_ai',
    // A stream of this one goes on waiting when it is aborted, and is lost whole when it is cut.
    names: [
      ...CHAT.filter((name) => name !== 'm-abort' && name !== 'm-cut'), 'm-completions', 'm-helper', 'm-embeddings',
    ], // prettier-ignore
  },
  {
    sdk: 'together-0',
    cut: ['cjs 20 sdk-2-before'],
    provider: 'together_ai',
    names: [
      // It does not ask again after a 500.
      ...CHAT.filter((name) => name !== 'm-retry-mixed'),
      'm-completions', 'm-helper', 'm-embeddings', 'm-rerank', 'm-image',
      'm-transcribe-seconds', 'm-translate', 'm-speech',
    ], // prettier-ignore
  },
];
const clientOf = (sdk: string) => SDKS.find((client) => client.sdk === sdk);

const OTHERWISE: Record<string, Expected> = {
  'm-rerank': {
    attributes: { 'gen_ai.operation.name': 'rerank', 'gen_ai.usage.input_tokens': 30 },
  },
  // These clients hand on the vector as it comes.
  'm-embeddings': {
    attributes: { 'gen_ai.operation.name': 'embeddings', 'gen_ai.usage.input_tokens': 8 },
  },
};
/** These providers tell the usage of a stream unasked, with its last chunk. */
const UNASKED = {
  'gen_ai.usage.input_tokens': 120,
  'gen_ai.usage.output_tokens': 30,
  'spanledger.stream.characters': undefined,
  'spanledger.estimate.output_tokens': undefined,
};
const STREAMED = new Set(['m-stream', 'm-stream-bare', 'm-tool-stream', 'm-tee', 'm-readable']);
const CHUNKS: Record<string, number> = { 'm-tool-stream': 3 };

function expectedOf(names: readonly string[]): Record<string, Expected> {
  return Object.fromEntries(
    names.map((name) => {
      const known = OTHERWISE[name] ?? EXPECTED[name] ?? { attributes: {} };
      if (!STREAMED.has(name) && name !== 'm-again' && name !== 'm-helper') return [name, known];
      const chunks = { 'spanledger.stream.chunks': CHUNKS[name] ?? 4 };
      return [name, { ...known, attributes: { ...known.attributes, ...UNASKED, ...chunks } }];
    }),
  );
}

testMatrix({
  clients: SDKS,
  program: 'openai',
  start: async () => {
    const server = await startOpenAI();
    // Whether a call leaves that is aborted at once, is a race with or without us.
    const leaves = (request: string): boolean => !request.includes('m-hang');
    return { ...server, sent: (run) => server.requests.get(run)?.filter(leaves) ?? [] };
  },
  args: ({ sdk, kind }, run, { url }) => [
    join(sdkFolder(sdk), `sdk.${kind}`),
    `${url}/${run}/v1`,
    (clientOf(sdk)?.names ?? []).join(','),
  ],
  check: (spans, { sdk }) => {
    const { names = [], provider = '' } = clientOf(sdk) ?? {};
    checkSpans(spans, expectedOf(names), provider);
  },
});
