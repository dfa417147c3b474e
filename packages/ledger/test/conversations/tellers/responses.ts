// The Responses API of OpenAI, as its clients' instrumentations tell of it: other words for the usage,
// ids of another kind, and streams that always bring their figures.

import { responsesAnswerOf, responsesUsage } from '../provider-words.ts';
import type { Call } from '../conversation.ts';
import { one } from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Teller } from '../teller.ts';
import { logfireOpenAi } from './logfire.ts';
import { llm, openInferenceOpenAi } from './openinference.ts';
import { genAiOpenAi } from './opentelemetry.ts';
import { traceloopPython } from './traceloop.ts';

function responses(
  teller: Teller,
  name: string,
  more: (call: Call) => Attributes = () => ({}),
): Teller {
  return {
    ...teller,
    emitter: `${teller.emitter}, Responses API`,
    embeddings: false,
    audio: false,
    asks_usage: true,
    responses: true,
    call: (call, around) => {
      const told = teller.call(call, around);
      const [span] = told?.spans ?? [];
      if (span === undefined) return told;
      return one({ ...span, name, attributes: { ...span.attributes, ...more(call) } });
    },
  };
}

export const genAiResponses = responses(genAiOpenAi, 'chat gpt-4o', () => ({
  'openai.api.type': 'responses',
}));

export const traceloopResponses = responses(traceloopPython, 'openai.response');

export const logfireResponses = responses(
  logfireOpenAi,
  'Responses API with {gen_ai.request.model!r}',
  (call) => ({
    'gen_ai.usage.raw': call.failed ? null : JSON.stringify(responsesUsage(call.figures)),
  }),
);

export const openInferenceResponses: Teller = responses(
  {
    ...openInferenceOpenAi,
    call: llm(
      'openinference.instrumentation.openai@0.1.66',
      'Response',
      undefined,
      responsesAnswerOf,
    ),
  },
  'Response',
);

/** Without the counts in attributes: the kept answer alone has the figures. */
export const openInferenceAnswers: Teller = {
  ...openInferenceResponses,
  emitter: 'OpenInference, OpenAI client, figures in the kept answer alone',
  evidence: 'reference',
  call: llm(
    'openinference.instrumentation.openai@0.1.66',
    'Response',
    () => ({}),
    responsesAnswerOf,
  ),
};
