// The clients of Google, Amazon Bedrock, Mistral, Cohere and Ollama, used in every way we know of,
// with us and without: the program sees and sends the same, a forgotten rejection is reported as
// ever, and each HTTP call leaves exactly one span with what the provider said.

import { join } from 'node:path';
import { expect } from 'vitest';
import { answerBedrock } from './bedrock-stand-in.ts';
import { sdkFolder, type Span } from './child.ts';
import { answerCohere } from './cohere-stand-in.ts';
import { answerGoogle } from './google-genai-stand-in.ts';
import type { Client } from './matrix/cells.ts';
import { testMatrix } from './matrix/matrix.ts';
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

type Vendor = keyof typeof LIBRARIES;

const CLIENTS: Readonly<Record<Vendor, readonly Client[]>> = {
  'google-genai': [
    { sdk: 'google-genai-1-0', only: 'mjs', cut: ['mjs 20'] },
    { sdk: 'google-genai-1', cut: ['cjs 20'] },
    { sdk: 'google-genai-2', cut: ['cjs 22'] },
    { sdk: 'google-genai-3', needs: 22, cut: ['mjs 24'] },
  ],
  bedrock: [{ sdk: 'bedrock-3', cut: ['mjs 20', 'cjs 24 sdk-3-before'] }],
  mistral: [
    { sdk: 'mistral-1', cut: ['cjs 20'] },
    { sdk: 'mistral-2', only: 'mjs', cut: ['mjs 20'] },
  ],
  cohere: [
    { sdk: 'cohere-7', cut: ['cjs 20'] },
    { sdk: 'cohere-8', cut: ['mjs 20'] },
  ],
  ollama: [
    { sdk: 'ollama-0-5', cut: ['cjs 20'] },
    { sdk: 'ollama-0', cut: ['mjs 24'] },
  ],
};

for (const vendor of Object.keys(CLIENTS) as Vendor[]) {
  testMatrix({
    clients: CLIENTS[vendor],
    program: 'vendor',
    start: async () => {
      const server = await startVendor(LIBRARIES[vendor].answer);
      // Whether a call leaves that is aborted at once, is a race with or without us.
      const leaves = (request: string): boolean => !request.includes('m-abort');
      return { ...server, sent: (run) => server.requests.get(run)?.filter(leaves) ?? [] };
    },
    args: ({ sdk, kind }, run, { url }) => [
      vendor,
      join(sdkFolder(sdk), `sdk.${kind}`),
      `${url}/${run}`,
    ],
    check: (spans, { sdk }) => checkSpans(vendor, sdk, spans),
  });
}

function checkSpans(library: Vendor, sdk: string, spans: readonly Span[]): void {
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
