// Every supported openai client, used in every way we know of, with us and without: the program
// sees and sends the same, and each call leaves exactly one span with what the provider said.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  newerNode,
  PROGRAMS,
  runChild,
  sdkFolder,
  startSink,
  type Sink,
  type Span,
} from './child.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';

const USAGE = {
  'gen_ai.usage.input_tokens': 120,
  'gen_ai.usage.cache_read.input_tokens': 100,
  'gen_ai.usage.output_tokens': 30,
  'gen_ai.usage.reasoning.output_tokens': 12,
};
const NO_USAGE = {
  'gen_ai.usage.input_tokens': undefined,
  'gen_ai.usage.output_tokens': undefined,
};
const STOP = { 'gen_ai.response.finish_reasons': ['stop'] };
const TOOL_CALL = { 'gen_ai.response.finish_reasons': ['tool_call'] };
const STREAM = { 'gen_ai.request.stream': true, 'spanledger.stream.aborted': undefined };
const CUT = { 'gen_ai.request.stream': true, 'spanledger.stream.aborted': true };

/** What the span of each scenario says; undefined means that it says nothing. */
const EXPECTED: Record<string, Record<string, unknown>> = {
  'm-chat': { ...USAGE, ...STOP, 'http.request.resend_count': undefined },
  'm-stream': { ...USAGE, ...STOP, ...STREAM, 'spanledger.stream.chunks': 5 },
  'm-stream-bare': { ...NO_USAGE, ...STOP, ...STREAM, 'spanledger.stream.chunks': 4 },
  'm-tool': { ...USAGE, ...TOOL_CALL, 'spanledger.tools.count': 1 },
  'm-tool-stream': { ...USAGE, ...TOOL_CALL, ...STREAM, 'spanledger.stream.chunks': 4 },
  'm-helper': { ...USAGE, ...STOP, ...STREAM, 'spanledger.stream.chunks': 5 },
  'm-parse': { ...USAGE, ...STOP, 'gen_ai.output.type': 'json' },
  'm-length': {
    ...USAGE,
    'gen_ai.response.finish_reasons': ['length'],
    'error.type': 'LengthFinishReasonError',
  },
  'm-with-response': { ...USAGE, ...STOP },
  'm-as-response': {
    ...NO_USAGE,
    'spanledger.response.raw': true,
    'http.response.status_code': 200,
  },
  'm-break': {
    ...NO_USAGE,
    ...CUT,
    'spanledger.stream.chunks': 2,
    'gen_ai.response.finish_reasons': undefined,
    'gen_ai.response.id': 'chatcmpl-m-break',
  },
  'm-tee': { ...USAGE, ...STOP, ...STREAM, 'spanledger.stream.chunks': 5 },
  'm-readable': { ...USAGE, ...STOP, ...STREAM, 'spanledger.stream.chunks': 5 },
  'm-retry': { ...USAGE, ...STOP, 'spanledger.attempts': 3, 'http.request.resend_count': 2 },
  'm-missing': {
    ...NO_USAGE,
    'error.type': 'model_not_found',
    'http.response.status_code': 404,
  },
  'm-responses': { ...USAGE, ...STOP, 'gen_ai.response.status': 'completed' },
  'm-responses-stream': { ...USAGE, ...STOP, ...STREAM, 'spanledger.stream.chunks': 5 },
  'm-responses-helper': { ...USAGE, ...STOP, ...STREAM, 'spanledger.stream.chunks': 5 },
  'm-embeddings': {
    'gen_ai.operation.name': 'embeddings',
    'gen_ai.usage.input_tokens': 8,
    'gen_ai.usage.output_tokens': undefined,
    'gen_ai.embeddings.dimension.count': 3,
  },
  'm-abort': { ...NO_USAGE, ...CUT, 'spanledger.stream.chunks': 2 },
  'm-hang': { ...NO_USAGE, 'error.type': undefined, 'spanledger.stream.aborted': true },
  'm-cut': { ...NO_USAGE, 'gen_ai.response.id': 'chatcmpl-m-cut' },
  'm-broken': { ...NO_USAGE, 'error.type': 'server_error' },
  'm-twice': { ...USAGE, ...STOP },
  'm-again': { ...NO_USAGE, ...STOP, ...STREAM },
};
const FAILED = new Set(['m-length', 'm-missing', 'm-cut', 'm-broken']);

