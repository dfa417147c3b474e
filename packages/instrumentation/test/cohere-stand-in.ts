// What the stand-in for Cohere answers; the scenario is the model that is asked for.

import type { ServerResponse } from 'node:http';
import { json, type Answer } from './vendor-stand-in.ts';

/** As recorded: what is billed is less than what was processed, and the cache is a part of that. */
const USAGE = {
  billed_units: { input_tokens: 7, output_tokens: 30 },
  tokens: { input_tokens: 69, output_tokens: 31 },
  cached_tokens: 64,
};
const CALL = {
  id: 'call_1',
  type: 'function',
  function: { name: 'weather', arguments: '{"a":1}' },
};

interface Asked {
  model: string;
  stream?: boolean;
}

export const answerCohere: Answer = ({ path, body }, response) => {
  const { model, stream } = body as Asked;
  if (model === 'm-missing' || model === 'm-forgotten') {
    return json(response, 404, { message: 'model not found' });
  }
  if (model === 'm-abort') return undefined;
  if (path === '/v1/chat')
    return stream === true ? firstStream(response) : json(response, 200, FIRST);
  if (path === '/v1/generate') {
    const generations = [{ id: 'one', text: 'Hello', finish_reason: 'MAX_TOKENS' }];
    const meta = { billed_units: USAGE.billed_units };
    return json(response, 200, { id: 'gen', prompt: 'Hi', generations, meta });
  }
  if (path === '/v2/embed') {
    const meta = { api_version: { version: '2' }, billed_units: { input_tokens: 2 } };
    const embeddings = { float: [[0.5, 0.25, 1]] };
    return json(response, 200, { id: 'emb', embeddings, texts: ['Hi'], meta });
  }
  if (path === '/v2/rerank') {
    const results = [{ index: 0, relevance_score: 0.5 }];
    const meta = { api_version: { version: '2' }, billed_units: { search_units: 1 } };
    return json(response, 200, { id: 'rank', results, meta });
  }
  if (stream === true) return secondStream(response, model);
  const tool = model === 'm-tool';
  const message = tool
    ? { role: 'assistant', tool_calls: [CALL] }
    : { role: 'assistant', content: [{ type: 'text', text: 'Hello there' }] };
  const finish_reason = tool ? 'TOOL_CALL' : 'COMPLETE';
  return json(response, 200, { id: `id-${model}`, message, finish_reason, usage: USAGE });
};

const FIRST = {
  response_id: 'id-m-first',
  generation_id: 'gen-1',
  text: 'Hello there',
  chat_history: [],
  finish_reason: 'COMPLETE',
  meta: { api_version: { version: '1' }, ...USAGE },
};

function firstStream(response: ServerResponse): void {
  const events = [
    { is_finished: false, event_type: 'stream-start', generation_id: 'gen-1' },
    { is_finished: false, event_type: 'text-generation', text: 'Hello' },
    { is_finished: true, event_type: 'stream-end', response: FIRST, finish_reason: 'COMPLETE' },
  ];
  response.writeHead(200, { 'content-type': 'application/stream+json' });
  response.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

function secondStream(response: ServerResponse, model: string): void {
  const part = (type: string, more: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  const delta = (message: object): object => ({ index: 0, delta: { message } });
  const begun = part('message-start', {
    id: `id-${model}`,
    delta: { message: { role: 'assistant' } },
  });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (model === 'm-cut') return void response.write(begun, () => response.destroy());
  const tool = model === 'm-tool-stream';
  const said = tool
    ? [part('tool-call-start', delta({ tool_calls: CALL })), part('tool-call-end', { index: 0 })]
    : [
        part('content-delta', delta({ content: { text: 'Hello' } })),
        part('content-end', { index: 0 }),
      ];
  const finish_reason = tool ? 'TOOL_CALL' : 'MAX_TOKENS';
  const end = part('message-end', { delta: { finish_reason, usage: USAGE } });
  response.end(`${begun}${said.join('')}${end}data: [DONE]\n\n`);
}
