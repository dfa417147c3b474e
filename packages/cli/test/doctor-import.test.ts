// `spanledger doctor --import` looks into projects: real clients as npm installs them, and one
// project in which much is wrong.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from './run.ts';

// Libraries of all sizes are loaded, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const sdk = (name: string): string => path.join(ROOT, 'sdks', name);
const PATH = { PATH: process.env['PATH'] ?? '' };

interface Check {
  readonly section: string;
  readonly name: string;
  readonly state: string;
  readonly found: string;
  readonly next_step: string;
}

async function inspect(folder: string, env: Readonly<Record<string, string>> = {}, more = '') {
  const args = ['doctor', '--json', '--import', folder, ...more.split(' ').filter(Boolean)];
  const { code, out } = await run(args, { env: { ...PATH, ...env } });
  const { checks } = JSON.parse(out) as { checks: Check[] };
  const told = checks.map(({ name, state, found }) => `${name}: ${state}, ${found}`);
  return { code, checks, told };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spanledger-project-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Files by their path; a JSON value or a text. */
async function project(name: string, files: Readonly<Record<string, unknown>>): Promise<string> {
  for (const [file, content] of Object.entries(files)) {
    const at = path.join(folder, name, file);
    await mkdir(path.dirname(at), { recursive: true });
    await writeFile(at, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return path.join(folder, name);
}

describe('a project with real clients', () => {
  it.each([
    ['openai-7', ['openai 7.57.0']],
    ['bedrock-3', ['@aws-sdk/client-bedrock-runtime 3.1163.0']],
    ['ai-7', ['ai 7.0.173']],
    ['mcp-2', ['@modelcontextprotocol/client 2.4.0', '@modelcontextprotocol/server 2.4.0']],
  ])('%s: its libraries are seen hooked', async (name, libraries) => {
    const { code, checks } = await inspect(sdk(name));
    const seen = checks.filter(({ section }) => section === 'libraries');
    expect(seen.map((check) => check.name)).toEqual(libraries);
    for (const check of seen) expect(check).toMatchObject({ state: 'good', next_step: '' });
    for (const { found } of seen) expect(found).toMatch(/^hooked: /);
    expect(code).toBe(0);
  });

  it.each([24])('under Node %i, whose hooks are others', async (major) => {
    const node = path.join(ROOT, 'sdks/node_modules', `node-${major}`, 'bin/node');
    if (!existsSync(node)) return;
    const main = path.join(ROOT, 'packages/cli/dist/main.js');
    const args = [main, 'doctor', '--json', '--import', sdk('mistral-2')];
    const { stdout } = await promisify(execFile)(node, args, { env: PATH });
    const { checks } = JSON.parse(stdout) as { checks: Check[] };
    expect(checks).toContainEqual(
      expect.objectContaining({ name: '@mistralai/mistralai 2.7.0', state: 'good' }),
    );
  });

  it('--no-run loads nothing and says so', async () => {
    const { code, told } = await inspect(sdk('openai-7'), {}, '--no-run');
    expect(told).toContain('openai 7.57.0: skipped, would be hooked; not tried');
    expect(code).toBe(0);
  });

  it('turned off: nothing is hooked, and the variable is named', async () => {
    const { code, told } = await inspect(sdk('openai-7'), { SPANLEDGER_DISABLED: 'true' });
    expect(told).toContain(
      'disabled: bad, SPANLEDGER_DISABLED=true: nothing is loaded and nothing is recorded',
    );
    expect(told.some((line) => line.includes('hooked: '))).toBe(false);
    expect(code).toBe(1);
  });
});

/** A package as npm leaves it. */
const installed = (name: string, version: string, code = '', more: object = {}) => ({
  [`node_modules/${name}/package.json`]: { name, version, main: 'index.js', ...more },
  [`node_modules/${name}/index.js`]: code,
});

const API = '@opentelemetry/api';
const CLIENT = 'fetch(u,{headers:{"X-Stainless-Lang":"js"},k:process.env.OPENAI_API_KEY})';

it.each([
  [{}, 'good, messages do not leave'],
  [{ SPANLEDGER_CONTENT: 'true' }, 'good, messages leave as asked, redacted'],
  [
    { SPANLEDGER_CONTENT: 'true', SPANLEDGER_USER_HASH_KEY: 'hidden' },
    'good, messages leave as asked, redacted; options set: userHashKey',
  ],
  [
    { SPANLEDGER_CONTENT: 'true', SPANLEDGER_REDACT: 'none' },
    'doubt, messages leave, and nothing of them is redacted',
  ],
])('content: %j is %s', async (env, found) => {
  const { told } = await inspect(await project('empty', { 'package.json': {} }), env, '--no-run');
  expect(told).toContain(`content: ${found}`);
  expect(told.join('\n')).not.toContain('hidden');
});

describe('a project in which much is wrong', () => {
  it('each fault is named with what to do', async () => {
    const at = await project('odd', {
      'package.json': { scripts: { start: 'node --import @sentry/node/preload dist/agent.js' } },
      'dist/agent.js': CLIENT,
      ...installed('openai', '8.0.0'),
      ...installed('ollama', '0.6.1', 'exports.replaced = true;'),
      ...installed('cohere-ai', '8.0.0', "require('left-out');"),
      ...installed('replicate', '1.0.0'),
      ...installed('@anthropic-ai/claude-agent-sdk', '0.2.0'),
      ...installed('@sentry/node', '11.0.0'),
      ...installed('langsmith', '0.4.0'),
      ...installed(API, '1.10.0'),
      ...installed('@opentelemetry/sdk-node', '0.223.0', '', {
        peerDependencies: { [API]: '>=1.3.0 <1.10.0' },
      }),
    });
    const { code, checks, told } = await inspect(at, {
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://me:secret@collector:4318/v1/traces',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20secret',
      LANGSMITH_TRACING: 'true',
    });
    const has = (text: RegExp) => expect(told).toContainEqual(expect.stringMatching(text));
    has(/^openai 8\.0\.0: bad, not hooked: 4\.0\.0 to below 8\.0\.0 is known/);
    has(/^ollama 0\.6\.1: bad, loaded, but not hooked/);
    has(/^cohere-ai 8\.0\.0: bad, cannot be loaded: .*left-out/);
    has(/^replicate 1\.0\.0: doubt, not hooked: no adapter/);
    has(/^@anthropic-ai\/claude-agent-sdk 0\.2\.0: skipped, not hooked/);
    has(/^openai: bad, bundled in dist\/agent\.js/);
    has(/^Sentry: doubt, @sentry\/node 11\.0\.0; active by script "start"/);
    has(/^LangSmith: doubt, .*active by LANGSMITH_TRACING/);
    has(/^api: bad, .*1\.10\.0 .* does not see what 1\.9/);
    has(/^sdk: bad, @opentelemetry\/sdk-node 0\.223\.0 wants .* and finds 1\.10\.0/);
    has(/^provider: doubt, @opentelemetry\/sdk-node/);
    has(/^sampling: bad, OTEL_TRACES_SAMPLER=traceidratio/);
    has(/^key: good, in the header authorization/);
    for (const { state, next_step, name } of checks)
      if (state === 'bad' || state === 'doubt') expect(next_step, name).not.toBe('');
    expect(JSON.stringify(checks)).not.toContain('secret');
    expect(code).toBe(1);
  });

  it.each([
    ['ends the process', 'process.exit(3);', '', 'the process ended with 3'],
    ['never comes back', 'for (;;);', '--wait 3', 'the time was over'],
  ])('a library that %s is named', async (name, source, more, found) => {
    const at = await project(name, installed('groq-sdk', '1.0.0', source));
    const { code, told } = await inspect(at, {}, more);
    expect(told).toContain(
      `groq-sdk 1.0.0: bad, while it was loaded ${found}${more && ' (SIGKILL)'}`,
    );
    expect(code).toBe(1);
  });

  it('another preload is seen, and its provider when it has registered one', async () => {
    const at = await project('preloaded', installed('dd-trace', '6.0.0'));
    await project('preloaded', {
      'node_modules/dd-trace/init.js':
        `const { trace } = require(${JSON.stringify(path.join(ROOT, 'node_modules', API))});\n` +
        'trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan() {} }) });',
    });
    const { told } = await inspect(at, { NODE_OPTIONS: '--require dd-trace/init.js' });
    expect(told).toContain('Datadog: doubt, dd-trace 6.0.0; active by NODE_OPTIONS');
    expect(told).toContainEqual(expect.stringMatching(/^provider: doubt, another preload/));
  });
});

it('is shown by section, no line wider than the terminal', async () => {
  const { out } = await run(['doctor', '--import', sdk('bedrock-3')], { columns: 80, env: PATH });
  // eslint-disable-next-line no-control-regex
  const lines = out.replaceAll(/\u001b\[\d+m/g, '').split('\n');
  expect(lines).toContain('libraries');
  expect(lines).toContain('1 library recorded, 0 wrong, 0 to look at');
  for (const line of lines.filter((text) => !text.includes('register'))) {
    expect(line.length).toBeLessThanOrEqual(80);
  }
});