const cells = [
  { sdk: 'openai-4', kind: 'mjs', node: process.execPath },
  { sdk: 'openai-4', kind: 'cjs', node: process.execPath },
  { sdk: 'openai-5', kind: 'mjs', node: process.execPath },
  { sdk: 'openai-5', kind: 'cjs', node: process.execPath },
  { sdk: 'openai-6', kind: 'mjs', node: process.execPath },
  { sdk: 'openai-6', kind: 'cjs', node: process.execPath },
  { sdk: 'openai-7', kind: 'mjs', node: newerNode(24) },
  { sdk: 'openai-7', kind: 'cjs', node: newerNode(24) },
];

let provider: OpenAIStandIn;
beforeAll(async () => {
  provider = await startOpenAI();
});
afterAll(() => provider.stop());

/** What both runs print and send may differ in nothing. */
async function run(cell: (typeof cells)[number], preload: 'register' | null, sink: Sink) {
  const id = `${cell.sdk}-${cell.kind}-${preload ?? 'bare'}`;
  const ended = await runChild(
    join(PROGRAMS, `openai.${cell.kind}`),
    [join(sdkFolder(cell.sdk), `sdk.${cell.kind}`), `${provider.url}/${id}/v1`],
    { preload, sinkUrl: sink.url, ...(cell.node === null ? {} : { node: cell.node }) },
  );
  return { ...ended, sent: provider.requests.get(id) ?? [] };
}

describe.each(cells)('$sdk as $kind', (cell) => {
  const runnable = cell.node !== null;
  test.skipIf(!runnable)(
    runnable ? 'changes nothing and records every call once' : 'skipped: no Node 24 here',
    async () => {
      const sink = await startSink();
      const bare = await run(cell, null, sink);
      expect(bare.code).toBe(0);
      expect(sink.spans).toEqual([]);
      const watched = await run(cell, 'register', sink);
      await sink.stop();
      expect(watched.out.split('\n')).toEqual(bare.out.split('\n'));
      expect(watched.sent).toEqual(bare.sent);
      expect({ code: watched.code, err: watched.err }).toEqual({ code: 0, err: bare.err });
      checkSpans(sink.spans);
    },
  );
});

function checkSpans(spans: Span[]): void {
  const models = spans.map((span) => span.attributes['gen_ai.request.model']);
  expect(models.toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  for (const span of spans) {
    const model = String(span.attributes['gen_ai.request.model']);
    const expected = { 'gen_ai.operation.name': 'chat', ...EXPECTED[model] };
    const said = Object.fromEntries(
      Object.keys(expected).map((name) => [name, span.attributes[name]]),
    );
    expect({ model, ...said }).toEqual({ model, ...expected });
    expect(span.name).toBe(`${expected['gen_ai.operation.name']} ${model}`);
    expect(span.kind).toBe(3);
    expect({ model, status: span.status }).toEqual({ model, status: FAILED.has(model) ? 2 : 0 });
    expect(span.attributes['gen_ai.provider.name']).toBe('openai');
    expect(span.attributes['server.address']).toBe('127.0.0.1');
    const waited_s = span.attributes['gen_ai.response.time_to_first_chunk'];
    const streamed = typeof span.attributes['spanledger.stream.chunks'] === 'number';
    if (streamed) expect(waited_s).toBeGreaterThan(0);
    expect(span.scope).toBe('@spanledger/instrumentation');
    expect(span.schema_url).toContain('gen-ai');
  }
}
