// What the stand-in for OpenAI answers: the scenario is the model asked for, so that one server
// serves every program, and its figures are the same everywhere.

import type { ServerResponse } from 'node:http';
import { listen, type StandIn } from './stand-in.ts';

const USAGE = {
  prompt_tokens: 120,
  completion_tokens: 30,
  total_tokens: 150,
  prompt_tokens_details: { cached_tokens: 100, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 12, audio_tokens: 0 },
};
const RESPONSES_USAGE = {
  input_tokens: 120,
  input_tokens_details: { cached_tokens: 100 },
  output_tokens: 30,
  output_tokens_details: { reasoning_tokens: 12 },
  total_tokens: 150,
};
const TOOL_CALL = {
  index: 0,
  id: 'call_1',
  type: 'function',
  function: { name: 'weather', arguments: '{"city":"Bern"}' },
};

export interface OpenAIStandIn extends StandIn {
  /** Path and body of each request, by the run that made it. */
  readonly requests: Map<string, string[]>;
}

interface Asked {
  model: string;
  stream?: boolean;
  tools?: unknown[];
  stream_options?: { include_usage?: boolean };
  encoding_format?: string;
}

/** A base URL of it is `${url}/${run}/v1`: runs do not see each other. */
export async function startOpenAI(): Promise<OpenAIStandIn> {
  const requests = new Map<string, string[]>();
  const refusals = new Map<string, number>();
  const standIn = await listen((request, response, body) => {
    const [, run = '', , ...path] = (request.url ?? '').split('/');
    const seen = requests.get(run) ?? [];
    requests.set(run, seen);
    seen.push(`${request.method} ${path.join('/')} ${body.toString()}`);
    const asked = JSON.parse(body.toString()) as Asked;
    response.setHeader('x-request-id', `req_${asked.model}`);
    const key = `${run} ${asked.model}`;
    const refused = refusals.get(key) ?? 0;
    if (asked.model === 'm-retry' && refused < 2) {
      refusals.set(key, refused + 1);
      response.setHeader('retry-after-ms', '1');
      return json(response, 429, { error: { message: 'slow down', code: 'rate_limit_exceeded' } });
    }
    if (asked.model === 'm-missing') {
      const error = { message: 'no such model', type: 'invalid_request_error', param: null };
      return json(response, 404, { error: { ...error, code: 'model_not_found' } });
    }
    if (asked.model === 'm-hang') return undefined;
    if (path[0] === 'embeddings') return embeddings(response, asked);
    if (path[0] === 'responses') return responses(response, asked);
    return chat(response, asked);
  });
  return { ...standIn, requests };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function chat(response: ServerResponse, asked: Asked): void {
  const tool = asked.tools !== undefined;
  const base = {
    id: `chatcmpl-${asked.model}`,
    created: 1,
    model: `${asked.model}-2026`,
    service_tier: 'default',
  };
  if (asked.stream !== true) {
    const content = asked.model === 'm-parse' ? '{"city":"Bern"}' : 'Hello there';
    const message = tool
      ? { role: 'assistant', content: null, refusal: null, tool_calls: [TOOL_CALL] }
      : { role: 'assistant', content, refusal: null };
    const finish = tool ? 'tool_calls' : asked.model === 'm-length' ? 'length' : 'stop';
    const choice = {
      index: 0,
      message,
      finish_reason: finish,
      logprobs: null,
    };
    json(response, 200, { ...base, object: 'chat.completion', choices: [choice], usage: USAGE });
    return;
  }
  const delta = (part: object, finish_reason: string | null = null): object => ({
    ...base,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: part, finish_reason, logprobs: null }],
  });
  const parts = tool
    ? [
        delta({ role: 'assistant', content: null, tool_calls: [TOOL_CALL] }),
        delta({ tool_calls: [{ index: 0, function: { arguments: '' } }] }),
        delta({}, 'tool_calls'),
      ]
    : [
        delta({ role: 'assistant', content: 'Hello' }),
        delta({ content: ' there' }),
        delta({ content: '!' }),
        delta({}, 'stop'),
      ];
  if (asked.stream_options?.include_usage === true) {
    parts.push({ ...base, object: 'chat.completion.chunk', choices: [], usage: USAGE });
  }
  events(
    response,
    asked,
    parts.map((part) => `data: ${JSON.stringify(part)}\n\n`),
    'data: [DONE]\n\n',
  );
}

/** Two kinds of broken streams: one is cut on the wire, one tells an error in its middle. */
function events(response: ServerResponse, asked: Asked, parts: string[], end: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (asked.model === 'm-cut') {
    response.write(parts[0], () => response.destroy());
  } else if (asked.model === 'm-broken') {
    response.end(`${parts[0]}data: {"error":{"message":"overloaded","code":"server_error"}}\n\n`);
  } else if (asked.model === 'm-abort' || asked.model === 'm-exit') {
    // Stays open: the program is the one that ends it.
    response.write(parts.slice(0, 2).join(''));
  } else response.end(parts.join('') + end);
}

function responses(response: ServerResponse, asked: Asked): void {
  const whole = {
    id: `resp_${asked.model}`,
    object: 'response',
    created_at: 1,
    model: `${asked.model}-2026`,
    output: [
      {
        type: 'message',
        id: 'msg_1',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hello there', annotations: [] }],
      },
    ],
    parallel_tool_calls: true,
    tools: [],
  };
  const done = { ...whole, status: 'completed', usage: RESPONSES_USAGE };
  if (asked.stream !== true) return json(response, 200, done);
  const begun = { ...whole, status: 'in_progress', output: [], usage: null };
  const item = { ...whole.output[0], content: [], status: 'in_progress' };
  const part = { type: 'output_text', text: '', annotations: [] };
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const told = [
    { type: 'response.created', response: begun },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...at, part },
    { type: 'response.output_text.delta', ...at, delta: 'Hello there' },
    { type: 'response.completed', response: done },
  ];
  const lines = told.map(
    (event, sequence_number) =>
      `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`,
  );
  events(response, asked, lines, '');
}

function embeddings(response: ServerResponse, asked: Asked): void {
  const vector = Buffer.from(new Float32Array([0.5, 0.25, 1]).buffer).toString('base64');
  json(response, 200, {
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding: vector }],
    model: `${asked.model}-2026`,
    usage: { prompt_tokens: 8, total_tokens: 8 },
  });
}
