// The examples of the pages about libraries run as they stand, against a stand-in for the provider.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newerNode, PACKAGE, PROGRAMS, runChild, sdkFolder, startSink } from './child.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';

const PAGES = new URL('../../../docs/instrumentation/', import.meta.url);

let provider: OpenAIStandIn;
let folder: string;
beforeAll(async () => {
  provider = await startOpenAI();
  folder = mkdtempSync(join(tmpdir(), 'spanledger-examples-'));
});
afterAll(async () => {
  await provider.stop();
  rmSync(folder, { recursive: true });
});

/** The block of the page that is a program with this import in it. */
function example(page: string, imports: string): string {
  const text = readFileSync(fileURLToPath(new URL(page, PAGES)), 'utf8');
  const blocks = [...text.matchAll(/^ *```js\n(.*?)^ *```$/gms)].map(([, block = '']) => block);
  return blocks.find((block) => block.includes(`from '${imports}'`)) ?? '';
}

/** Puts the program where its imports are found, and those of `links` where they say. */
function place(name: string, program: string, links: Readonly<Record<string, string>>): string {
  const home = join(folder, name);
  for (const [module, target] of Object.entries(links)) {
    const link = join(home, 'node_modules', module);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link);
  }
  const file = join(home, 'agent.mjs');
  writeFileSync(file, program);
  return file;
}

/** Where the package lies that programs in the folder of this SDK get by this name. */
function packageOf(sdk: string, name: string): string {
  const from = createRequire(join(sdkFolder(sdk), 'package.json'));
  const file = from.resolve(name);
  return file.slice(0, file.lastIndexOf(join('node_modules', name))) + join('node_modules', name);
}

async function run(file: string, run: string, node: string) {
  const sink = await startSink();
  const ended = await runChild(file, [], {
    preload: 'register',
    node,
    sinkUrl: sink.url,
    environment: { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: `${provider.url}/${run}/v1` },
  });
  await sink.stop();
  expect({ code: ended.code, err: ended.err }).toEqual({ code: 0, err: '' });
  return { ...ended, names: sink.spans.map(({ name }) => name) };
}

test('ai-sdk.md', async () => {
  const node = newerNode(22);
  if (node === null) return;
  const links = Object.fromEntries(
    ['ai', '@ai-sdk/openai'].map((name) => [name, packageOf('ai-7', name)]),
  );
  const file = place('ai-sdk', example('ai-sdk.md', 'ai'), links);
  const { out, names } = await run(file, 'ai-sdk-page', node);
  expect(out).toBe('Hello there\n');
  expect(names).toEqual(['chat gpt-5-mini']);
});

test('claude-agent-sdk.md', async () => {
  const standIn = join(folder, 'claude-agent-sdk');
  mkdirSync(standIn);
  const query = pathToFileURL(join(PROGRAMS, 'claude-agent-sdk.mjs')).href;
  const program = join(PROGRAMS, 'claude-code.mjs');
  writeFileSync(join(standIn, 'package.json'), '{"type":"module","main":"index.js"}');
  writeFileSync(
    join(standIn, 'index.js'),
    `import { query as plain } from '${query}';
     const options = { pathToClaudeCodeExecutable: '${program}' };
     export const query = (asked) => plain({ ...asked, options: { ...asked.options, ...options } });`,
  );
  const file = place('claude', example('claude-agent-sdk.md', '@anthropic-ai/claude-agent-sdk'), {
    '@anthropic-ai/claude-agent-sdk': standIn,
    '@spanledger/instrumentation': PACKAGE,
  });
  const { out, names } = await run(file, 'claude-page', process.execPath);
  expect(out).toBe('done\n');
  expect(names.toSorted()).toEqual([
    'chat claude-haiku',
    'chat claude-sonnet',
    'invoke_agent claude-code',
  ]);
});

test('bundlers.md: a client handed over', async () => {
  const asks = `
    const { choices } = await client.chat.completions.create({
      model: 'gpt-5-mini',
      messages: [{ role: 'user', content: 'Hi' }],
    });
    console.log(choices[0].message.content);`;
  const file = place('bundlers', example('bundlers.md', 'openai') + asks, {
    openai: packageOf('openai-6', 'openai'),
    '@spanledger/instrumentation': PACKAGE,
  });
  const { out, names } = await run(file, 'bundlers-page', process.execPath);
  expect(out).toBe('Hello there\n');
  expect(names).toEqual(['chat gpt-5-mini']);
});
