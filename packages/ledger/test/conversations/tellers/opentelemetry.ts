// OpenTelemetry's current conventions for generative AI: inference, tool and agent spans, with every
// token in the input figure and the details beside it.

import { inputOf, outputOf, written } from '../provider-words.ts';
import {
  CLIENT_ONLY,
  course,
  EVERY_PROVIDER,
  genAiAgent,
  genAiAnswered,
  genAiAsked,
  genAiTokens,
  genAiTool,
  lost,
  NO_AUDIO,
  NO_CONVERSATION,
  NO_LIFETIMES,
  NO_USER,
  one,
  OTEL_PROVIDERS,
  over,
  sumOf,
} from '../speech.ts';
import type { Call } from '../conversation.ts';
import type { Attributes } from '../tape.ts';
import type { Teller } from '../teller.ts';

const SCOPE = 'opentelemetry.util.genai.handler@1.3b0';

export const otelCurrent: Teller = {
  emitter: 'OpenTelemetry GenAI conventions, current',
  versions: 'semantic-conventions-genai 1.42-dev',
  evidence: 'reference',
  dialect: 'otel-genai',
  providers: EVERY_PROVIDER,
  embeddings: true,
  audio: true,
  not_carried: [NO_USER, NO_LIFETIMES],
  agent: genAiAgent(SCOPE, (agent, { conversation }) => ({
    'gen_ai.conversation.id': conversation.id,
    'gen_ai.usage.input_tokens': inputOf(sumOf(agent)),
    'gen_ai.usage.output_tokens': outputOf(sumOf(agent)),
  })),
  call: (call, { conversation }) => {
    const asked = {
      ...genAiAsked(call),
      'gen_ai.provider.name': OTEL_PROVIDERS[call.provider],
      'gen_ai.request.stream': call.streaming || null,
      'gen_ai.conversation.id': conversation.id,
    };
    const usage = {
      ...genAiTokens(call),
      'gen_ai.usage.cache_read.input_tokens': call.figures.read,
      'gen_ai.usage.cache_write.input_tokens': written(call.figures),
      'gen_ai.usage.reasoning.output_tokens': call.figures.reasoning,
      'gen_ai.usage.audio.input_tokens': call.figures.audio_in || null,
      'gen_ai.usage.audio.output_tokens': call.figures.audio_out || null,
    };
    const attributes = course(call, asked, genAiAnswered(call), usage);
    return one(over(call, SCOPE, `chat ${call.model}`, attributes, { kind: 'client' }));
  },
  tool: genAiTool(SCOPE),
};

const client = (scope: string, details: (call: Call) => Attributes, system = false) =>
  ((call) => {
    const provider = OTEL_PROVIDERS[call.provider];
    const known = {
      ...genAiAsked(call),
      ...(system ? { 'gen_ai.system': provider } : { 'gen_ai.provider.name': provider }),
    };
    const usage = { ...genAiTokens(call), ...details(call) };
    const asked = {
      ...known,
      'gen_ai.request.stream': call.streaming && !system ? true : null,
    };
    const attributes = course(call, asked, genAiAnswered(call), usage);
    return one(over(call, scope, `chat ${call.model}`, attributes, { kind: 'client' }));
  }) satisfies Teller['call'];

/** OpenTelemetry's Python instrumentation of the OpenAI client. */
export const genAiOpenAi: Teller = {
  emitter: 'opentelemetry-instrumentation-genai-openai (Python)',
  versions: '1.3b0',
  evidence: 'captures',
  dialect: 'otel-genai',
  providers: ['openai'],
  embeddings: true,
  audio: false,
  not_carried: CLIENT_ONLY,
  call: client('opentelemetry.instrumentation.genai.openai@1.3b0', ({ figures, kind }) => ({
    'gen_ai.usage.cache_read.input_tokens': kind === 'chat' ? figures.read : null,
    'gen_ai.usage.reasoning.output_tokens': kind === 'chat' ? figures.reasoning : null,
  })),
};

/** OpenTelemetry's Python instrumentation of the Anthropic client. */
export const genAiAnthropic: Teller = {
  emitter: 'opentelemetry-instrumentation-genai-anthropic (Python)',
  versions: '1.3b0',
  evidence: 'captures',
  dialect: 'otel-genai',
  providers: ['anthropic'],
  embeddings: false,
  audio: false,
  not_carried: [...CLIENT_ONLY, NO_LIFETIMES],
  call: client('opentelemetry.instrumentation.genai.anthropic@1.3b0', ({ figures }) => ({
    'gen_ai.usage.cache_read.input_tokens': figures.read,
    'gen_ai.usage.cache_write.input_tokens': written(figures),
  })),
};

/** OpenTelemetry's Python instrumentation of LangChain: agents, tools and calls. */
export const genAiLangChain: Teller = {
  ...genAiOpenAi,
  emitter: 'opentelemetry-instrumentation-genai-langchain (Python)',
  embeddings: false,
  not_carried: [NO_CONVERSATION, NO_USER, NO_AUDIO],
  agent: genAiAgent('opentelemetry.instrumentation.genai.langchain@1.3b0'),
  call: client('opentelemetry.instrumentation.genai.langchain@1.3b0', ({ figures }) => ({
    'gen_ai.usage.cache_read.input_tokens': figures.read,
    'gen_ai.usage.reasoning.output_tokens': figures.reasoning,
  })),
  tool: genAiTool('opentelemetry.instrumentation.genai.langchain@1.3b0'),
};

/** Conventions up to 1.36, as the contrib instrumentation of the OpenAI client writes them. */
export const openAiV2: Teller = {
  ...genAiOpenAi,
  emitter: 'opentelemetry-instrumentation-openai-v2 (Python)',
  versions: '2.1b0',
  not_carried: [
    ...CLIENT_ONLY,
    lost('cache', 'only input and output are written', 'class_not_reported'),
    lost('reasoning', 'only input and output are written'),
  ],
  call: client('opentelemetry.instrumentation.openai_v2@2.1b0', () => ({}), true),
};

/** The official JavaScript instrumentation of the OpenAI client. */
export const openAiJs: Teller = {
  ...openAiV2,
  emitter: '@opentelemetry/instrumentation-openai',
  versions: '0.22',
  call: client('@opentelemetry/instrumentation-openai@0.22.0', () => ({}), true),
};

/** Conventions before 1.27: prompt and completion tokens. */
export const otelFirst: Teller = {
  ...openAiV2,
  emitter: 'OpenTelemetry GenAI conventions up to 1.26',
  versions: 'semantic conventions 1.25 to 1.26',
  evidence: 'reference',
  dialect: 'otel-generic',
  not_carried: [
    ...openAiV2.not_carried,
    lost('usage', 'nothing says that the call was a stream', 'emitter_reports_no_usage', {
      usage_sent: false,
    }),
  ],
  call: (call) => {
    const usage = {
      'gen_ai.usage.prompt_tokens': inputOf(call.figures),
      'gen_ai.usage.completion_tokens': call.kind === 'chat' ? outputOf(call.figures) : null,
    };
    const asked = { ...genAiAsked(call), 'gen_ai.system': 'openai' };
    const attributes = course(call, asked, genAiAnswered(call), usage);
    return one(
      over(call, 'my.openai.client', `chat ${call.model}`, attributes, { kind: 'client' }),
    );
  },
};
