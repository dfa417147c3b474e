// The Vercel AI SDK, 4 to 7, with us and without: the program sees and sends the same. From 7 on
// each call leaves a span of ours; before, the SDK writes its own, which it is made to.

import { join } from 'node:path';
import { expect } from 'vitest';
import { startAnthropic } from './anthropic-stand-in.ts';
import { sdkFolder, type Span } from './child.ts';
import { testMatrix } from './matrix/matrix.ts';
import { startOpenAI } from './openai-stand-in.ts';

const OPENAI = {
  'gen_ai.provider.name': 'openai',
  'gen_ai.usage.input_tokens': 120,
  'gen_ai.usage.cache_read.input_tokens': 100,
  'gen_ai.usage.output_tokens': 30,
  'gen_ai.usage.reasoning.output_tokens': 12,
  'gen_ai.response.finish_reasons': ['stop'],
};
const CLAUDE = {
  'gen_ai.provider.name': 'anthropic',
  'gen_ai.usage.input_tokens': 150,
  'gen_ai.usage.cache_read.input_tokens': 100,
  'gen_ai.usage.cache_write.input_tokens': 30,
  'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 20,
  'gen_ai.usage.output_tokens': 40,
  'gen_ai.response.finish_reasons': ['stop'],
};
const TOOL_CALL = { ...OPENAI, 'gen_ai.response.finish_reasons': ['tool_call'] };
/** The first answer calls the tool, the second one ends. */
const TWO_STEPS = { ...OPENAI, 'gen_ai.response.finish_reasons': expect.any(Array) as unknown };
const STREAM = { 'gen_ai.request.stream': true, 'spanledger.stream.aborted': undefined };
const NO_USAGE = {
  'gen_ai.usage.input_tokens': undefined,
  'gen_ai.usage.output_tokens': undefined,
};
const EMBEDDINGS = {
  'gen_ai.operation.name': 'embeddings',
  'gen_ai.usage.input_tokens': 8,
  'gen_ai.usage.output_tokens': undefined,
  'gen_ai.embeddings.dimension.count': 3,
};
const FAILED = { ...NO_USAGE, 'error.type': 'AI_APICallError' };

interface Expected {
  /** Spans of model calls; one unless said. */
  calls?: number;
  tools?: number;
  says: Record<string, unknown>;
}

/** What version 7 leaves of each scenario; undefined means that it says nothing. */
const EXPECTED: Record<string, Expected> = {
  'm-chat': { says: { ...OPENAI, 'gen_ai.response.id': 'chatcmpl-m-chat' } },
  'm-stream': { says: { ...OPENAI, ...STREAM } },
  'm-tool': { calls: 2, tools: 1, says: { ...TWO_STEPS, 'spanledger.tools.count': 1 } },
  'm-tool-stream': {
    calls: 2,
    tools: 1,
    says: { ...TWO_STEPS, ...STREAM, 'gen_ai.agent.name': 'forecaster' },
  },
  'm-tool-fails': { tools: 1, says: TOOL_CALL },
  'm-nested': { tools: 1, says: TOOL_CALL },
  'm-inner': { says: OPENAI },
  'm-responses': { says: { ...OPENAI, 'gen_ai.request.temperature': 0.5 } },
  'm-claude': { says: CLAUDE },
  'm-claude-stream': { says: { ...CLAUDE, ...STREAM } },
  'm-parse': { says: OPENAI },
  'm-embeddings': { says: EMBEDDINGS },
  'm-embeddings-many': { says: EMBEDDINGS },
  'm-retry': {
    says: { ...OPENAI, 'spanledger.attempts': 3, 'spanledger.retries.reasons': ['429', '429'] },
  },
  // Once whole, once streamed.
  'm-missing': { calls: 2, says: { ...FAILED, 'http.response.status_code': 404 } },
  'm-break': { says: OPENAI },
  'm-abort': { says: { ...NO_USAGE, 'error.type': undefined, 'spanledger.stream.aborted': true } },
  'm-cut': { says: FAILED },
};
/** Nothing of these is left at all, or version 4 is not asked. */
const BEFORE_5_LEFT_OUT = ['m-retry', 'm-responses'];

const majorOf = (sdk: string): number => Number(sdk.slice('ai-'.length));

testMatrix({
  clients: [
    { sdk: 'ai-4', cut: ['mjs 20'] },
    { sdk: 'ai-5', cut: ['cjs 20'] },
    { sdk: 'ai-6', everySetUp: true, cut: ['mjs 20 sdk-2-before', 'cjs 24'] },
    {
      sdk: 'ai-7',
      needs: 22,
      only: 'mjs',
      everySetUp: true,
      cut: ['mjs 22', 'mjs 24 sdk-3-before'],
    },
  ],
  program: 'ai-sdk',
  start: async () => {
    const servers = await Promise.all([startOpenAI(), startAnthropic()]);
    return {
      urls: servers.map(({ url }) => url),
      sent: (run: string) => servers.flatMap(({ requests }) => requests.get(run) ?? []),
      stop: () => Promise.all(servers.map((server) => server.stop())),
    };
  },
  args: ({ sdk, kind }, run, { urls: [openai, anthropic] }) => [
    join(sdkFolder(sdk), `sdk.${kind}`),
    String(majorOf(sdk)),
    `${openai}/${run}/v1`,
    `${anthropic}/${run}`,
  ],
  check: (spans, { sdk }) => {
    if (majorOf(sdk) < 7) checkOwnSpans(spans, majorOf(sdk));
    else checkSpans(spans);
  },
});

