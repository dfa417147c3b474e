// OpenInference: one kind attribute, flat token counts, provider answers in output.value.

import type { Call, ProviderName } from '../conversation.ts';
import { answerOf, inputOf, outputOf, totalOf, written } from '../provider-words.ts';
import { CLIENT_ONLY, lost, one, over } from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Teller } from '../teller.ts';

const SYSTEMS: Readonly<Record<ProviderName, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'google',
  bedrock: 'aws',
};

const counts = ({ figures, kind, provider }: Call): Attributes => ({
  'llm.token_count.prompt': inputOf(figures),
  'llm.token_count.total': totalOf(figures),
  ...(kind === 'embedding'
    ? {}
    : {
        'llm.token_count.completion': outputOf(figures),
        'llm.token_count.prompt_details.cache_read': figures.read,
        'llm.token_count.prompt_details.cache_write':
          provider === 'anthropic' || provider === 'bedrock' ? written(figures) : null,
        'llm.token_count.prompt_details.audio': figures.audio_in,
        'llm.token_count.completion_details.reasoning': figures.reasoning,
        'llm.token_count.completion_details.audio': figures.audio_out,
      }),
});

export function llm(
  scope: string,
  name: string,
  usage = counts,
  answer = answerOf,
): Teller['call'] {
  return (call) => {
    const embeds = call.kind === 'embedding';
    const asked = {
      'openinference.span.kind': embeds ? 'EMBEDDING' : 'LLM',
      'llm.system': SYSTEMS[call.provider],
      'llm.provider': SYSTEMS[call.provider],
      [embeds ? 'embedding.model_name' : 'llm.model_name']: call.failed
        ? call.model
        : call.response_model,
      'llm.invocation_parameters': JSON.stringify({ model: call.model, stream: call.streaming }),
      'input.value': '{"messages":[{"role":"user","content":"hi"}]}',
      'input.mime_type': 'application/json',
    };
    const streamed = { ...answer(call), usage: undefined, usage_metadata: undefined };
    const answered = {
      'output.value': JSON.stringify(call.usage_sent ? answer(call) : streamed),
      'output.mime_type': 'application/json',
    };
    const attributes = call.failed
      ? asked
      : { ...asked, ...answered, ...(call.usage_sent ? usage(call) : {}) };
    return one(over(call, scope, name, attributes, { status: call.failed ? 'error' : 'ok' }));
  };
}

export const SILENT_STREAM = lost(
  'usage',
  'a stream without include_usage has no figures',
  'stream_without_usage',
  { usage_sent: false },
);

export const openInferenceOpenAi: Teller = {
  emitter: 'OpenInference, OpenAI client',
  versions: 'JavaScript 4.2, Python 0.1.66',
  evidence: 'captures',
  dialect: 'openinference',
  providers: ['openai'],
  embeddings: true,
  audio: true,
  not_carried: [...CLIENT_ONLY, SILENT_STREAM],
  call: llm('openinference.instrumentation.openai@0.1.66', 'ChatCompletion'),
};

export const openInferenceAnthropic: Teller = {
  ...openInferenceOpenAi,
  emitter: 'OpenInference, Anthropic client',
  versions: 'JavaScript 0.2.8, Python 3.1',
  providers: ['anthropic'],
  embeddings: false,
  not_carried: CLIENT_ONLY,
  call: llm('openinference.instrumentation.anthropic@3.1.0', 'messages.create'),
};

export const openInferenceGemini: Teller = {
  ...openInferenceOpenAi,
  emitter: 'OpenInference, Google GenAI client',
  versions: 'Python',
  providers: ['gemini'],
  embeddings: false,
  audio: false,
  not_carried: CLIENT_ONLY,
  call: llm('openinference.instrumentation.google_genai@1.0.0', 'GenerateContent'),
};

/** Unlike Bedrock itself it adds the cache to the input. */
export const openInferenceBedrock: Teller = {
  ...openInferenceGemini,
  emitter: 'OpenInference, Bedrock client',
  providers: ['bedrock'],
  call: llm('openinference.instrumentation.bedrock@0.1.0', 'bedrock.converse'),
};
