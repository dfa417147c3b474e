// LlamaIndex's own spans, whose figures lie in span events, and Haystack's, whose figures lie in the
// text of what a step gave.

import { openAiUsage } from '../provider-words.ts';
import { lost, NO_CONVERSATION, NO_USER, one, over } from '../speech.ts';
import type { Attributes, Plain } from '../tape.ts';
import type { Teller } from '../teller.ts';

const SCOPE = 'llamaindex.opentelemetry.tracer';

/** `response.raw.usage.prompt_tokens` and so on, one attribute for each leaf. */
function flat(prefix: string, words: object): Attributes {
  const leaves: Record<string, Plain> = {};
  for (const [key, value] of Object.entries(words) as [string, Plain | object][]) {
    if (typeof value === 'object') Object.assign(leaves, flat(`${prefix}.${key}`, value));
    else leaves[`${prefix}.${key}`] = value;
  }
  return leaves;
}

const NO_CALL_ID = lost('tool_call_id', 'the tool span has no call id');

export const llamaIndex: Teller = {
  emitter: 'LlamaIndex, own spans (Python)',
  versions: 'llama-index-core 0.14',
  evidence: 'captures',
  dialect: 'llama-index',
  providers: ['openai'],
  embeddings: false,
  audio: false,
  resource: { 'service.name': 'llamaindex.opentelemetry' },
  not_carried: [
    NO_CONVERSATION,
    NO_USER,
    NO_CALL_ID,
    lost('agent_name', 'an agent is a workflow that has no name of its own'),
    lost('tools', 'a tool span has no name of its own'),
    lost('usage', 'a stream ends its span before it is read', 'stream_without_usage', {
      streaming: true,
    }),
    lost('model', 'a stream ends its span before it is read', '', { streaming: true }),
    lost('response_id', 'a stream ends its span before it is read', '', { streaming: true }),
    lost('provider', 'no attribute for it'),
  ],
  agent: (agent) => one(over(agent, SCOPE, 'FunctionAgent.run', { 'llamaindex.run_id': 'r' })),
  turn: (turn) =>
    one(over(turn, SCOPE, 'BaseWorkflowAgent.run_agent_step', { 'llamaindex.run_id': 'r' })),
  call: (call) => {
    const started = {
      name: 'LLMChatStartEvent',
      at_ms: call.start_ms,
      attributes: flat('model_dict', { model: call.model }),
    };
    if (call.failed || call.streaming) {
      const name = call.streaming ? 'OpenAI.stream_chat' : 'OpenAI.chat';
      const status = call.failed ? ('error' as const) : ('ok' as const);
      return one(
        over(call, SCOPE, name, { 'llamaindex.run_id': 'r' }, { status, events: [started] }),
      );
    }
    const raw = {
      id: call.response_id,
      model: call.response_model,
      usage: openAiUsage(call.figures),
    };
    const ended = {
      name: 'LLMChatEndEvent',
      at_ms: call.end_ms,
      attributes: { ...flat('response.raw', raw), class_name: 'LLMChatEndEvent' },
    };
    const events = [started, ended];
    return one(
      over(call, SCOPE, 'OpenAI.chat', { 'llamaindex.run_id': 'r' }, { status: 'ok', events }),
    );
  },
  tool: (tool) => one(over(tool, SCOPE, 'FunctionTool.acall', { 'llamaindex.run_id': 'r' })),
};

const HAYSTACK = 'haystack.tracing';
export const haystack: Teller = {
  emitter: 'Haystack, own spans with content (Python)',
  versions: '3.4',
  evidence: 'captures',
  dialect: 'haystack',
  providers: ['openai'],
  embeddings: false,
  audio: false,
  not_carried: [
    NO_CONVERSATION,
    NO_USER,
    lost('agent_name', 'an agent span has no name'),
    lost('response_id', 'the id is not in the reply'),
    lost('provider', 'no attribute for it'),
    lost('usage', 'the stream brought no usage', 'emitter_reports_no_usage', {
      usage_sent: false,
    }),
  ],
  agent: (agent) => one(over(agent, HAYSTACK, 'haystack.agent.run', {})),
  turn: (turn) =>
    one(over(turn, HAYSTACK, 'haystack.agent.step', { 'haystack.agent.step': turn.index })),
  call: (call) => {
    const meta = {
      model: call.response_model,
      finish_reason: 'stop',
      ...(call.usage_sent ? { usage: openAiUsage(call.figures) } : {}),
    };
    const attributes: Attributes = call.failed
      ? {}
      : {
          'haystack.agent.step.llm.output': JSON.stringify({
            replies: [{ role: 'assistant', meta }],
          }),
        };
    return one(over(call, HAYSTACK, 'haystack.agent.step.llm', attributes));
  },
  tool: (tool) =>
    one(
      over(tool, HAYSTACK, 'haystack.agent.step.tool', {
        'haystack.tool.name': tool.name,
        'haystack.tool.call.id': tool.id,
      }),
    ),
};
