// What the stand-in for Amazon Bedrock answers; the scenario is the model that is asked for.

import type { ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { json, type Answer } from './vendor-stand-in.ts';

const USAGE = {
  inputTokens: 20,
  cacheReadInputTokens: 100,
  cacheWriteInputTokens: 30,
  outputTokens: 40,
  totalTokens: 190,
  cacheDetails: [{ ttl: '5m', inputTokens: 30 }],
};
const NOVA_USAGE = {
  inputTokens: 20,
  cacheReadInputTokenCount: 100,
  cacheWriteInputTokenCount: 0,
  outputTokens: 40,
};
const CLAUDE_USAGE = {
  input_tokens: 20,
  cache_read_input_tokens: 100,
  cache_creation_input_tokens: 30,
  cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
};
const TOOL_USE = { toolUseId: 'tu_1', name: 'weather', input: { city: 'Bern' } };
/** As for each maker: where the body tells the same, the body is read. */
const COUNTED = {
  'x-amzn-bedrock-input-token-count': '28',
  'x-amzn-bedrock-output-token-count': '40',
};
const METRICS = { inputTokenCount: 28, outputTokenCount: 40, invocationLatency: 1 };

export const answerBedrock: Answer = ({ path, refused }, response) => {
  const [, model = '', method = ''] = /^\/model\/([^/]+)\/([\w-]+)$/.exec(path) ?? [];
  response.setHeader('x-amzn-requestid', `req-${model}`);
  const fail = (status: number, name: string): void =>
    json(response, status, { message: 'no' }, { 'x-amzn-errortype': name });
  if (model === 'm-missing' || model === 'm-forgotten')
    return fail(404, 'ResourceNotFoundException');
  if (model === 'm-retry' && refused(model) < 2) return fail(503, 'ServiceUnavailableException');
  if (model === 'm-abort') return undefined;
  if (method === 'converse') return json(response, 200, converse(model));
  if (method === 'invoke') return json(response, 200, WHOLE[model], COUNTED);
  const events =
    method === 'converse-stream'
      ? converseEvents(model)
      : (STREAMS[model] ?? []).map((part): [string, object] => [
          'chunk',
          { bytes: Buffer.from(JSON.stringify(part)).toString('base64') },
        ]);
  return stream(response, model, events);
};

function converse(model: string): object {
  const tool = model === 'm-tool';
  const content = tool ? [{ toolUse: TOOL_USE }] : [{ text: 'Hello there' }];
  return {
    output: { message: { role: 'assistant', content } },
    stopReason: tool ? 'tool_use' : 'end_turn',
    usage: USAGE,
    metrics: { latencyMs: 5 },
  };
}

function converseEvents(model: string): [string, object][] {
  const tool = model === 'm-tool-stream';
  const at = { contentBlockIndex: 0 };
  const { toolUseId, name, input } = TOOL_USE;
  const said: [string, object][] = tool
    ? [
        ['contentBlockStart', { ...at, start: { toolUse: { toolUseId, name } } }],
        ['contentBlockDelta', { ...at, delta: { toolUse: { input: JSON.stringify(input) } } }],
      ]
    : [
        ['contentBlockDelta', { ...at, delta: { text: 'Hello' } }],
        ['contentBlockDelta', { ...at, delta: { text: ' there' } }],
      ];
  return [
    ['messageStart', { role: 'assistant' }],
    ...said,
    ['contentBlockStop', at],
    ['messageStop', { stopReason: tool ? 'tool_use' : 'end_turn' }],
    ['metadata', { usage: USAGE, metrics: { latencyMs: 5 } }],
  ];
}

/** Answers of the makers, in the forms that were recorded of them. */
const WHOLE: Readonly<Record<string, object>> = {
  'anthropic.m': {
    id: 'msg_bdrk_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-3-haiku-20240307',
    content: [{ type: 'text', text: 'Hello there' }],
    stop_reason: 'end_turn',
    usage: { ...CLAUDE_USAGE, output_tokens: 40 },
  },
  'amazon.nova-m': {
    output: { message: { role: 'assistant', content: [{ text: 'Hello there' }] } },
    stopReason: 'end_turn',
    usage: NOVA_USAGE,
  },
  'amazon.titan-m': {
    inputTextTokenCount: 28,
    results: [{ tokenCount: 40, outputText: 'Hello there', completionReason: 'FINISH' }],
  },
  'amazon.titan-embed-m': { embedding: [0.5, 0.25, 1], inputTextTokenCount: 5 },
  'meta.llama-m': {
    generation: 'Hello there',
    prompt_token_count: 28,
    generation_token_count: 40,
    stop_reason: 'length',
  },
  'mistral.m': {
    id: 'chat_1',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 28, completion_tokens: 40 },
  },
  'cohere.command-m': {
    id: 'gen_1',
    generations: [{ id: 'one', text: 'Hello there', finish_reason: 'COMPLETE' }],
  },
};

const STREAMS: Readonly<Record<string, readonly object[]>> = {
  'anthropic.m-stream': [
    {
      type: 'message_start',
      message: { id: 'msg_bdrk_2', model: 'claude-3-haiku', usage: { ...CLAUDE_USAGE } },
    },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } },
    {
      type: 'message_delta',
      delta: { stop_reason: 'max_tokens' },
      usage: { output_tokens: 40 },
    },
    { type: 'message_stop', 'amazon-bedrock-invocationMetrics': METRICS },
  ],
  'amazon.nova-m-stream': [
    { messageStart: { role: 'assistant' } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Hello' } } },
    { messageStop: { stopReason: 'end_turn' } },
    { metadata: { usage: NOVA_USAGE }, 'amazon-bedrock-invocationMetrics': METRICS },
  ],
  'amazon.titan-m-stream': [
    { outputText: 'Hello', index: 0, inputTextTokenCount: 28 },
    {
      outputText: ' there',
      index: 0,
      totalOutputTextTokenCount: 40,
      completionReason: 'FINISH',
      'amazon-bedrock-invocationMetrics': METRICS,
    },
  ],
};

function stream(response: ServerResponse, model: string, events: [string, object][]): void {
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
  if (model === 'm-broken') {
    response.write(message({ ':message-type': 'event', ':event-type': 'messageStart' }, {}));
    const headers = { ':message-type': 'exception', ':exception-type': 'throttlingException' };
    return void response.end(message(headers, { message: 'slow down' }));
  }
  for (const [name, body] of events) {
    response.write(message({ ':message-type': 'event', ':event-type': name }, body));
  }
  response.end();
}

/** A message of Amazon's event stream encoding. */
function message(headers: Readonly<Record<string, string>>, body: object): Buffer {
  const all = { ...headers, ':content-type': 'application/json' };
  const written = Buffer.concat(
    Object.entries(all).map(([name, value]) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(value.length);
      return Buffer.concat([
        Buffer.from([name.length]),
        Buffer.from(name),
        Buffer.from([7]),
        length,
        Buffer.from(value),
      ]);
    }),
  );
  const payload = Buffer.from(JSON.stringify(body));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + written.length + payload.length, 0);
  prelude.writeUInt32BE(written.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const end = Buffer.alloc(4);
  end.writeUInt32BE(crc32(Buffer.concat([prelude, written, payload])));
  return Buffer.concat([prelude, written, payload, end]);
}
