// Gateways and servers: LiteLLM as a callback and as a proxy, vLLM beneath its client, OpenRouter's
// broadcast.

import type { Call } from '../conversation.ts';
import { inputOf, openAiUsage, outputOf, providerFinish, totalOf } from '../provider-words.ts';
import {
  CLIENT_ONLY,
  course,
  genAiAnswered,
  genAiAsked,
  genAiTokens,
  lost,
  NO_LIFETIMES,
  noCache,
  one,
  over,
} from '../speech.ts';
import type { Attributes, SpanWords } from '../tape.ts';
import type { Teller } from '../teller.ts';

/** A structure as Python shows it. */
function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, inner]) => `'${key}': ${repr(inner)}`);
  return `{${pairs.join(', ')}}`;
}

const LITELLM = 'litellm';

function request(call: Call, operation: string): Attributes {
  const { figures } = call;
  const asked = {
    'gen_ai.request.model': call.model,
    'llm.request.type': operation,
    'gen_ai.system': call.provider,
    'llm.is_streaming': call.streaming ? 'True' : 'False',
    'litellm.call_id': `b58644da-72f6-4043-bf15-${String(call.start_ms).padStart(12, '0')}`,
    'gen_ai.operation.name': operation === 'completion' ? 'chat' : operation,
    hidden_params: JSON.stringify({ model_id: null, cache_key: null }),
  };
  if (call.failed) return { ...asked, 'error.type': 'RateLimitError' };
  const usage = call.usage_sent
    ? {
        'gen_ai.usage.input_tokens': inputOf(figures),
        'gen_ai.usage.output_tokens': outputOf(figures),
        'gen_ai.usage.total_tokens': totalOf(figures),
        'metadata.usage_object': repr(openAiUsage(figures)),
        'gen_ai.cost.total_cost': 0.25,
      }
    : {
        'gen_ai.usage.input_tokens': 0,
        'gen_ai.usage.output_tokens': 0,
        'gen_ai.usage.total_tokens': 0,
      };
  return {
    ...asked,
    'gen_ai.response.id': call.response_id,
    'gen_ai.response.model': call.response_model,
    'gen_ai.response.finish_reasons': JSON.stringify([providerFinish(call)]),
    ...usage,
  };
}

function raw(call: Call): SpanWords {
  const attributes = call.failed
    ? {}
    : {
        'llm.openai.id': call.response_id,
        'llm.openai.model': call.response_model,
        'llm.openai.object': 'chat.completion',
        'llm.openai.usage': call.usage_sent ? repr(openAiUsage(call.figures)) : null,
      };
  return over(call, LITELLM, 'raw_gen_ai_request', attributes);
}

export const liteLlm: Teller = {
  emitter: 'LiteLLM, OpenTelemetry callback',
  versions: '1.106',
  evidence: 'captures',
  dialect: 'litellm',
  providers: ['openai'],
  embeddings: false,
  audio: false,
  not_carried: [
    ...CLIENT_ONLY,
    lost('usage', 'where a stream brought no usage it writes zeros', 'zero_means_unknown', {
      usage_sent: false,
    }),
  ],
  call: (call) => {
    const status = call.failed ? ('error' as const) : ('ok' as const);
    const span = over(call, LITELLM, 'litellm_request', request(call, 'completion'), { status });
    return { spans: [span, raw(call)] };
  },
};

export const liteLlmProxy: Teller = {
  ...liteLlm,
  emitter: 'LiteLLM, proxy',
  resource: { 'service.name': 'llm-gateway' },
  call: (call) => {
    const status = call.failed ? ('error' as const) : ('ok' as const);
    const root = over(call, LITELLM, 'Received Proxy Server Request', {}, { kind: 'server' });
    const span = over(call, LITELLM, 'litellm_request', request(call, 'acompletion'), { status });
    return { spans: [root, span, raw(call)] };
  },
};

