// The realtime clients of openai: a response over a WebSocket leaves one span as any other call.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { sdkFolder, type Span } from './child.ts';
import { testMatrix } from './matrix/matrix.ts';

interface Socket {
  on(event: 'message', listener: (data: Buffer) => void): void;
  send(text: string): void;
}
type SocketServer = new (options: { server: object }) => {
  on(event: 'connection', listener: (socket: Socket) => void): void;
};

const USAGE = {
  total_tokens: 150,
  input_tokens: 120,
  output_tokens: 30,
  input_token_details: {
    text_tokens: 70,
    audio_tokens: 50,
    cached_tokens: 64,
    cached_tokens_details: { text_tokens: 44, audio_tokens: 20 },
  },
  output_token_details: { text_tokens: 10, audio_tokens: 20 },
};

/** What the server tells after it was asked for a response of this name. */
function told(name: string): object[] {
  const response = { object: 'realtime.response', id: `resp_${name}`, output: [] };
  const begun = { type: 'response.created', response: { ...response, status: 'in_progress' } };
  const text = {
    type: 'response.output_text.delta',
    response_id: `resp_${name}`,
    item_id: 'item_1',
  };
  const done = (status: string, more: object): object => ({
    type: 'response.done',
    response: { ...response, status, ...more },
  });
  const call = { id: 'item_1', type: 'function_call', name: 'weather', arguments: '{"at":1}' };
  switch (name) {
    case 'whole':
      return [begun, { ...text, delta: 'Hello' }, done('completed', { usage: USAGE })];
    case 'tool':
      return [begun, done('completed', { usage: USAGE, output: [call] })];
    case 'failed':
      return [
        begun,
        done('failed', { status_details: { error: { code: 'rate_limit_exceeded' } } }),
      ];
    case 'cancelled':
      return [begun, { ...text, delta: 'Hel' }, done('cancelled', {})];
    case 'cut':
      return [begun, { ...text, delta: 'Hello wo' }];
    default: {
      const usage = { type: 'duration', seconds: 4 };
      const type = 'conversation.item.input_audio_transcription.completed';
      return [{ type, item_id: 'item_2', transcript: 'Hi', usage }];
    }
  }
}

const SESSION = {
  type: 'session.created',
  session: {
    model: 'm-realtime',
    tools: [{ type: 'function', name: 'weather' }],
    audio: { input: { transcription: { model: 'm-transcribe' } } },
  },
};

async function startRealtime() {
  const server = createServer();
  const load = createRequire(join(sdkFolder('openai-6'), 'realtime.cjs'));
  const { WebSocketServer } = load('ws') as { WebSocketServer: SocketServer };
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.send(JSON.stringify(SESSION));
    socket.on('message', (data) => {
      const { event_id: name } = JSON.parse(data.toString()) as { event_id: string };
      for (const event of told(name)) socket.send(JSON.stringify(event));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    sent: () => [],
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const NO_USAGE = { 'gen_ai.usage.input_tokens': undefined };
const FULL = {
  'gen_ai.usage.input_tokens': 120,
  'gen_ai.usage.cache_read.input_tokens': 64,
  'gen_ai.usage.audio.input_tokens': 50,
  'gen_ai.usage.audio.cache_read.input_tokens': 20,
  'gen_ai.usage.output_tokens': 30,
  'gen_ai.usage.audio.output_tokens': 20,
  'spanledger.tools.names': ['weather'],
  status: 0,
};
const EXPECTED: Record<string, Record<string, unknown>> = {
  resp_whole: {
    ...FULL,
    'spanledger.stream.chunks': 1,
    'gen_ai.response.finish_reasons': ['stop'],
  },
  resp_tool: {
    ...FULL,
    'gen_ai.response.finish_reasons': ['tool_call'],
    'spanledger.tool_calls.names': ['weather'],
  },
  resp_failed: { ...NO_USAGE, 'error.type': 'rate_limit_exceeded', status: 2 },
  resp_cancelled: {
    ...NO_USAGE,
    'spanledger.stream.aborted': true,
    'spanledger.stream.characters': 3,
    status: 0,
  },
  resp_cut: {
    ...NO_USAGE,
    'spanledger.stream.aborted': true,
    'spanledger.estimate.output_tokens': 2,
    status: 0,
  },
};

testMatrix({
  clients: [
    { sdk: 'openai-4', cut: ['mjs 20'] },
    { sdk: 'openai-5', cut: ['cjs 20'] },
    { sdk: 'openai-6', cut: ['mjs 20'] },
    { sdk: 'openai-7', needs: 22, cut: ['cjs 24'] },
  ],
  program: 'realtime',
  start: startRealtime,
  args: ({ sdk, kind }, _, { url }) => [
    join(sdkFolder(sdk), `sdk.${kind}`),
    join(sdkFolder(sdk), `realtime.${kind}`),
    url,
  ],
  check: checkSpans,
});

/** One span for each response, and none that was not. */
function checkSpans(all: Span[]): void {
  const expected = Object.entries(EXPECTED);
  const said = all.map(({ name, attributes, status }): [string, Record<string, unknown>] => {
    const id = attributes['gen_ai.response.id'];
    return [typeof id === 'string' ? id : name, { ...attributes, status }];
  });
  const spans = Object.fromEntries(said);
  expect(Object.keys(spans).toSorted()).toEqual(
    [...expected.map(([id]) => id), 'generate_content m-transcribe'].toSorted(),
  );
  expect(all.length).toBe(expected.length + 1);
  for (const [id, says] of expected) {
    const found = Object.keys(says).map((name) => [name, spans[id]?.[name]] as const);
    expect({ id, ...Object.fromEntries(found) }).toEqual({ id, ...says });
    expect(spans[id]?.['gen_ai.request.model']).toBe('m-realtime');
    expect(spans[id]?.['gen_ai.provider.name']).toBe('openai');
  }
  expect(spans['generate_content m-transcribe']?.['spanledger.audio.input_seconds']).toBe(4);
}
