// The Responses API of openai over a WebSocket: each response leaves one span, whole, failed or cut off.

import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newerNode, PROGRAMS, runChild, sdkFolder, startSink } from './child.ts';

interface Socket {
  on(event: 'message', listener: (data: Buffer) => void): void;
  send(text: string): void;
}
type SocketServer = new (options: { server: object }) => {
  on(event: 'connection', listener: (socket: Socket) => void): void;
};

const USAGE = {
  input_tokens: 120,
  input_tokens_details: { cached_tokens: 100 },
  output_tokens: 30,
  output_tokens_details: { reasoning_tokens: 12 },
  total_tokens: 150,
};
const CALL = { id: 'fc_1', type: 'function_call', name: 'weather', arguments: '{"at":1}' };

/** What the server tells of the response that was asked for by this name. */
function told(name: string): object[] {
  const response = {
    ...{ object: 'response', id: `resp_${name}`, model: 'm-socket-2026', output: [] },
    ...{ status: 'in_progress', usage: null },
  };
  const begun = { type: 'response.created', sequence_number: 0, response };
  const part = { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0 };
  const done = (type: string, more: object): object => ({
    type,
    response: { ...response, status: type.replace('response.', ''), ...more },
  });
  switch (name) {
    case 'whole':
      return [begun, { ...part, delta: 'Hello' }, done('response.completed', { usage: USAGE })];
    case 'tool':
      return [begun, done('response.completed', { usage: USAGE, output: [CALL] })];
    case 'failed':
      return [begun, done('response.failed', { error: { code: 'server_error', message: 'no' } })];
    default:
      return [begun, { ...part, delta: 'cut' }];
  }
}

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer();
  const load = createRequire(join(sdkFolder('openai-6'), 'realtime.cjs'));
  const { WebSocketServer } = load('ws') as { WebSocketServer: SocketServer };
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (data) => {
      const { input } = JSON.parse(data.toString()) as { input: string };
      for (const event of told(input)) socket.send(JSON.stringify(event));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const FULL = {
  'gen_ai.usage.input_tokens': 120,
  'gen_ai.usage.cache_read.input_tokens': 100,
  'gen_ai.usage.output_tokens': 30,
  'gen_ai.usage.reasoning.output_tokens': 12,
};
const NO_USAGE = { 'gen_ai.usage.input_tokens': undefined };
const EXPECTED: Record<string, Record<string, unknown>> = {
  resp_whole: { ...FULL, 'gen_ai.response.finish_reasons': ['stop'] },
  resp_tool: { ...FULL, 'spanledger.tool_calls.names': ['weather'] },
  resp_failed: { ...NO_USAGE, 'error.type': 'server_error' },
  resp_cut: { ...NO_USAGE, 'spanledger.stream.aborted': true },
};

test.each([
  ['openai-6', process.execPath],
  ['openai-7', newerNode(24)],
])('%s: the program sees the same, and each response is one span', async (sdk, node) => {
  if (node === null) return;
  const files = ['sdk.mjs', 'responses-socket.mjs'].map((file) => join(sdkFolder(sdk), file));
  const run = (preload: 'register' | null, sinkUrl?: string) =>
    runChild(join(PROGRAMS, 'responses-socket.mjs'), [...files, url], {
      ...{ node, preload },
      ...(sinkUrl === undefined ? {} : { sinkUrl }),
    });
  const sink = await startSink();
  const [bare, watched] = [await run(null), await run('register', sink.url)];
  await sink.stop();
  expect(bare).toMatchObject({ code: 0, err: '' });
  expect(watched).toMatchObject({ code: 0, err: '', out: bare.out });
  const spans = new Map(
    sink.spans.map(({ attributes }) => [attributes['gen_ai.response.id'], attributes]),
  );
  expect([...spans.keys()].toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  expect(sink.spans.length).toBe(4);
  for (const [id, says] of Object.entries(EXPECTED)) {
    const found = Object.keys(says).map((name) => [name, spans.get(id)?.[name]] as const);
    expect({ id, ...Object.fromEntries(found) }).toEqual({ id, ...says });
    expect(spans.get(id)).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.stream': true,
      'gen_ai.provider.name': 'openai',
      'gen_ai.response.model': 'm-socket-2026',
    });
  }
});
