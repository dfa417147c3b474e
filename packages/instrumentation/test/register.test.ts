// The flag itself: off is off, twice is once, and nothing that goes wrong stops the program.

import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROGRAMS, runChild, sdkFolder, startSink } from './child.ts';
import { listen } from './stand-in.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';

let provider: OpenAIStandIn;
let folder: string;
beforeAll(async () => {
  provider = await startOpenAI();
  folder = await mkdtemp(join(tmpdir(), 'instrumentation-'));
});
afterAll(async () => {
  await provider.stop();
  await rm(folder, { recursive: true });
});

test.each(['SPANLEDGER_DISABLED', 'OTEL_SDK_DISABLED'])(
  '%s=true loads, hooks and listens to nothing',
  async (name) => {
    const program = join(PROGRAMS, 'inside.mjs');
    const bare = await runChild(program, [], {});
    const off = await runChild(program, [], {
      preload: 'register',
      environment: { [name]: 'true' },
    });
    expect(off.out).toBe(bare.out);
    const on = await runChild(program, [], { preload: 'register' });
    expect(JSON.parse(on.out)).toMatchObject({ opentelemetry: true, sigterm: 1 });
  },
);

const DRAIN = ['exits.mjs', join(sdkFolder('openai-6'), 'sdk.mjs')];
const drain = (environment: Record<string, string>, sinkUrl: string) =>
  runChild(join(PROGRAMS, DRAIN[0] ?? ''), [DRAIN[1] ?? '', `${provider.url}/r/v1`, 'drain'], {
    preload: 'register',
    sinkUrl,
    environment,
  });

test('protobuf, as nobody asked for anything else', async () => {
  const bodies: Buffer[] = [];
  const types: unknown[] = [];
  const sink = await listen((request, response, body) => {
    bodies.push(body);
    types.push(request.headers['content-type']);
    response.end();
  });
  const environment = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_SERVICE_NAME: 'desk' };
  const { code } = await drain(environment, sink.url);
  await sink.stop();
  expect({ code, types }).toEqual({ code: 0, types: ['application/x-protobuf'] });
  const text = bodies[0]?.toString('latin1') ?? '';
  for (const word of ['chat m-chat', 'desk', 'gen_ai.usage.input_tokens']) {
    expect(text).toContain(word);
  }
});

test('the flag twice, also through NODE_OPTIONS, records once', async () => {
  const sink = await startSink();
  const register = join(PROGRAMS, '../../dist/bundle/register.js');
  const { code, err } = await drain({ NODE_OPTIONS: `--import ${register}` }, sink.url);
  await sink.stop();
  expect({ code, err, spans: sink.spans.length }).toEqual({ code: 0, err: '', spans: 1 });
});

test('a sampler of the environment is respected', async () => {
  const sink = await startSink();
  const { code, err } = await drain({ OTEL_TRACES_SAMPLER: 'always_off' }, sink.url);
  await sink.stop();
  expect({ code, err, spans: sink.spans.length }).toEqual({ code: 0, err: '', spans: 0 });
});

/** A package as npm would leave it, in a folder of its own. */
async function install(place: string, name: string, files: Record<string, string>): Promise<void> {
  const at = join(place, 'node_modules', name);
  await mkdir(at, { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(at, file), content);
}

test('a version of tomorrow runs unrecorded, and one line says so', async () => {
  const place = join(folder, 'tomorrow');
  await install(place, 'openai', {
    'package.json': '{"name":"openai","version":"8.0.0","type":"module","exports":"./client.js"}',
    'client.js':
      'export class OpenAI { async fetchWithTimeout() { return 1; } }\nexport default OpenAI;\n',
  });
  const program = join(place, 'program.mjs');
  await writeFile(
    program,
    "import OpenAI from 'openai';\nconst c = new OpenAI();\n" +
      'console.log(await c.fetchWithTimeout(), await c.fetchWithTimeout());\n',
  );
  const { out, err, code } = await runChild(program, [], { preload: 'register' });
  expect({ out, code }).toEqual({ out: '1 1\n', code: 0 });
  expect(err).toBe('spanledger: openai 8.0.0 is not known here; its calls are not recorded\n');
});

test('a package that is not what its version says runs unhooked', async () => {
  const place = join(folder, 'strange');
  await install(place, 'openai', {
    'package.json': '{"name":"openai","version":"6.1.0","exports":"./client.js"}',
    'client.js': 'module.exports = { strange: true };\n',
  });
  const program = join(place, 'program.cjs');
  await writeFile(program, "console.log(require('openai').strange);\n");
  const { out, err, code } = await runChild(program, [], { preload: 'register' });
  expect({ out, code }).toEqual({ out: 'true\n', code: 0 });
  expect(err).toMatch(/^spanledger: cannot hook openai: .*\n$/);
});

test('two copies of the API are told of once', async () => {
  const place = join(folder, 'copies');
  await install(place, '@opentelemetry/api', {
    'package.json': '{"name":"@opentelemetry/api","version":"1.10.0","main":"index.js"}',
    'index.js': '',
  });
  const program = join(place, 'program.mjs');
  await writeFile(program, 'console.log(1);\n');
  const { out, err } = await runChild(program, [], { preload: 'register' });
  expect(out).toBe('1\n');
  expect(err).toMatch(/^spanledger: two copies of @opentelemetry\/api, .*\n$/);
});
