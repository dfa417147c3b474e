// Programs that own their OpenTelemetry set-up: NodeSDK with AgentInstrumentation in it.

import { join } from 'node:path';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { AgentInstrumentation } from '../src/agent-instrumentation.ts';
import { startAnthropic, type AnthropicStandIn } from './anthropic-stand-in.ts';
import { newerNode, PROGRAMS, runChild, sdkFolder, type ChildOptions } from './child.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';

let openai: OpenAIStandIn;
let anthropic: AnthropicStandIn;
beforeAll(async () => {
  openai = await startOpenAI();
  anthropic = await startAnthropic();
});
afterAll(() => Promise.all([openai.stop(), anthropic.stop()]));

function run(options: ChildOptions) {
  const args = [
    join(sdkFolder('openai-6'), 'sdk.mjs'),
    `${openai.url}/own/v1`,
    join(sdkFolder('anthropic-1'), 'sdk.mjs'),
    `${anthropic.url}/own`,
  ];
  const environment = { OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };
  return runChild(join(PROGRAMS, 'own-sdk.mjs'), args, { environment, ...options });
}

test('has the shape that OpenTelemetry asks of an instrumentation', () => {
  expectTypeOf<AgentInstrumentation>().toExtend<Instrumentation>();
});

test('NodeSDK: each call once, with its context, in the provider of the program', async () => {
  const { out, err, code } = await run({ preload: 'hook' });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const common = { agent: 'planner', conversation: 'talk-1' };
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    {
      ...common,
      name: 'chat m-chat',
      parent: true,
      scope: '@spanledger/instrumentation',
      input: 120,
      finish: ['stop'],
    },
    {
      ...common,
      name: 'chat m-create',
      parent: true,
      scope: 'com.anthropic.sdk.typescript',
      input: 150,
      finish: ['stop'],
    },
    {
      ...common,
      name: 'invoke_agent planner',
      parent: false,
      scope: '@spanledger/instrumentation',
    },
  ]);
});

test('under register the provider of the program takes over, and one line says so', async () => {
  const { out, err, code } = await run({ preload: 'register' });
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(3);
  expect(err).toBe(
    'spanledger: the program has its own tracer provider: spans go there from now on\n',
  );
});

const MISSING =
  /^spanledger: clients .* loaded after .* not if before; .* --import @spanledger\/instrumentation\/hook\n$/;

test('without a preload one line says what is missing', async () => {
  const { err, code } = await run({ preload: null });
  expect(code).toBe(0);
  expect(err).toMatch(MISSING);
});

const environment = { OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };

/** Where npm brought no Node 24 for this platform, this one stands for both. */
describe.each([
  { on: 'this Node', node: process.execPath },
  { on: 'Node 24', node: newerNode(24) ?? process.execPath },
])('without a preload, $on', ({ node }) => {
  test.each([
    { kind: 'mjs', loading: 'import()' },
    { kind: 'cjs', loading: 'require()' },
  ])('$loading after the start is recorded, once', async ({ kind }) => {
    const { out, err, code } = await runChild(
      join(PROGRAMS, `own-sdk-late.${kind}`),
      [join(sdkFolder('openai-6'), `sdk.${kind}`), `${openai.url}/late/v1`],
      { environment, node },
    );
    expect({ code, out }).toEqual({ code: 0, out: 'chat m-chat\n' });
    expect(err).toMatch(MISSING);
  });
});
