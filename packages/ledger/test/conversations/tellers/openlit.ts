// OpenLIT: spans of a client and a log event for each; its own guess where a stream brought no usage,
// and Anthropic's input without the cache.

import type { Call } from '../conversation.ts';
import { inputOf, outputOf, uncachedOf, written } from '../provider-words.ts';
import {
  CLIENT_ONLY,
  course,
  genAiAnswered,
  genAiAsked,
  lost,
  NO_LIFETIMES,
  one,
  over,
} from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Teller } from '../teller.ts';

const GUESS = { 'gen_ai.usage.input_tokens': 30, 'gen_ai.usage.output_tokens': 7 };

/** In JavaScript a stream of Anthropic adds what its first event counts, which is one. */
function usageOf(call: Call, adds: boolean): Attributes {
  const { figures, provider, usage_sent, kind, streaming } = call;
  if (!usage_sent) return { ...GUESS, 'gen_ai.usage.cost': 0, 'gen_ai.client.token.usage': 37 };
  const input = provider === 'anthropic' ? uncachedOf(figures) : inputOf(figures);
  const output = outputOf(figures) + (adds && streaming ? 1 : 0);
  if (kind === 'embedding') return { 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.cost': 0 };
  return {
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': output,
    'gen_ai.usage.total_tokens': input + output,
    'gen_ai.client.token.usage': input + output,
    'gen_ai.usage.cache_read.input_tokens': adds ? null : figures.read,
    'gen_ai.usage.cache_creation.input_tokens':
      provider === 'anthropic' && !adds ? written(figures) : null,
    'gen_ai.usage.reasoning_tokens': figures.reasoning,
    'gen_ai.usage.cost': 0,
  };
}

function client(scope: string, adds = false): Teller['call'] {
  return (call) => {
    const asked = {
      ...genAiAsked(call),
      'telemetry.sdk.name': 'openlit',
      'gen_ai.provider.name': call.provider,
      'gen_ai.request.is_stream': call.streaming,
      'gen_ai.request.temperature': 1,
    };
    const attributes = course(
      call,
      asked,
      { ...genAiAnswered(call), ...(call.failed ? {} : usageOf(call, adds)) },
      {},
    );
    const span = over(call, scope, `chat ${call.model}`, attributes, { kind: 'client' });
    if (call.failed || call.kind === 'embedding') return one(span);
    const event = { event_name: 'gen_ai.client.inference.operation.details', at_ms: call.end_ms };
    return one(span, [{ scope, attributes, ...event }]);
  };
}

export const openlitOpenAi: Teller = {
  emitter: 'OpenLIT, OpenAI client (Python)',
  versions: '1.45',
  evidence: 'captures',
  dialect: 'openlit',
  providers: ['openai'],
  embeddings: true,
  audio: false,
  not_carried: [
    ...CLIENT_ONLY,
    lost(
      'usage',
      'where a stream brought no usage it writes a guess of its own',
      'emitter_estimate_only',
      {
        usage_sent: false,
      },
    ),
  ],
  call: client('openlit.instrumentation.openai@1.45.0'),
};

export const openlitAnthropic: Teller = {
  ...openlitOpenAi,
  emitter: 'OpenLIT, Anthropic client (Python)',
  providers: ['anthropic'],
  embeddings: false,
  not_carried: [...CLIENT_ONLY, NO_LIFETIMES],
  call: client('openlit.instrumentation.anthropic@1.45.0'),
};

export const openlitJs: Teller = {
  ...openlitAnthropic,
  emitter: 'OpenLIT, Anthropic client (JavaScript)',
  versions: '1.15',
  evidence: 'captures',
  not_carried: [
    ...CLIENT_ONLY,
    lost('cached_input', 'the cache is not written', 'input_may_exclude_cache'),
  ],
  call: client('@openlit/instrumentation-anthropic@1.15.0', true),
};
