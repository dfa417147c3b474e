// Claude Code: spans, log events, or both; the lifetimes of cache writes only in the events.

import type { Call } from '../conversation.ts';
import { outputOf, providerFinish, uncachedOf, written } from '../provider-words.ts';
import { lost, NO_LIFETIMES, one, over } from '../speech.ts';
import { isoTime, type Attributes, type LogWords } from '../tape.ts';
import type { Around, Teller, Told } from '../teller.ts';

const TRACES = 'com.anthropic.claude_code.tracing@1.0.0';
const EVENTS = 'com.anthropic.claude_code.events@2.1.329';

const who = ({ conversation }: Around): Attributes => ({
  'user.id': conversation.user,
  'session.id': conversation.id,
});

const requestId = (call: Call): string => `req_${call.response_id.slice(4)}`;

function request(call: Call, around: Around): Told {
  const { figures } = call;
  const asked = {
    ...who(around),
    'span.type': 'llm_request',
    model: call.model,
    'gen_ai.system': 'anthropic',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': call.model,
    'gen_ai.conversation.id': around.conversation.id,
    attempt: 1,
    success: !call.failed,
    duration_ms: call.end_ms - call.start_ms,
  };
  const attributes = call.failed
    ? { ...asked, error: '429 rate limited', status_code: 429 }
    : {
        ...asked,
        input_tokens: uncachedOf(figures),
        output_tokens: outputOf(figures),
        cache_read_tokens: figures.read,
        cache_creation_tokens: written(figures),
        ttft_ms: call.first_ms - call.start_ms,
        stop_reason: providerFinish(call),
        'gen_ai.response.id': requestId(call),
        'gen_ai.response.finish_reasons': [providerFinish(call)],
      };
  return one(over(call, TRACES, 'claude_code.llm_request', attributes));
}

function event(name: string, at_ms: number, around: Around, attributes: Attributes): LogWords {
  return {
    scope: EVENTS,
    body: `claude_code.${name}`,
    at_ms,
    attributes: {
      ...who(around),
      'event.name': name,
      'event.timestamp': isoTime(at_ms),
      'event.sequence': Math.round(at_ms),
      'prompt.id': `prompt-${around.conversation.seed}`,
      ...attributes,
    },
  };
}

function callEvent(call: Call, around: Around): LogWords {
  const { figures } = call;
  const general = { model: call.model, duration_ms: call.end_ms - call.start_ms };
  if (call.failed) {
    return event('api_error', call.end_ms, around, {
      ...general,
      error: '429 rate limited',
      status_code: '429',
      attempt: '1',
    });
  }
  return event('api_request', call.end_ms, around, {
    ...general,
    input_tokens: uncachedOf(figures),
    output_tokens: outputOf(figures),
    cache_read_tokens: figures.read,
    cache_creation_tokens: written(figures),
    cache_creation_5m_tokens: figures.write_5m,
    cache_creation_1h_tokens: figures.write_1h,
    cost_usd: 0.25,
    ttft_ms: call.first_ms - call.start_ms,
    request_id: requestId(call),
    speed: 'normal',
  });
}

const toolEvent: Required<Teller>['tool'] = (tool, around) => ({
  spans: [],
  logs: [
    event('tool_result', tool.end_ms, around, {
      tool_name: tool.name,
      tool_use_id: tool.id,
      success: String(!tool.failed),
      duration_ms: String(tool.end_ms - tool.start_ms),
    }),
  ],
});

const NO_ID = lost('response_id', "the request's id stands where the answer's id would");

export const claudeCodeTraces: Teller = {
  emitter: 'Claude Code, traces',
  versions: '2.1.329',
  evidence: 'captures',
  dialect: 'claude-code',
  providers: ['anthropic'],
  embeddings: false,
  audio: false,
  is_agent: 'claude-code',
  resource: { 'service.name': 'claude-code' },
  not_carried: [NO_LIFETIMES, NO_ID],
  agent: (agent, around) =>
    one(
      over(agent, TRACES, 'claude_code.interaction', {
        ...who(around),
        'span.type': 'interaction',
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.conversation.id': around.conversation.id,
      }),
    ),
  call: request,
  tool: (tool, around) => ({
    spans: [
      over(tool, TRACES, 'claude_code.tool', {
        ...who(around),
        'span.type': 'tool',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': tool.name,
        'gen_ai.tool.call.id': tool.id,
        tool_name: tool.name,
        tool_use_id: tool.id,
      }),
      over(tool, TRACES, 'claude_code.tool.execution', {
        ...who(around),
        'span.type': 'tool.execution',
        success: !tool.failed,
      }),
    ],
  }),
};

export const claudeCodeLogs: Teller = {
  ...claudeCodeTraces,
  emitter: 'Claude Code, log events alone',
  not_carried: [
    NO_ID,
    lost('agents', 'events name no agent'),
    lost('record', 'the event of a refused request is none of a call', '', { failed: true }),
  ],
  agent: () => null,
  call: (call, around) => ({ spans: [], logs: [callEvent(call, around)], adrift: true }),
  tool: (tool, around) => ({ ...toolEvent(tool, around), spans: [], adrift: true }),
};

/** The events name the span of the interaction, not the one of the request. */
export const claudeCodeBoth: Teller = {
  ...claudeCodeTraces,
  emitter: 'Claude Code, traces and log events',
  not_carried: [NO_ID],
  call: (call, around) => ({
    spans: [],
    beside: request(call, around).spans,
    logs: [callEvent(call, around)],
  }),
  tool: (tool, around) => {
    const told = claudeCodeTraces.tool?.(tool, around) ?? null;
    return told === null
      ? null
      : { ...told, logs: toolEvent(tool, around)?.logs ?? [], aside: true };
  },
};
