// Clients of others that were generated like OpenAI's and speak its words: the same scenarios, as
// far as the client has them, with us and without.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROGRAMS, runChild, sdkFolder, startSink, type Sink } from './child.ts';
import { checkSpans } from './openai-check.ts';
import { EXPECTED, type Expected } from './openai-expected.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';

const CHAT = [
  'm-chat', 'm-stream', 'm-stream-bare', 'm-tool', 'm-tool-stream', 'm-tool-cut', 'm-tier',
  'm-with-response', 'm-as-response', 'm-break', 'm-tee', 'm-readable', 'm-abort', 'm-hang', 'm-cut',
  'm-broken', 'm-twice', 'm-again', 'm-retry', 'm-retry-mixed', 'm-retry-slow', 'm-refused',
  'm-missing',
]; // prettier-ignore

const SDKS = [
  { sdk: 'groq-0', provider: 'groq', names: [...CHAT, 'm-transcribe-seconds', 'm-translate'] },
  {
    sdk: 'groq-1',
    provider: 'groq',
    names: [...CHAT, 'm-embeddings', 'm-transcribe-seconds', 'm-translate', 'm-speech'],
  },
  {
    sdk: 'together-0-6',
    provider: 'together_ai',
    // A stream of this one goes on waiting when it is aborted, and is lost whole when it is cut.
    names: [
      ...CHAT.filter((name) => name !== 'm-abort' && name !== 'm-cut'), 'm-completions', 'm-helper', 'm-embeddings',
    ], // prettier-ignore
  },
  {
    sdk: 'together-0',
    provider: 'together_ai',
    names: [
      // It does not ask again after a 500.
      ...CHAT.filter((name) => name !== 'm-retry-mixed'),
      'm-completions', 'm-helper', 'm-embeddings', 'm-rerank', 'm-image',
      'm-transcribe-seconds', 'm-translate', 'm-speech',
    ], // prettier-ignore
  },
];
const cells = SDKS.flatMap((each) => ['mjs', 'cjs'].map((kind) => ({ ...each, kind })));

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

let server: OpenAIStandIn;
beforeAll(async () => {
  server = await startOpenAI();
});
afterAll(() => server.stop());

async function run(cell: (typeof cells)[number], preload: 'register' | null, sink: Sink) {
  const id = `${cell.sdk}-${cell.kind}-${preload ?? 'bare'}`;
  const ended = await runChild(
    join(PROGRAMS, `openai.${cell.kind}`),
    [join(sdkFolder(cell.sdk), `sdk.${cell.kind}`), `${server.url}/${id}/v1`, cell.names.join(',')],
    { preload, sinkUrl: sink.url },
  );
  return { ...ended, sent: server.requests.get(id) ?? [] };
}

describe.each(cells)('$sdk as $kind', (cell) => {
  test('changes nothing and records every call once', async () => {
    const sink = await startSink();
    const bare = await run(cell, null, sink);
    expect({ code: bare.code, spans: sink.spans }).toEqual({ code: 0, spans: [] });
    const watched = await run(cell, 'register', sink);
    await sink.stop();
    expect(watched.out.split('\n')).toEqual(bare.out.split('\n'));
    expect(watched.sent).toEqual(bare.sent);
    expect({ code: watched.code, err: watched.err }).toEqual({ code: 0, err: bare.err });
    checkSpans(sink.spans, expectedOf(cell.names), cell.provider);
  });
});
