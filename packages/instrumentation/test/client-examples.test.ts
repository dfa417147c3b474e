// The examples of the pages about the clients run as they stand, and leave the spans that the page says.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAnthropic, type AnthropicStandIn } from './anthropic-stand-in.ts';
import { runChild, sdkFolder, startSink } from './child.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';

const PAGES = new URL('../../../docs/instrumentation/', import.meta.url);

let openai: OpenAIStandIn;
let anthropic: AnthropicStandIn;
beforeAll(async () => {
  openai = await startOpenAI();
  anthropic = await startAnthropic();
});
afterAll(async () => {
  await openai.stop();
  await anthropic.stop();
});

/** The page, the SDK it is about, and the variables that the client takes its key and host from. */
const PAGE_CASES = [
  ['openai.md', 'openai-6', 'OPENAI', '/openai/v1'],
  ['groq.md', 'groq-1', 'GROQ', '/groq'],
  ['together.md', 'together-0', 'TOGETHER', '/together/v1'],
  ['anthropic.md', 'anthropic-0', 'ANTHROPIC', '/page'],
  ['anthropic.md', 'anthropic-1', 'ANTHROPIC', '/page'],
] as const;

test.each(PAGE_CASES)('%s with %s', async (page, sdk, prefix, path) => {
  const text = readFileSync(new URL(page, PAGES), 'utf8');
  const block = (language: string): string =>
    new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(text)?.[1] ?? '';
  const server = prefix === 'ANTHROPIC' ? anthropic : openai;
  const sink = await startSink();
  const ended = await runChild('--input-type=module', ['--eval', block('js')], {
    preload: 'register',
    cwd: sdkFolder(sdk),
    sinkUrl: sink.url,
    environment: { [`${prefix}_API_KEY`]: 'none', [`${prefix}_BASE_URL`]: server.url + path },
  });
  await sink.stop();
  expect({ err: ended.err, code: ended.code }).toEqual({ err: '', code: 0 });
  const lines = sink.spans.map(({ name, attributes }) => {
    const input = String(attributes['gen_ai.usage.input_tokens']);
    return `${name}: in ${input}, out ${String(attributes['gen_ai.usage.output_tokens'])}\n`;
  });
  expect(lines.join('')).toBe(block('text'));
});
