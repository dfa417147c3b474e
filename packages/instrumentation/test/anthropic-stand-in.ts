// What the stand-in for Anthropic answers; the scenario is the model asked for.

import type { ServerResponse } from 'node:http';
import { listen, type StandIn } from './stand-in.ts';

const USAGE = {
  input_tokens: 20,
  cache_read_input_tokens: 100,
  cache_creation_input_tokens: 30,
  cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
  output_tokens: 40,
  service_tier: 'standard',
};

export interface AnthropicStandIn extends StandIn {
  /** Path and body of each request, by the run that made it. */
  readonly requests: Map<string, string[]>;
}

interface Asked {
  model: string;
  stream?: boolean;
  tools?: unknown[];
  messages?: { content: unknown }[];
}

/** What goes wrong before a request of the model is answered. */
const REFUSALS: Readonly<Record<string, readonly ('429' | '529' | 'reset' | 'hang')[]>> = {
  'm-retry': ['429', '429'],
  'm-retry-mixed': ['529', 'reset'],
  'm-retry-slow': ['hang'],
  'm-refused': ['529'],
};

/** A base URL of it is `${url}/${run}`. */
export async function startAnthropic(): Promise<AnthropicStandIn> {
  const requests = new Map<string, string[]>();
  const refusals = new Map<string, number>();
  const standIn = await listen((request, response, body) => {
    const [, run = '', ...path] = (request.url ?? '').split('/');
    const seen = requests.get(run) ?? [];
    requests.set(run, seen);
    seen.push(`${request.method} ${path.join('/')} ${body.toString()}`);
    const asked = JSON.parse(body.toString()) as Asked;
    response.setHeader('request-id', `req_${asked.model}`);
    const key = `${run} ${asked.model}`;
    const refused = refusals.get(key) ?? 0;
    const refusal = REFUSALS[asked.model]?.[refused];
    refusals.set(key, refused + 1);
    if (refusal !== undefined) return refuse(response, refusal);
    if (asked.model === 'm-missing') return fail(response, 404, 'not_found_error');
    return asked.stream === true ? stream(response, asked) : answer(response, asked);
  });
  return { ...standIn, requests };
}

function refuse(response: ServerResponse, how: string): void {
  response.setHeader('retry-after-ms', '1');
  if (how === 'reset') response.socket?.destroy();
  else if (how !== 'hang') {
    fail(response, Number(how), how === '429' ? 'rate_limit_error' : 'overloaded_error');
  }
}

/** A tool that has answered is not asked again. */
function usesTool(asked: Asked): boolean {
  const answered = JSON.stringify(asked.messages ?? []).includes('tool_result');
  return asked.tools !== undefined && !answered;
}

function fail(response: ServerResponse, status: number, type: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ type: 'error', error: { type, message: 'refused' } }));
}

function message(asked: Asked): Record<string, unknown> {
  const content = !usesTool(asked)
    ? [{ type: 'text', text: 'Hello there' }]
    : [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Bern' } }];
  return {
    id: `msg_${asked.model}`,
    type: 'message',
    role: 'assistant',
    model: `${asked.model}-2026`,
    content,
    stop_reason: usesTool(asked) ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: USAGE,
  };
}

function answer(response: ServerResponse, asked: Asked): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(message(asked)));
}

function stream(response: ServerResponse, asked: Asked): void {
  const whole = message(asked);
  const begun = { ...whole, content: [], stop_reason: null, usage: { ...USAGE, output_tokens: 1 } };
  const tool = usesTool(asked);
  const block = tool
    ? { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }
    : { type: 'text', text: '' };
  const delta = tool
    ? { type: 'input_json_delta', partial_json: '{"city":"Bern"}' }
    : { type: 'text_delta', text: 'Hello there' };
  const told: { type: string }[] = [
    { type: 'message_start', message: begun },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: whole['stop_reason'], stop_sequence: null },
      usage: { output_tokens: 40 },
    },
    { type: 'message_stop' },
  ] as { type: string }[];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const lines = told.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  // Stays open: the program is the one that ends it.
  if (asked.model === 'm-abort') response.write(lines.slice(0, 2).join(''));
  else if (asked.model === 'm-cut') {
    response.write(lines.slice(0, 3).join(''), () => response.destroy());
  } else if (asked.model === 'm-broken') {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'busy' } };
    response.end(`${lines[0]}event: error\ndata: ${JSON.stringify(error)}\n\n`);
  } else response.end(lines.join(''));
}
