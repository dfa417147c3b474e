// The clients of Google, Amazon Bedrock, Mistral, Cohere and Ollama, used in every way we know of,
// with us and without: the program sees and sends the same, a forgotten rejection is reported as
// ever, and each HTTP call leaves exactly one span with what the provider said.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { answerBedrock } from './bedrock-stand-in.ts';
import { newerNode, PROGRAMS, runChild, sdkFolder, startSink, type Span } from './child.ts';
import { answerCohere } from './cohere-stand-in.ts';
import { answerGoogle } from './google-genai-stand-in.ts';
import { answerMistral } from './mistral-stand-in.ts';
import { answerOllama } from './ollama-stand-in.ts';
import { EXPECTED, OTHERWISE, UNTOLD } from './vendor-expected.ts';
import { startVendor } from './vendor-stand-in.ts';

const LIBRARIES = {
  'google-genai': { answer: answerGoogle, operation: 'generate_content', provider: 'gcp.gemini' },
  bedrock: { answer: answerBedrock, operation: 'chat', provider: 'aws.bedrock' },
  mistral: { answer: answerMistral, operation: 'chat', provider: 'mistral_ai' },
  cohere: { answer: answerCohere, operation: 'chat', provider: 'cohere' },
  ollama: { answer: answerOllama, operation: 'chat', provider: 'ollama' },
} as const;

interface Cell {
  library: keyof typeof LIBRARIES;
  sdk: string;
  kind: 'mjs' | 'cjs';
  node: string | null;
}

const here = process.execPath;
const cells: Cell[] = [
  { library: 'google-genai', sdk: 'google-genai-1-0', kind: 'mjs', node: here },
  { library: 'google-genai', sdk: 'google-genai-1', kind: 'cjs', node: here },
  { library: 'google-genai', sdk: 'google-genai-2', kind: 'cjs', node: here },
  { library: 'google-genai', sdk: 'google-genai-3', kind: 'mjs', node: newerNode(24) },
  { library: 'google-genai', sdk: 'google-genai-3', kind: 'cjs', node: newerNode(22) },
  { library: 'bedrock', sdk: 'bedrock-3', kind: 'mjs', node: here },
  { library: 'bedrock', sdk: 'bedrock-3', kind: 'cjs', node: newerNode(24) },
  { library: 'mistral', sdk: 'mistral-1', kind: 'cjs', node: here },
  { library: 'mistral', sdk: 'mistral-2', kind: 'mjs', node: here },
  { library: 'cohere', sdk: 'cohere-7', kind: 'cjs', node: here },
  { library: 'cohere', sdk: 'cohere-8', kind: 'mjs', node: here },
  { library: 'ollama', sdk: 'ollama-0-5', kind: 'cjs', node: here },
  { library: 'ollama', sdk: 'ollama-0', kind: 'mjs', node: newerNode(24) },
];

// Newer Nodes are there for some platforms only.
const runnable = cells.filter(({ node }) => node !== null);

describe.each(runnable)('$sdk as $kind', ({ library, sdk, kind, node }) => {
  test('changes nothing and records every call once', async () => {
    const sink = await startSink();
    const provider = await startVendor(LIBRARIES[library].answer);
    const run = async (preload: 'register' | null) => {
      const id = preload ?? 'bare';
      const sdkFile = join(sdkFolder(sdk), `sdk.${kind}`);
      const ended = await runChild(
        join(PROGRAMS, `vendor.${kind}`),
        [library, sdkFile, `${provider.url}/${id}`],
        { preload, sinkUrl: sink.url, node: node ?? here },
      );
      return { ...ended, sent: provider.requests.get(id) ?? [] };
    };
    const bare = await run(null);
    expect({ code: bare.code, spans: sink.spans }).toEqual({ code: 0, spans: [] });
    const watched = await run('register');
    await Promise.all([sink.stop(), provider.stop()]);
    expect(watched.out.split('\n')).toEqual(bare.out.split('\n'));
    expect(watched.sent).toEqual(bare.sent);
    expect({ code: watched.code, err: withoutIds(watched.err) }).toEqual({
      code: 0,
      err: withoutIds(bare.err),
    });
    checkSpans(library, sdk, sink.spans);
  });
});

/** Node writes the number of the process before its warnings. */
function withoutIds(lines: string): string {
  return lines.replaceAll(/\(node:\d+\)/g, '');
}

function checkSpans(library: Cell['library'], sdk: string, spans: readonly Span[]): void {
  const { operation, provider } = LIBRARIES[library];
  const all = { ...EXPECTED[library], ...OTHERWISE[sdk] };
  const models = spans.map((span) => String(span.attributes['gen_ai.request.model']));
  const each = Object.entries(all).flatMap(([model, { spans: times = 1 }]) =>
    Array.from({ length: times }, () => model),
  );
  expect(models.toSorted()).toEqual(each.toSorted());
  for (const span of spans) {
    const model = String(span.attributes['gen_ai.request.model']);
    const { attributes, failed = false } = all[model] ?? { attributes: {} };
    const expected: Record<string, unknown> = { 'gen_ai.operation.name': operation, ...attributes };
    const known = Object.entries(expected).filter(([name]) => !UNTOLD[sdk]?.includes(name));
    const said = known.map(([name]) => [name, span.attributes[name]] as const);
    const should = known.map(([name, value]) => [
      name,
      value instanceof RegExp ? (expect.stringMatching(value) as unknown) : value,
    ]);
    expect({ model, said }).toEqual({ model, said: should });
    expect({ model, status: span.status }).toEqual({ model, status: failed ? 2 : 0 });
    const named = model === 'undefined' ? '' : ` ${model}`;
    expect(span.name).toBe(`${expected['gen_ai.operation.name']}${named}`);
    expect(span.attributes['gen_ai.provider.name']).toBe(provider);
    if (library !== 'bedrock') expect(span.attributes['server.address']).toBe('127.0.0.1');
    const waited_s = span.attributes['gen_ai.response.time_to_first_chunk'];
    if (span.attributes['spanledger.stream.chunks'] !== undefined) {
      expect(waited_s).toBeGreaterThan(0);
    }
  }
}
