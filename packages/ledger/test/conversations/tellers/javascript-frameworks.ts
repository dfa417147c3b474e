// Agent frameworks of JavaScript with exporters of their own: Mastra, VoltAgent, Genkit.

import type { Call } from '../conversation.ts';
import { inputOf, outputOf, providerFinish, totalOf, written } from '../provider-words.ts';
import {
  genAiTokens,
  lost,
  modelOf,
  NO_AUDIO,
  NO_CONVERSATION,
  NO_LIFETIMES,
  NO_USER,
  one,
  over,
  sumOf,
} from '../speech.ts';
import { isoTime, type Attributes } from '../tape.ts';
import type { Around, Teller } from '../teller.ts';

const silent = (reason: string) =>
  lost('usage', 'the stream brought no usage', reason, { usage_sent: false });

const MASTRA = '@mastra/otel-exporter@1.4.0';
const mastraUsage = ({ figures, provider }: Call): Attributes => ({
  ...genAiTokens({ figures, kind: 'chat' }),
  'gen_ai.usage.cache_read.input_tokens': figures.read,
  'gen_ai.usage.cache_creation.input_tokens': written(figures),
  'gen_ai.usage.cache_creation.5m_input_tokens': provider === 'anthropic' ? figures.write_5m : null,
  'gen_ai.usage.cache_creation.1h_input_tokens': provider === 'anthropic' ? figures.write_1h : null,
  'gen_ai.usage.reasoning_tokens': figures.reasoning,
  'gen_ai.usage.audio_input_tokens': figures.audio_in || null,
  'gen_ai.usage.audio_output_tokens': figures.audio_out || null,
});

export const mastra: Teller = {
  emitter: 'Mastra',
  versions: '@mastra/otel-exporter 1.4',
  evidence: 'captures',
  dialect: 'mastra',
  providers: ['openai', 'anthropic'],
  embeddings: false,
  audio: true,
  resource: { 'telemetry.sdk.name': '@mastra/otel-exporter' },
  not_carried: [
    NO_USER,
    lost('tool_call_id', 'the tool span has no call id'),
    silent('emitter_reports_no_usage'),
  ],
  agent: (agent, { conversation }) => ({
    spans: [
      over(agent, MASTRA, `invoke_agent ${agent.name}`, {
        'mastra.span.type': 'agent_run',
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': agent.name,
        'gen_ai.conversation.id': conversation.id,
      }),
      over(agent, MASTRA, 'model_generation', { 'mastra.span.type': 'model_generation' }),
    ],
  }),
  turn: (turn) =>
    one(
      over(turn, MASTRA, `step ${turn.index}`, {
        'mastra.span.type': 'model_step',
        'gen_ai.operation.name': 'agent_step',
      }),
    ),
  call: (call) => {
    const asked = {
      'mastra.span.type': 'model_inference',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': call.provider,
      'gen_ai.request.model': call.model,
    };
    const answered = {
      'gen_ai.response.id': call.response_id,
      'gen_ai.response.model': call.response_model,
      'gen_ai.response.finish_reasons': JSON.stringify([providerFinish(call)]),
      'mastra.completion_start_time': call.streaming ? isoTime(call.first_ms) : null,
    };
    const attributes = call.failed
      ? { ...asked, 'error.type': 'APICallError' }
      : { ...asked, ...answered, ...(call.usage_sent ? mastraUsage(call) : {}) };
    return one(over(call, MASTRA, `chat ${call.model}`, attributes, { kind: 'client' }));
  },
  tool: (tool) =>
    one(
      over(tool, MASTRA, `execute_tool ${tool.name}`, {
        'mastra.span.type': 'tool_call',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': tool.name,
        'mastra.tool_call.input': tool.arguments,
        'mastra.tool_call.output': tool.result,
      }),
    ),
};

const VOLT = '@voltagent/core@2.10.0';
const entity = ({ agent, conversation }: Around): Attributes => ({
  'entity.id': agent.name,
  'entity.type': 'agent',
  'entity.name': agent.name,
  'conversation.id': conversation.id,
  'user.id': conversation.user,
});

