// The Vercel AI SDK 7: agents, steps, calls and tools in the words of OpenTelemetry, the agent's sum
// repeated on its span.

import type { Call, Figures, ProviderName } from '../conversation.ts';
import { finishOf, inputOf, uncachedOf, written } from '../provider-words.ts';
import {
  course,
  genAiTokens,
  genAiTool,
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
import type { Attributes } from '../tape.ts';
import type { Teller } from '../teller.ts';

const SCOPE = 'gen_ai';
const FINISH = { stop: 'stop', asks: 'tool-calls' };
const PROVIDERS: Readonly<Record<ProviderName, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'gcp.gemini',
  bedrock: 'aws.bedrock',
};

const usage = (figures: Figures): Attributes => ({
  ...genAiTokens({ figures, kind: 'chat' }),
  'gen_ai.usage.cache_read.input_tokens': figures.read,
  'gen_ai.usage.cache_creation.input_tokens': written(figures),
  'ai.usage.inputTokenDetails.noCacheTokens': uncachedOf(figures),
  'ai.usage.outputTokenDetails.reasoningTokens': figures.reasoning,
});

const answered = (call: Call): Attributes => ({
  'gen_ai.response.id': call.response_id || null,
  'gen_ai.response.model': call.response_model,
  'gen_ai.response.finish_reasons': [finishOf(call, FINISH)],
});

export const aiSdk7: Teller = {
  emitter: 'Vercel AI SDK 7',
  versions: '7.0.173 with @ai-sdk/otel 1.0.173 and usage on',
  evidence: 'captures',
  dialect: 'ai-sdk-7',
  providers: ['openai', 'anthropic', 'gemini'],
  embeddings: true,
  audio: false,
  not_carried: [
    NO_LIFETIMES,
    NO_AUDIO,
    NO_CONVERSATION,
    NO_USER,
    lost('usage', 'the stream brought no usage', 'stream_without_usage', {
      usage_sent: false,
    }),
  ],
  agent: (agent) =>
    one(
      over(agent, SCOPE, `invoke_agent ${modelOf(agent).model}`, {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.provider.name': PROVIDERS[modelOf(agent).provider],
        'gen_ai.request.model': modelOf(agent).model,
        'gen_ai.agent.name': agent.name,
        ...usage(sumOf(agent)),
      }),
    ),
  turn: (turn) =>
    one(
      over(turn, SCOPE, `step ${turn.index + 1}`, {
        'gen_ai.operation.name': 'agent_step',
        'ai.usage.outputTokenDetails.reasoningTokens': turn.calls.at(-1)?.figures.reasoning,
      }),
    ),
  call: (call) => {
    const embeds = call.kind === 'embedding';
    const operation = embeds ? 'embeddings' : 'chat';
    const asked = {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': PROVIDERS[call.provider],
      'gen_ai.request.model': call.model,
    };
    const name = `${operation} ${call.model}`;
    if (embeds) {
      const inner = { ...asked, 'gen_ai.usage.input_tokens': inputOf(call.figures) };
      return {
        spans: [
          over(call, SCOPE, name, asked, { kind: 'client' }),
          over(call, SCOPE, name, inner, { kind: 'client' }),
        ],
      };
    }
    const stream = {
      'gen_ai.client.operation.time_to_first_chunk': call.streaming
        ? (call.first_ms - call.start_ms) / 1e3
        : null,
    };
    const attributes = course(call, asked, { ...answered(call), ...stream }, usage(call.figures));
    return one(over(call, SCOPE, name, attributes, { kind: 'client' }));
  },
  tool: genAiTool(SCOPE, (tool) => ({ 'gen_ai.tool.call.arguments': tool.arguments })),
};