const modelOf = (span: Span): string =>
  String(span.attributes['gen_ai.request.model'] ?? span.attributes['ai.model.id']);
const operationOf = (span: Span): unknown => span.attributes['gen_ai.operation.name'];
const tally = (names: string[]): Record<string, number> =>
  Object.fromEntries(
    [...new Set(names)].map((name) => [name, names.filter((n) => n === name).length]),
  );

function checkSpans(spans: Span[]): void {
  const calls = spans.filter((span) => 'gen_ai.request.model' in span.attributes);
  expect(tally(calls.map(modelOf))).toEqual(
    Object.fromEntries(Object.entries(EXPECTED).map(([model, { calls: n = 1 }]) => [model, n])),
  );
  for (const span of calls) {
    const model = modelOf(span);
    const expected = { 'gen_ai.operation.name': 'chat', ...EXPECTED[model]?.says };
    const said = Object.keys(expected).map((name) => [name, span.attributes[name]]);
    expect({ model, ...Object.fromEntries(said) }).toEqual({ model, ...expected });
    expect(span).toMatchObject({
      name: `${expected['gen_ai.operation.name']} ${model}`,
      kind: 3,
      status: 'error.type' in expected && expected['error.type'] !== undefined ? 2 : 0,
    });
  }
  const agents = spans.filter((span) => operationOf(span) === 'invoke_agent');
  const tools = spans.filter((span) => operationOf(span) === 'execute_tool');
  expect(agents.length).toBe(4);
  expect(spans.length).toBe(calls.length + agents.length + tools.length);
  for (const agent of agents) {
    expect(agent.attributes).not.toHaveProperty('gen_ai.usage.input_tokens');
    const beneath = calls.filter((call) => call.parent_span_id === agent.span_id);
    const model = modelOf(beneath[0]!);
    const used = tools.filter((tool) => tool.parent_span_id === agent.span_id);
    expect({ model, calls: beneath.length, tools: used.length }).toEqual({
      model,
      calls: EXPECTED[model]?.calls ?? 1,
      tools: EXPECTED[model]?.tools,
    });
    for (const tool of used) {
      expect(tool.name).toBe('execute_tool weather');
      expect(tool.attributes['gen_ai.tool.call.id']).toBe('call_1');
      expect(tool.attributes['spanledger.tool.arguments.size']).toBe(15);
      expect(tool.attributes['error.type']).toBe(
        model === 'm-tool-fails' ? 'TypeError' : undefined,
      );
    }
  }
  const inner = calls.find((call) => modelOf(call) === 'm-inner');
  expect(tools.map(({ span_id }) => span_id)).toContain(inner?.parent_span_id);
}

const CONTENT = /ai\.(prompt|toolCall\.(args|result)|response\.(text|toolCalls|object))/;

/** Versions 4 to 6: one `do…` span for each request, and only these have usage in it. */
function checkOwnSpans(spans: Span[], major: number): void {
  const calls = spans.filter(({ name }) => /\.do[A-Z]/.test(name));
  const expected = Object.entries(EXPECTED).flatMap(([model, { calls: count = 1 }]) => {
    if (major < 5 && BEFORE_5_LEFT_OUT.includes(model)) return [];
    return [[model, model === 'm-retry' ? 3 : count]];
  });
  expect(tally(calls.map(modelOf))).toEqual(Object.fromEntries(expected));
  for (const span of spans) {
    expect(span.scope).toBe('ai');
    expect(span.events).not.toContain('exception');
    const { attributes } = span;
    if (attributes['ai.telemetry.functionId'] === 'forecaster') continue;
    // Content is written for those who ask for it only.
    expect(Object.keys(attributes).join()).not.toMatch(CONTENT);
  }
  const chat = calls.find((span) => modelOf(span) === 'm-chat');
  expect(chat?.attributes).toMatchObject({
    'gen_ai.usage.input_tokens': 120,
    'gen_ai.usage.output_tokens': 30,
  });
  const missing = calls.filter((span) => modelOf(span) === 'm-missing');
  expect(missing.map(({ status, attributes }) => [status, attributes['error.type']])).toEqual([
    [2, 'AI_APICallError'],
    [2, 'AI_APICallError'],
  ]);
  const tools = spans.filter(({ name }) => name === 'ai.toolCall');
  const sizes = tools.map(({ attributes }) => attributes['spanledger.tool.arguments.size']);
  expect(new Set(sizes)).toEqual(new Set([major === 6 ? 15 : undefined]));
}
