// The Anthropic client as we watch it (below 0.134) and as it watches itself: either way the
// program sees and sends the same, and each call leaves one span that says the same.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAnthropic, type AnthropicStandIn } from './anthropic-stand-in.ts';
import { PROGRAMS, runChild, sdkFolder, startSink, type Span } from './child.ts';
import { testMatrix } from './matrix/matrix.ts';

const INPUT = {
  'gen_ai.usage.input_tokens': 150,
  'gen_ai.usage.cache_read.input_tokens': 100,
  'gen_ai.usage.cache_write.input_tokens': 30,
  'anthropic.usage.cache_creation.ephemeral_5m_input_tokens': 10,
  'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 20,
};
const USAGE = { ...INPUT, 'gen_ai.usage.output_tokens': 40 };
const NO_OUTPUT = { 'gen_ai.usage.output_tokens': undefined };
const STOP = { 'gen_ai.response.finish_reasons': ['stop'] };
const TOOLS = { 'spanledger.tools.count': 1, 'spanledger.tools.names': ['weather'] };
const TOOL_CALL = {
  ...TOOLS,
  'gen_ai.response.finish_reasons': ['tool_call'],
  'spanledger.tool_calls.count': 1,
  'spanledger.tool_calls.names': ['weather'],
  'spanledger.tool_calls.sizes': [15],
};
const STREAM = {
  'gen_ai.request.stream': true,
  'spanledger.stream.aborted': undefined,
  'spanledger.stream.chunks': 6,
};
const CUT = {
  ...NO_OUTPUT,
  'gen_ai.response.finish_reasons': undefined,
  'spanledger.stream.aborted': true,
  'spanledger.stream.chunks': 2,
};

const EXPECTED: Record<string, Record<string, unknown>> = {
  'm-create': {
    ...USAGE,
    ...STOP,
    'gen_ai.request.max_tokens': 100,
    'gen_ai.request.temperature': 0.5,
    'gen_ai.request.stop_sequences': ['END'],
    'gen_ai.response.id': 'msg_m-create',
    'gen_ai.response.model': 'm-create-2026',
  },
  'm-stream': { ...USAGE, ...STOP, ...STREAM },
  'm-helper': { ...USAGE, ...STOP, ...STREAM },
  'm-tool': { ...USAGE, ...TOOL_CALL },
  'm-tool-stream': { ...USAGE, ...TOOL_CALL, ...STREAM },
  'm-with-response': { ...USAGE, ...STOP },
  'm-as-response': { ...NO_OUTPUT, 'http.response.status_code': 200 },
  'm-break': { ...INPUT, ...CUT },
  'm-tee': { ...USAGE, ...STOP, ...STREAM },
  'm-abort': { ...INPUT, ...CUT },
  'm-broken': { 'error.type': 'overloaded_error', 'spanledger.stream.aborted': undefined },
  'm-retry': {
    ...USAGE,
    ...STOP,
    'spanledger.attempts': 3,
    'spanledger.retries.reasons': ['429', '429'],
    'http.request.resend_count': 2,
  },
  'm-retry-mixed': { ...USAGE, 'spanledger.retries.reasons': ['529', 'UND_ERR_SOCKET'] },
  'm-retry-slow': { ...USAGE, 'spanledger.retries.reasons': ['timeout'] },
  'm-refused': { 'error.type': 'overloaded_error', 'http.response.status_code': 529 },
  'm-tier': {
    'anthropic.request.service_tier': 'auto',
    'anthropic.response.service_tier': 'standard',
  },
  'm-cut': { ...INPUT, ...NO_OUTPUT, 'spanledger.stream.characters': 11 },
  // What ended it came with the last but one event, and the usage with it.
  'm-late-break': { ...USAGE, ...STOP, 'spanledger.stream.chunks': 5 },
  'm-text-break': {
    ...INPUT,
    ...CUT,
    'spanledger.stream.chunks': 3,
    'spanledger.stream.characters': 11,
    'spanledger.estimate.output_tokens': 3,
  },
  'm-tool-break': {
    ...INPUT,
    ...CUT,
    ...TOOLS,
    'spanledger.stream.chunks': 3,
    'spanledger.tool_calls.sizes': [15],
    'spanledger.estimate.output_tokens': 4,
  },
  'm-readable': { ...USAGE, ...STOP, ...STREAM },
  'm-twice': { ...USAGE, ...STOP },
  // From 1.x on the provider keeps the tools, and the second request has none.
  'm-tool-runner': USAGE,
  'm-tool-runner-stream': { ...USAGE, ...STREAM },
  'm-beta-stream': { ...USAGE, ...STOP, ...STREAM },
  'm-beta-helper': { ...USAGE, ...STOP, ...STREAM },
  'm-missing': { 'error.type': 'not_found_error', 'http.response.status_code': 404 },
  'm-beta': { ...USAGE, ...STOP },
};
const FAILED = new Set(['m-broken', 'm-missing', 'm-refused', 'm-cut']);
/** Two calls each: the tool's answer is sent back. */
const TWICE = ['m-tool-runner', 'm-tool-runner-stream'];

