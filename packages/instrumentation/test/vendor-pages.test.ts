// The pages of the clients with answers of their own: their examples run as they stand, and record
// what the page says.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { answerBedrock } from './bedrock-stand-in.ts';
import { runChild, sdkFolder, startSink } from './child.ts';
import { answerCohere } from './cohere-stand-in.ts';
import { answerGoogle } from './google-genai-stand-in.ts';
import { answerMistral } from './mistral-stand-in.ts';
import { answerOllama } from './ollama-stand-in.ts';
import { startVendor } from './vendor-stand-in.ts';

const PAGES = fileURLToPath(new URL('../../../docs/instrumentation/', import.meta.url));
const AWS = { AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' };

test.each([
  { page: 'google-genai', sdk: 'google-genai-1', answer: answerGoogle, at: 'GOOGLE_BASE_URL' },
  { page: 'bedrock', sdk: 'bedrock-3', answer: answerBedrock, at: 'BEDROCK_ENDPOINT' },
  { page: 'mistral', sdk: 'mistral-2', answer: answerMistral, at: 'MISTRAL_BASE_URL' },
  { page: 'cohere', sdk: 'cohere-8', answer: answerCohere, at: 'COHERE_BASE_URL' },
  { page: 'ollama', sdk: 'ollama-0', answer: answerOllama, at: 'OLLAMA_HOST' },
])('$page', async ({ page, sdk, answer, at }) => {
  const written = await readFile(join(PAGES, `${page}.md`), 'utf8');
  const block = (kind: string): string =>
    new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, 'ms').exec(written)?.[1] ?? '';
  const folder = await mkdtemp(join(sdkFolder(sdk), 'example-'));
  const [provider, sink] = [await startVendor(answer), await startSink()];
  try {
    const program = join(folder, 'agent.mjs');
    await writeFile(program, block('js'));
    const keys = { GEMINI_API_KEY: 'none', MISTRAL_API_KEY: 'none', CO_API_KEY: 'none', ...AWS };
    const { code, out } = await runChild(program, [], {
      preload: 'register',
      sinkUrl: sink.url,
      environment: { ...keys, [at]: `${provider.url}/page`, SPANLEDGER_EXIT_LIMIT: '20000' },
    });
    expect({ code, silent: out === '' }).toEqual({ code: 0, silent: false });
    const told = sink.spans.map(({ name, attributes }) => {
      const input = attributes['gen_ai.usage.input_tokens'];
      const output = attributes['gen_ai.usage.output_tokens'];
      return input === undefined ? name : `${name}: in ${String(input)}, out ${String(output)}`;
    });
    expect(told).toEqual(block('text').trimEnd().split('\n'));
  } finally {
    await Promise.all([provider.stop(), sink.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
});
