// The ways a program is run: from TypeScript, in a worker thread, and with us turned off.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runtimeNote } from '../src/runtime.ts';
import { DIST, newerNode, PROGRAMS, runChild, sdkFolder, startSink } from './child.ts';
import { answerGoogle } from './google-genai-stand-in.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';
import { startVendor } from './vendor-stand-in.ts';

const NAMES = ['m-chat', 'm-stream', 'm-responses'];
const SDK = join(sdkFolder('openai-6'), 'sdk.mjs');
const TSX = pathToFileURL(join(sdkFolder(''), 'node_modules/tsx/dist/loader.mjs')).href;

let provider: OpenAIStandIn;
beforeAll(async () => {
  provider = await startOpenAI();
});
afterAll(() => provider.stop());

const ways: [says: string, program: string, environment: Record<string, string>, node?: string][] =
  [
    ['tsx before us', 'typed.ts', { NODE_OPTIONS: `--import=${TSX}` }],
    ['types taken away by Node itself', 'typed.ts', {}, newerNode(24) ?? ''],
    ['a worker thread', 'in-worker.mjs', {}],
    ['a worker thread of a newer Node', 'in-worker.mjs', {}, newerNode(24) ?? ''],
  ];

test.each(ways)('%s', async (says, program, environment, node = process.execPath) => {
  if (node === '') return;
  const outs: string[] = [];
  const sink = await startSink();
  for (const preload of [null, 'register'] as const) {
    const run = `${says.replaceAll(' ', '-')}-${preload}`;
    const args = [SDK, `${provider.url}/${run}/v1`, NAMES.join(',')];
    const options = { preload, environment, node, sinkUrl: sink.url };
    const ended = await runChild(join(PROGRAMS, program), args, options);
    expect({ code: ended.code, err: ended.err }).toEqual({ code: 0, err: '' });
    outs.push(ended.out);
  }
  await sink.stop();
  expect(outs[1]).toBe(outs[0]);
  const models = sink.spans.map(({ attributes }) => attributes['gen_ai.request.model']);
  expect(models.toSorted()).toEqual(NAMES.toSorted());
});

test.each([22, 24] as const)('an ES module that is required on Node %s', async (major) => {
  const node = newerNode(major);
  if (node === null) return;
  const [sink, vendor] = await Promise.all([startSink(), startVendor(answerGoogle)]);
  const file = join(sdkFolder('google-genai-2'), 'node_modules/@google/genai/dist/node/index.mjs');
  const args = [file, `${vendor.url}/run`];
  const options = { preload: 'register', node, sinkUrl: sink.url } as const;
  const { out, err, code } = await runChild(join(PROGRAMS, 'required-module.cjs'), args, options);
  await Promise.all([sink.stop(), vendor.stop()]);
  expect({ out, code }).toEqual({ out: 'Hello there\n', code: 0 });
  expect(err).not.toContain('spanledger');
  expect(sink.spans.map(({ name }) => name)).toEqual(['generate_content m-whole']);
});

test('what other runtimes keep us from is said, and of Node nothing', () => {
  expect(runtimeNote({ ...process.versions, bun: '1.4.5' })).toContain('Bun');
  expect(runtimeNote({ ...process.versions, deno: '2.9.6' })).toContain('--preload');
  expect(runtimeNote(process.versions)).toBe(null);
});

/** What Node loads of us and of what we depend on, by its own account on standard error. */
function loadedOfUs(err: string): string[] {
  const files = err.matchAll(/(?:file:\/\/|["'\s])(\/[^\s"')]+\.[cm]?js)/g);
  const ours = [...files]
    .map(([, file = '']) => file)
    .filter((file) => file.startsWith(DIST) || /opentelemetry|apm-js-collab/.test(file));
  return [...new Set(ours)].map((file) => file.replace(`${DIST}/`, '')).sort();
}

test.each(['SPANLEDGER_DISABLED', 'OTEL_SDK_DISABLED'])(
  '%s: nothing is loaded and nothing is patched',
  async (name) => {
    const environment = { NODE_DEBUG: 'esm,module' };
    const program = join(PROGRAMS, 'loaded.mjs');
    const bare = await runChild(program, [SDK], { environment });
    const off = await runChild(program, [SDK], {
      preload: 'register',
      environment: { ...environment, [name]: 'true' },
    });
    // The preload itself and what reads the environment; nothing of OpenTelemetry.
    const few = loadedOfUs(off.err);
    expect(few).toContain('register.js');
    expect(few.filter((file) => !/^(?:register|chunk-\w+)\.js$/.test(file))).toEqual([]);
    expect(few.length).toBeLessThan(6);
    expect(off.out).toBe(bare.out);
    expect(JSON.parse(off.out)).toMatchObject({ patched: false, registry: null, marks: [] });
    // The same eyes see what is loaded when it is on.
    const on = await runChild(program, [SDK], { preload: 'register', environment });
    const all = loadedOfUs(on.err);
    expect(all.some((file) => file.includes('opentelemetry'))).toBe(true);
    expect(all.length).toBeGreaterThan(20);
    expect(JSON.parse(on.out)).toMatchObject({ patched: true });
  },
);
