// The realtime clients of openai: a response over a WebSocket leaves one span as any other call.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newerNode, PROGRAMS, runChild, sdkFolder, startSink, type Sink } from './child.ts';

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

let url: string;
const server = createServer();
beforeAll(async () => {
  const load = createRequire(join(sdkFolder('openai-7'), 'realtime.cjs'));
  const { WebSocketServer } = load('ws') as { WebSocketServer: SocketServer };
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.send(JSON.stringify(SESSION));
    socket.on('message', (data) => {
      const { event_id: name } = JSON.parse(data.toString()) as { event_id: string };
      for (const event of told(name)) socket.send(JSON.stringify(event));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** The newest client needs a Node that is not on every platform. */
const newer = newerNode(24) === null ? [] : ['openai-7'];
const cells = ['openai-4', 'openai-5', 'openai-6', ...newer].flatMap((sdk) =>
  ['mjs', 'cjs'].map((kind) => ({
    sdk,
    kind,
    node: sdk === 'openai-7' ? newerNode(24) : process.execPath,
  })),
);

function run({ sdk, kind, node }: (typeof cells)[number], preload: 'register' | null, sink: Sink) {
  return runChild(
    join(PROGRAMS, `realtime.${kind}`),
    [join(sdkFolder(sdk), `sdk.${kind}`), join(sdkFolder(sdk), `realtime.${kind}`), url],
    { preload, sinkUrl: sink.url, ...(node === null ? {} : { node }) },
  );
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

describe.each(cells)('$sdk as $kind', (cell) => {
  test('one span for each response, and none that was not', async () => {
    const sink = await startSink();
    const bare = await run(cell, null, sink);
    const watched = await run(cell, 'register', sink);
    await sink.stop();
    expect(bare.out.split('\n')).toContain('done resp_cancelled');
    expect(watched).toMatchObject({ out: bare.out, err: bare.err, code: bare.code });
    const said = sink.spans.map(
      ({ name, attributes, status }): [string, Record<string, unknown>] => {
        const id = attributes['gen_ai.response.id'];
        return [typeof id === 'string' ? id : name, { ...attributes, status }];
      },
    );
    const spans = Object.fromEntries(said);
    expect(Object.keys(spans).toSorted()).toEqual(
      [...Object.keys(EXPECTED), 'generate_content m-transcribe'].toSorted(),
    );
    expect(sink.spans.length).toBe(6);
    for (const [id, expected] of Object.entries(EXPECTED)) {
      const found = Object.keys(expected).map((name) => [name, spans[id]?.[name]] as const);
      expect({ id, ...Object.fromEntries(found) }).toEqual({ id, ...expected });
      expect(spans[id]?.['gen_ai.request.model']).toBe('m-realtime');
      expect(spans[id]?.['gen_ai.provider.name']).toBe('openai');
    }
    expect(spans['generate_content m-transcribe']?.['spanledger.audio.input_seconds']).toBe(4);
  });
});