/** One model span covers a run and has its last call's usage; the agent's span has the sum. */
export const voltAgent: Teller = {
  emitter: 'VoltAgent',
  versions: '@voltagent/core 2.10',
  evidence: 'captures',
  dialect: 'voltagent',
  providers: ['openai'],
  embeddings: false,
  audio: false,
  asks_usage: true,
  not_carried: [
    NO_AUDIO,
    lost('single_calls', 'a run is told as one sum', 'aggregate_only'),
    lost('provider', 'no attribute for it'),
  ],
  agent: (agent, around) => {
    const sum = sumOf(agent);
    const whole = {
      'usage.prompt_tokens': inputOf(sum),
      'usage.completion_tokens': outputOf(sum),
      'usage.total_tokens': totalOf(sum),
      'usage.cached_tokens': sum.read,
      'usage.reasoning_tokens': sum.reasoning,
    };
    const last = modelOf(agent);
    const { figures } = last;
    const run = { ...entity(around), 'operation.id': `run-${agent.start_ms}` };
    const model = {
      ...run,
      'span.type': 'llm',
      'llm.operation': 'generateText',
      'llm.model': last.model,
      'llm.stream': false,
      'llm.usage.prompt_tokens': inputOf(figures),
      'llm.usage.completion_tokens': outputOf(figures),
      'llm.usage.total_tokens': totalOf(figures),
      'llm.usage.cached_tokens': figures.read,
      'llm.usage.reasoning_tokens': figures.reasoning,
      'llm.finish_reason': 'stop',
    };
    const inner = { start_ms: agent.start_ms + 1, end_ms: agent.end_ms - 1 };
    return {
      spans: [over(agent, VOLT, agent.name, { ...run, 'ai.model.name': last.model, ...whole })],
      beneath: [over(inner, VOLT, 'llm:generateText', model, { kind: 'client' })],
    };
  },
  call: () => null,
  tool: (tool, around) =>
    one(
      over(tool, VOLT, `tool.execution:${tool.name}`, {
        'span.type': 'tool',
        ...entity(around),
        'tool.name': tool.name,
        'tool.call.id': tool.id,
        'tool.parameters': '{"def":{"type":"object"}}',
      }),
    ),
};

const GENKIT = 'genkit-tracer@v1';
const named = (name: string, type: string, subtype: string | null): Attributes => ({
  'genkit:name': name,
  'genkit:type': type,
  'genkit:metadata:subtype': subtype,
  'genkit:state': 'success',
});
const genkitUsage = ({ figures }: Pick<Call, 'figures'>): object => ({
  inputTokens: inputOf(figures),
  outputTokens: outputOf(figures) - (figures.reasoning ?? 0),
  thoughtsTokens: figures.reasoning ?? 0,
  cachedContentTokens: figures.read,
  totalTokens: totalOf(figures),
});

export const genkit: Teller = {
  emitter: 'Genkit, Google models',
  versions: '1.x',
  evidence: 'captures',
  dialect: 'genkit',
  providers: ['gemini'],
  embeddings: false,
  audio: false,
  not_carried: [
    NO_CONVERSATION,
    NO_USER,
    NO_LIFETIMES,
    lost('tool_call_id', 'the tool span has no call id'),
    lost('response_id', 'the id is not written'),
  ],
  agent: (agent) => one(over(agent, GENKIT, agent.name, named(agent.name, 'action', 'flow'))),
  turn: (turn) => {
    const served = turn.calls.at(-1) as Call;
    return one(
      over(turn, GENKIT, 'generate', {
        ...named('generate', 'util', null),
        'genkit:output': JSON.stringify({ message: {}, usage: genkitUsage(served) }),
      }),
    );
  },
  call: (call) =>
    one(
      over(call, GENKIT, `googleai/${call.model}`, {
        ...named(`googleai/${call.model}`, 'action', 'model'),
        ...(call.failed
          ? { 'genkit:state': 'error' }
          : {
              'genkit:output': JSON.stringify({
                message: { role: 'model', content: [] },
                finishReason: 'stop',
                usage: genkitUsage(call),
              }),
            }),
      }),
    ),
  tool: (tool) =>
    one(
      over(tool, GENKIT, tool.name, {
        ...named(tool.name, 'action', 'tool'),
        'genkit:input': tool.arguments,
        'genkit:output': tool.result,
        'genkit:state': tool.failed ? 'error' : 'success',
      }),
    ),
};