let provider: AnthropicStandIn;
beforeAll(async () => {
  provider = await startAnthropic();
});
afterAll(() => provider.stop());

test.each(['anthropic-0', 'anthropic-1'])(
  '%s: ANTHROPIC_OPEN_TELEMETRY=false stops the spans that the client writes itself',
  async (sdk) => {
    const sink = await startSink();
    const environment = { ANTHROPIC_OPEN_TELEMETRY: 'false' };
    const ended = await runChild(
      join(PROGRAMS, 'anthropic.mjs'),
      [join(sdkFolder(sdk), 'sdk.mjs'), `${provider.url}/off-${sdk}`],
      { preload: 'register', sinkUrl: sink.url, environment },
    );
    await sink.stop();
    expect({ code: ended.code, err: ended.err }).toEqual({ code: 0, err: '' });
    expect(sink.spans.length > 0).toBe(sdk === 'anthropic-0');
  },
);

/** This one writes spans of its own, which are made complete. */
const NATIVE = 'anthropic-1';

testMatrix({
  clients: [
    { sdk: 'anthropic-0', cut: ['mjs 20', 'cjs 24 sdk-3-after'] },
    {
      sdk: NATIVE,
      everySetUp: true,
      cut: ['mjs 20 sdk-2-before', 'cjs 20', 'mjs 24 alone-api-1.10'],
    },
  ],
  program: 'anthropic',
  start: async () => {
    const server = await startAnthropic();
    return { ...server, sent: (run) => server.requests.get(run) ?? [] };
  },
  args: ({ sdk, kind }, run, { url }) => [join(sdkFolder(sdk), `sdk.${kind}`), `${url}/${run}`],
  check: (spans, { sdk }) => checkSpans(spans, sdk === NATIVE),
});

function checkSpans(all: Span[], native: boolean): void {
  const spans = all.filter(({ attributes }) => attributes['gen_ai.operation.name'] === 'chat');
  const models = spans.map((span) => span.attributes['gen_ai.request.model']);
  expect(models.toSorted()).toEqual([...Object.keys(EXPECTED), ...TWICE].toSorted());
  for (const { name, attributes } of all.filter((span) => !spans.includes(span))) {
    // The client's own spans of agents and tools; what the calls used is on the calls.
    expect({ name, usage: attributes['gen_ai.usage.input_tokens'] }).toEqual({ name });
    expect(native).toBe(true);
  }
  for (const span of spans) {
    const model = String(span.attributes['gen_ai.request.model']);
    const expected = { 'gen_ai.operation.name': 'chat', ...EXPECTED[model] };
    const said = Object.fromEntries(
      Object.keys(expected).map((name) => [name, span.attributes[name]]),
    );
    expect({ model, ...said }).toEqual({ model, ...expected });
    expect(span.name).toBe(`chat ${model}`);
    expect(span.kind).toBe(3);
    expect({ model, failed: span.status === 2 }).toEqual({ model, failed: FAILED.has(model) });
    expect(span.attributes['gen_ai.provider.name']).toBe('anthropic');
    expect(span.scope).toBe(
      native ? 'com.anthropic.sdk.typescript' : '@spanledger/instrumentation',
    );
  }
}