/** The server's span beneath its client's, which tells the same tokens. */
export const vllm: Teller = {
  emitter: 'vLLM server beneath an instrumented client',
  versions: '0.33',
  evidence: 'reference',
  dialect: 'otel-genai',
  providers: ['openai'],
  embeddings: false,
  audio: false,
  asks_usage: true,
  not_carried: CLIENT_ONLY,
  call: (call) => {
    const asked = { ...genAiAsked(call), 'gen_ai.provider.name': 'openai' };
    const details = {
      ...genAiTokens(call),
      'gen_ai.usage.cache_read.input_tokens': call.figures.read,
      'gen_ai.usage.reasoning.output_tokens': call.figures.reasoning,
    };
    const client = over(
      call,
      'opentelemetry.instrumentation.genai.openai@1.3b0',
      `chat ${call.model}`,
      course(call, asked, genAiAnswered(call), details),
      { kind: 'client' },
    );
    if (call.failed) return one(client);
    const server = { start_ms: call.start_ms + 1, end_ms: call.end_ms - 1 };
    const echo = {
      'gen_ai.usage.prompt_tokens': inputOf(call.figures),
      'gen_ai.usage.completion_tokens': outputOf(call.figures),
      'gen_ai.usage.num_sequences': 1,
      'gen_ai.request.id': `cmpl-${call.start_ms}`,
      'gen_ai.response.model': call.response_model,
      'gen_ai.latency.time_to_first_token': 0.02,
      'gen_ai.latency.e2e': 0.05,
    };
    return {
      spans: [client],
      beneath: [over(server, 'vllm.llm_engine', 'llm_request', echo, { kind: 'server' })],
    };
  },
};

export const vllmAlone: Teller = {
  ...vllm,
  emitter: 'vLLM server alone',
  dialect: 'vllm',
  not_carried: [
    ...CLIENT_ONLY,
    noCache('no attribute for cached tokens'),
    lost('reasoning', 'no attribute for it'),
    lost('record', 'a refused request has no span', '', { failed: true }),
    lost('provider', 'the operator runs the model'),
    lost('response_id', 'its own request id stands where the answer id would'),
  ],
  call: (call) => {
    if (call.failed) return null;
    const echo = {
      'gen_ai.usage.prompt_tokens': inputOf(call.figures),
      'gen_ai.usage.completion_tokens': outputOf(call.figures),
      'gen_ai.usage.num_sequences': 1,
      'gen_ai.request.id': `cmpl-${call.start_ms}`,
      'gen_ai.response.model': call.model,
      'gen_ai.latency.time_to_first_token': 0.02,
      'gen_ai.latency.e2e': 0.05,
    };
    return one(over(call, 'vllm.llm_engine', 'llm_request', echo, { kind: 'server' }));
  },
};

export const openRouter: Teller = {
  emitter: 'OpenRouter, broadcast',
  versions: '2026',
  evidence: 'reference',
  dialect: 'openrouter',
  providers: ['openai', 'anthropic'],
  embeddings: false,
  audio: false,
  asks_usage: true,
  not_carried: [
    ...CLIENT_ONLY,
    NO_LIFETIMES,
    lost('provider', 'the gateway itself bills, whoever answered'),
  ],
  call: (call) => {
    const asked = {
      ...genAiAsked(call),
      'gen_ai.provider.name': call.provider,
      'openrouter.source': 'broadcast',
    };
    const usage = {
      ...genAiTokens(call),
      'gen_ai.usage.cache_read.input_tokens': call.figures.read,
      'gen_ai.usage.cache_creation.input_tokens': call.figures.write_5m + call.figures.write_1h,
      'gen_ai.usage.reasoning.output_tokens': call.figures.reasoning,
    };
    const attributes = course(call, asked, genAiAnswered(call), usage);
    return one(over(call, 'openrouter', `chat ${call.model}`, attributes, { kind: 'client' }));
  },
};
