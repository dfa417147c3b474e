// What the stand-in for Mistral answers; the scenario is the model, or the agent, that is asked for.

import type { ServerResponse } from 'node:http';
import { json, type Answer } from './vendor-stand-in.ts';

const USAGE = {
  prompt_tokens: 120,
  completion_tokens: 30,
  total_tokens: 150,
  prompt_tokens_details: { cached_tokens: 100 },
};
const CALL = {
  id: 'call_1',
  function: { name: 'weather', arguments: '{"city":"Bern"}' },
  index: 0,
};

const CONVERSED = {
  prompt_tokens: 120,
  completion_tokens: 30,
  total_tokens: 157,
  connector_tokens: 7,
};

/** The scenario is the model that begins a conversation, or the conversation that goes on. */
function converse(response: ServerResponse, path: string, { model, stream }: Asked): void {
  const [, continued] = /conversations\/([^/#]+)/.exec(path) ?? [];
  const conversation_id = continued ?? `conv-${model}`;
  const said = { id: `id-${conversation_id}`, model: `${model ?? continued}-2026` };
  const search = { type: 'tool.execution', id: 't1', name: 'web_search', arguments: '{}' };
  if (stream !== true) {
    const message = { type: 'message.output', role: 'assistant', content: 'Hello', ...said };
    const outputs = [search, message];
    const base = { object: 'conversation.response', conversation_id, outputs };
    return json(response, 200, { ...base, usage: CONVERSED });
  }
  const event = (type: string, more: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, created_at: '2026-11-01T00:00:00Z', ...more })}\n\n`;
  const at = { output_index: 0, content_index: 0, role: 'assistant' };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const call = { ...said, tool_call_id: 'call_1', name: 'weather', arguments: '{"city":"Bern"}' };
  response.end(
    event('conversation.response.started', { conversation_id }) +
      event('message.output.delta', { ...at, ...said, content: 'Hello' }) +
      event('function.call.delta', { ...call, output_index: 1 }) +
      event('conversation.response.done', { usage: CONVERSED }),
  );
}

interface Asked {
  model?: string;
  agent_id?: string;
  stream?: boolean;
}

export const answerMistral: Answer = ({ path, body, refused }, response) => {
  const asked = body as Asked;
  const model = asked.model ?? asked.agent_id ?? '';
  if (model === 'm-missing' || model === 'm-forgotten') {
    const error = {
      object: 'error',
      message: 'Invalid model',
      type: 'invalid_model',
      code: '1500',
    };
    return json(response, 400, error);
  }
  if (model === 'm-retry' && refused(model) < 2) return json(response, 503, { message: 'later' });
  if (model === 'm-abort') return undefined;
  if (path.endsWith('/embeddings')) {
    const data = [{ object: 'embedding', index: 0, embedding: [0.5, 0.25, 1] }];
    const usage = { prompt_tokens: 8, total_tokens: 8, completion_tokens: 0 };
    return json(response, 200, { id: `id-${model}`, object: 'list', model, data, usage });
  }
  if (path.includes('/conversations')) return converse(response, path, asked);
  if (asked.stream === true) return stream(response, model);
  const tool = model === 'm-tool';
  const message = tool
    ? { role: 'assistant', content: '', tool_calls: [CALL] }
    : { role: 'assistant', content: 'Hello there', tool_calls: null };
  const finish_reason = tool ? 'tool_calls' : 'stop';
  const choices = [{ index: 0, message, finish_reason }];
  const base = { id: `id-${model}`, object: 'chat.completion', created: 1, model: `${model}-2026` };
  return json(response, 200, { ...base, choices, usage: USAGE });
};

function stream(response: ServerResponse, model: string): void {
  const base = { id: `id-${model}`, object: 'chat.completion.chunk', created: 1 };
  const event = (delta: object, finish_reason: string | null, usage?: object): string => {
    const choices = [{ index: 0, delta, finish_reason }];
    return `data: ${JSON.stringify({ ...base, model: `${model}-2026`, choices, usage })}\n\n`;
  };
  const tool = model === 'm-tool-stream';
  const first = event({ role: 'assistant', content: '' }, null);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (model === 'm-cut') return void response.write(first, () => response.destroy());
  if (model === 'm-broken') return void response.end(`${first}data: {"choices":7}\n\n`);
  const second = event(tool ? { tool_calls: [CALL] } : { content: 'Hello' }, null);
  const last = event({ content: '' }, tool ? 'tool_calls' : 'stop', USAGE);
  response.end(`${first}${second}${last}data: [DONE]\n\n`);
}
