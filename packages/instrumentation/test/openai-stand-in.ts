// What the stand-in for OpenAI answers: the scenario is the model asked for, so that one server
// serves every program, and its figures are the same everywhere.

import type { ServerResponse } from 'node:http';
import { answerMedia, readForm } from './openai-media-stand-in.ts';
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

export interface Asked {
  model: string;
  stream?: boolean;
  tools?: unknown[];
  messages?: { role: string }[];
  service_tier?: string;
  /** How often a response in the background was asked for. */
  polls?: number;
  stream_options?: { include_usage?: boolean };
  encoding_format?: string;
  input?: unknown;
}

/** What goes wrong before a request of the model is answered. */
const REFUSALS: Readonly<Record<string, readonly ('429' | '500' | 'reset' | 'hang' | 'stall')[]>> =
  {
    'm-retry': ['429', '429'],
    'm-retry-mixed': ['500', 'reset'],
    'm-retry-slow': ['hang'],
    'm-retry-body': ['stall'],
    'm-refused': ['429'],
  };

/** A base URL of it is `${url}/${run}/v1`: runs do not see each other. */
export async function startOpenAI(): Promise<OpenAIStandIn> {
  const requests = new Map<string, string[]>();
  const refusals = new Map<string, number>();
  const polls = new Map<string, number>();
  const standIn = await listen((request, response, body) => {
    const [, run = '', ...rest] = (request.url ?? '').split('/');
    // Groq's client has the interface it copies in its paths.
    const path = rest.filter((part) => part !== 'v1' && part !== 'openai');
    const { asked, written } = readForm(request, body);
    if (request.method === 'GET') {
      asked.model = 'm-background';
      asked.polls = (polls.get(run) ?? 0) + 1;
      polls.set(run, asked.polls);
    }
    const seen = requests.get(run) ?? [];
    requests.set(run, seen);
    seen.push(`${request.method} ${path.join('/')} ${written}`);
    response.setHeader('x-request-id', `req_${asked.model}`);
    const key = `${run} ${asked.model}`;
    const refused = refusals.get(key) ?? 0;
    const refusal = REFUSALS[asked.model]?.[refused];
    refusals.set(key, refused + 1);
    if (refusal !== undefined) return refuse(response, refusal);
    if (asked.model === 'm-missing') {
      const error = { message: 'no such model', type: 'invalid_request_error', param: null };
      return json(response, 404, { error: { ...error, code: 'model_not_found' } });
    }
    if (asked.model === 'm-hang') return undefined;
    if (answerMedia(path.join('/'), response, asked)) return undefined;
    if (path[0] === 'embeddings') return embeddings(response, asked);
    if (path[0] === 'completions') return completions(response, asked);
    if (path[0] === 'responses') return responses(response, asked, path[1]);
    return chat(response, asked, run);
  });
  return { ...standIn, requests };
}

function refuse(response: ServerResponse, how: string): void {
  response.setHeader('retry-after-ms', '1');
  if (how === 'hang') return;
  if (how === 'reset') response.socket?.destroy();
  else if (how === 'stall') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{');
  } else json(response, Number(how), { error: { message: 'slow down', code: 'rate_limit' } });
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function chat(response: ServerResponse, asked: Asked, run: string): void {
  // A tool that has answered is not asked again.
  const answered = asked.messages?.some(({ role }) => role === 'tool') === true;
  const tool = asked.tools !== undefined && !answered;
  const base = {
    id: `chatcmpl-${asked.model}`,
    created: 1,
    model: `${asked.model}-2026`,
    service_tier: asked.service_tier === 'flex' ? 'flex' : 'default',
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
  if (run.startsWith('groq')) {
    Object.assign(parts[parts.length - 1] ?? {}, { x_groq: { id: 'req_1', usage: USAGE } });
  } else if (run.startsWith('together')) {
    Object.assign(parts[parts.length - 1] ?? {}, { usage: USAGE });
  } else if (asked.stream_options?.include_usage === true) {
    for (const part of parts) Object.assign(part, { usage: null });
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

/** The completions that came before chat. */
function completions(response: ServerResponse, asked: Asked): void {
  const base = { id: `cmpl-${asked.model}`, object: 'text_completion', created: 1 };
  const choice = (text: string, finish_reason: string | null): object => ({
    ...base,
    model: `${asked.model}-2026`,
    choices: [{ index: 0, text, finish_reason, logprobs: null }],
  });
  if (asked.stream !== true) {
    json(response, 200, { ...choice('Hello there', 'stop'), usage: USAGE });
    return;
  }
  const parts: object[] = [choice('Hello', null), choice(' there', 'stop')];
  if (asked.stream_options?.include_usage === true) {
    for (const part of parts) Object.assign(part, { usage: null });
    parts.push({ ...base, model: `${asked.model}-2026`, choices: [], usage: USAGE });
  }
  const lines = parts.map((part) => `data: ${JSON.stringify(part)}\n\n`);
  events(response, asked, lines, 'data: [DONE]\n\n');
}

function responses(response: ServerResponse, asked: Asked, part?: string): void {
  if (part === 'compact') {
    const id = `resp_${asked.model}`;
    const compacted = { id, object: 'response.compaction', created_at: 1, output: [] };
    return json(response, 200, { ...compacted, usage: RESPONSES_USAGE });
  }
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
  if (asked.model === 'm-failed') {
    const error = { code: 'server_error', message: 'sorry' };
    return json(response, 200, { ...done, status: 'failed', error, output: [] });
  }
  if (asked.model === 'm-background') {
    // Asked for once more it is still under way, and then done.
    const isDone = part !== undefined && asked.polls !== 1;
    const begun = { ...whole, background: true, status: 'queued', output: [], usage: null };
    return json(response, 200, isDone ? { ...done, background: true } : begun);
  }
  if (asked.stream !== true) return json(response, 200, done);
  const begun = { ...whole, status: 'in_progress', output: [], usage: null };
  const item = { ...whole.output[0], content: [], status: 'in_progress' };
  const text = { type: 'output_text', text: '', annotations: [] };
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const told = [
    { type: 'response.created', response: begun },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...at, part: text },
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
  const vector = [0.5, 0.25, 1];
  const written = Buffer.from(new Float32Array(vector).buffer).toString('base64');
  const embedding = asked.encoding_format === 'float' ? vector : written;
  const inputs = Array.isArray(asked.input) ? asked.input : [asked.input];
  json(response, 200, {
    object: 'list',
    data: inputs.map((_, index) => ({ object: 'embedding', index, embedding })),
    model: `${asked.model}-2026`,
    usage: { prompt_tokens: 8, total_tokens: 8 },
  });
}
