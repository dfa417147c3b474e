// A program that is one file, with its SDK in it: patched by the bundler's plugin, hooked by its
// client, or not at all.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundlerOptions } from '../src/bundler.ts';
import { DIST, PROGRAMS, runChild, sdkFolder, startSink, type Span } from './child.ts';
import { EXPECTED } from './openai-expected.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';

const NAMES = [
  ...['m-chat', 'm-stream', 'm-tool-stream', 'm-helper', 'm-parse', 'm-with-response'],
  ...['m-as-response', 'm-break', 'm-tee', 'm-retry', 'm-missing', 'm-responses', 'm-embeddings'],
];
const SDK = 'openai-6';

interface Bundler {
  build(options: Readonly<Record<string, unknown>>): Promise<unknown>;
  codeTransformer(options: object): unknown;
}

const ENTRY = `
  import OpenAI from 'openai';
  import { run } from '${join(PROGRAMS, 'openai-scenarios.mjs')}';
  await run(OpenAI, process.argv[2], process.argv[3]);`;

/** The same, with each client handed to us when it is made. */
const HOOKING = `
  import OpenAI from 'openai';
  import { instrumentOpenAI } from '${pathToFileURL(join(DIST, 'index.js')).href}';
  import { run } from '${join(PROGRAMS, 'openai-scenarios.mjs')}';
  class Hooked {
    constructor(options) {
      return instrumentOpenAI(instrumentOpenAI(new OpenAI(options)));
    }
  }
  await run(Hooked, process.argv[2], process.argv[3]);`;

let provider: OpenAIStandIn;
let folder: string;
let bare: string;
beforeAll(async () => {
  provider = await startOpenAI();
  folder = mkdtempSync(join(tmpdir(), 'spanledger-bundle-'));
  await bundle('bare', ENTRY, false);
  bare = (await run('bare', null)).out;
});
afterAll(async () => {
  await provider.stop();
  rmSync(folder, { recursive: true });
});

async function bundle(name: string, contents: string, patched: boolean): Promise<void> {
  const tools = pathToFileURL(join(sdkFolder('tools'), 'sdk.mjs')).href;
  const { build, codeTransformer } = (await import(tools)) as Bundler;
  await build({
    stdin: { contents, resolveDir: sdkFolder(SDK) },
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    // What is thrown is told by the name of its class.
    keepNames: true,
    external: ['file://*'],
    logLevel: 'silent',
    plugins: patched ? [codeTransformer(bundlerOptions())] : [],
    outfile: join(folder, `${name}.mjs`),
  });
}

async function run(name: string, preload: 'register' | null) {
  const sink = await startSink();
  const args = [`${provider.url}/${name}-${preload}/v1`, NAMES.join(',')];
  const options = { preload, sinkUrl: sink.url };
  const ended = await runChild(join(folder, `${name}.mjs`), args, options);
  await sink.stop();
  return { ...ended, spans: sink.spans };
}

function checkSpans(spans: Span[]): void {
  const models = spans.map(({ attributes }) => attributes['gen_ai.request.model']);
  expect(models.toSorted()).toEqual(NAMES.toSorted());
  for (const { attributes } of spans) {
    const model = String(attributes['gen_ai.request.model']);
    for (const [name, value] of Object.entries(EXPECTED[model]?.attributes ?? {})) {
      expect({ model, name, value: attributes[name] }).toEqual({ model, name, value });
    }
  }
}

const cases: [says: string, entry: string, patched: boolean, records: boolean][] = [
  ['patched by the plugin', ENTRY, true, true],
  ['hooked by its client', HOOKING, false, true],
  ['both, which is once', HOOKING, true, true],
  ['neither, so that nothing is known of its calls', ENTRY, false, false],
];

test.each(cases)('%s', async (says, entry, patched, records) => {
  const name = says.replace(/\W/g, '-');
  await bundle(name, entry, patched);
  const watched = await run(name, 'register');
  expect(watched.out.split('\n')).toEqual(bare.split('\n'));
  expect({ code: watched.code, err: watched.err }).toEqual({ code: 0, err: '' });
  if (records) checkSpans(watched.spans);
  else expect(watched.spans).toEqual([]);
});

test('a client that is hooked already, or is none, is left as it is', async () => {
  const { instrumentOpenAI } = await import('../src/index.ts');
  for (const value of [null, 7, 'client', {}, Object.freeze({ chat: Object.freeze({}) })]) {
    expect(instrumentOpenAI(value)).toBe(value);
  }
});
