// Logfire: instrumented clients whose streams are two spans, and the bridge from OpenAI's agents.

import { agentsOf, type Agent, type Call, type Turn } from '../conversation.ts';
import {
  anthropicUsage,
  inputOf,
  openAiUsage,
  outputOf,
  providerFinish,
  totalOf,
} from '../provider-words.ts';
import {
  CLIENT_ONLY,
  course,
  genAiTokens,
  lost,
  NO_CONVERSATION,
  NO_USER,
  one,
  over,
  sumOf,
} from '../speech.ts';
import type { Attributes, SpanWords } from '../tape.ts';
import type { Told, Teller } from '../teller.ts';

const raw = ({ figures, provider }: Call): object =>
  provider === 'openai' ? openAiUsage(figures) : anthropicUsage(figures);

const usage = (call: Call): Attributes => ({
  ...genAiTokens(call),
  'gen_ai.usage.raw': JSON.stringify(raw(call)),
});

function client(scope: string): Teller['call'] {
  const name = 'Chat Completion with {request_data[model]!r}';
  return (call): Told => {
    const asked = {
      request_data: JSON.stringify({ model: call.model, stream: call.streaming }),
      'gen_ai.system': call.provider,
      'gen_ai.provider.name': call.provider,
      'gen_ai.request.model': call.model,
      'gen_ai.operation.name': 'chat',
      'logfire.msg_template': name,
      'logfire.msg': name.replace('{request_data[model]!r}', call.model),
      'logfire.span_type': 'span',
    };
    const kind = 'client' as const;
    if (!call.streaming || call.failed) {
      const answered = {
        'gen_ai.response.model': call.response_model,
        'gen_ai.response.id': call.response_id,
        'gen_ai.response.finish_reasons': JSON.stringify([providerFinish(call)]),
      };
      return one(over(call, scope, name, course(call, asked, answered, usage(call)), { kind }));
    }
    const opened = { ...asked, 'gen_ai.response.model': call.model };
    const end = 'streaming response from {request_data[model]!r} took {duration:.2f}s';
    const ended = {
      ...opened,
      ...(call.usage_sent ? usage(call) : {}),
      'logfire.msg_template': end,
      'logfire.span_type': 'log',
      duration: (call.end_ms - call.first_ms) / 1e3 + 0.000_001,
    };
    return {
      spans: [],
      beside: [
        over({ start_ms: call.start_ms, end_ms: call.first_ms }, scope, name, opened, { kind }),
        over({ start_ms: call.end_ms, end_ms: call.end_ms }, scope, end, ended),
      ],
    };
  };
}

const LOST_ID = lost('response_id', 'the record of a stream has no id', '', { streaming: true });

export const logfireOpenAi: Teller = {
  emitter: 'Logfire, OpenAI client',
  versions: '5.2',
  evidence: 'captures',
  dialect: 'logfire',
  providers: ['openai'],
  embeddings: false,
  audio: false,
  not_carried: [
    ...CLIENT_ONLY,
    LOST_ID,
    lost('usage', 'a stream without include_usage has no figures', 'stream_without_usage', {
      usage_sent: false,
    }),
  ],
  call: client('logfire.openai@5.2.0'),
};

export const logfireAnthropic: Teller = {
  ...logfireOpenAi,
  emitter: 'Logfire, Anthropic client',
  providers: ['anthropic'],
  not_carried: [...CLIENT_ONLY, LOST_ID],
  call: client('logfire.anthropic@5.2.0'),
};

const turnUsage = (turn: Turn): string | null => {
  const served = turn.calls.at(-1);
  if (served === undefined || !served.usage_sent) return null;
  return JSON.stringify({
    input_tokens: inputOf(served.figures),
    output_tokens: outputOf(served.figures),
    cached_input_tokens: served.figures.read,
  });
};

/** Its task sums up all that the agents of the workflow used. */
function workflow(agent: Agent): readonly SpanWords[] {
  const sum = sumOf(...agentsOf(agent));
  const words = (name: string): Attributes => ({
    name: 'Agent workflow',
    'logfire.msg_template': name,
    'logfire.msg': name,
    'logfire.span_type': 'span',
  });
  const usage = JSON.stringify({
    input_tokens: inputOf(sum),
    output_tokens: outputOf(sum),
    cached_input_tokens: sum.read,
    requests: 3,
    total_tokens: totalOf(sum),
  });
  const task = { type: 'custom', sdk_span_type: 'task', 'gen_ai.system': 'openai', usage };
  const [trace, name] = ['OpenAI Agents trace: {name}', 'Task: Agent workflow'];
  return [
    over(agent, AGENTS, trace, { ...words(trace), agent_trace_id: `trace_${agent.start_ms}` }),
    over(agent, AGENTS, name, { ...words(name), ...task }),
  ];
}

const AGENTS = 'logfire.openai_agents@5.2.0';
export const logfireAgents: Teller = {
  ...logfireOpenAi,
  emitter: 'Logfire, OpenAI Agents',
  not_carried: [
    NO_CONVERSATION,
    NO_USER,
    lost('tool_call_id', 'the function span has no call id'),
    lost('usage', 'the bridge is handed no usage', 'emitter_reports_no_usage', {
      usage_sent: false,
    }),
  ],
  agent: (agent, { above }) => {
    const run = over(agent, AGENTS, 'Agent run: {name!r}', {
      'logfire.msg_template': 'Agent run: {name!r}',
      'logfire.span_type': 'span',
      name: agent.name,
      handoffs: '["writer"]',
      tools: '["get_weather"]',
      output_type: 'str',
      'gen_ai.system': 'openai',
      'logfire.msg': `Agent run: '${agent.name}'`,
    });
    return above === null ? { spans: [...workflow(agent), run] } : one(run);
  },
  turn: (turn, { agent }) =>
    one(
      over(turn, AGENTS, `Turn {turn} for agent ${agent.name}`, {
        'logfire.msg_template': `Turn {turn} for agent ${agent.name}`,
        'logfire.span_type': 'span',
        type: 'custom',
        sdk_span_type: 'turn',
        turn: turn.index + 1,
        agent_name: agent.name,
        usage: turnUsage(turn),
      }),
    ),
  call: (call) => {
    const asked = {
      'gen_ai.request.model': call.model,
      'logfire.msg_template': 'Responses API with {gen_ai.request.model!r}',
      'logfire.span_type': 'span',
      'gen_ai.system': 'openai',
      'gen_ai.operation.name': 'chat',
    };
    const answered = {
      response_id: call.response_id,
      'gen_ai.response.model': call.response_model,
    };
    const name = 'Responses API with {gen_ai.request.model!r}';
    return one(over(call, AGENTS, name, course(call, asked, answered, usage(call))));
  },
  tool: (tool) =>
    one(
      over(tool, AGENTS, 'Function: {name}', {
        'logfire.msg_template': 'Function: {name}',
        'logfire.span_type': 'span',
        name: tool.name,
        input: tool.arguments,
        output: tool.failed ? null : tool.result,
        mcp_data: 'null',
        'gen_ai.system': 'openai',
        'logfire.msg': `Function: ${tool.name}`,
      }),
    ),
};
