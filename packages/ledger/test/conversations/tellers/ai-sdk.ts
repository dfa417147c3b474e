// The Vercel AI SDK 4 to 6 and the legacy mode of 7: a root for each run that repeats its last or
// all of its steps, and a do-span beneath it for each call.

import type { Agent, Call, ProviderName } from '../conversation.ts';
import {
  anthropicUsage,
  finishOf,
  geminiUsage,
  inputOf,
  outputOf,
  totalOf,
  uncachedOf,
  written,
} from '../provider-words.ts';
import { lost, modelOf, NO_AUDIO, NO_LIFETIMES, one, over, sumOf } from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Around, Teller } from '../teller.ts';

const SCOPE = 'ai';
const PROVIDERS: Readonly<Record<ProviderName, string>> = {
  openai: 'openai.chat',
  anthropic: 'anthropic.messages',
  gemini: 'google.generative-ai',
  bedrock: 'amazon-bedrock',
};
const FINISH = { stop: 'stop', asks: 'tool-calls' };

const general = (operation: string, { agent, conversation }: Around): Attributes => ({
  'operation.name': `${operation} ${agent.name}`,
  'resource.name': agent.name,
  'ai.operationId': operation,
  'ai.telemetry.functionId': agent.name,
  'ai.telemetry.metadata.userId': conversation.user,
  'ai.telemetry.metadata.sessionId': conversation.id,
});

const rootOf = (agent: Agent): string =>
  modelOf(agent).streaming ? 'ai.streamText' : 'ai.generateText';

interface Version {
  readonly usage: (call: Pick<Call, 'figures' | 'provider' | 'streaming'>) => Attributes;
  readonly metadata: (call: Call) => object;
  /** The figures that the convention's own names get. */
  readonly input: (call: Call) => number;
  readonly output: (call: Call) => number;
  readonly root: (agent: Agent, version: Version) => Attributes;
}

const lastStep: Version['root'] = (agent, { usage }) => {
  const last = modelOf(agent);
  return last.usage_sent ? usage(last) : {};
};
const allSteps: Version['root'] = (agent, { usage }) =>
  usage({ ...modelOf(agent), figures: sumOf(agent) });

function tellerOf(version: Version, about: Partial<Teller>): Teller {
  return {
    emitter: '',
    versions: '',
    evidence: 'captures',
    dialect: 'ai-sdk',
    providers: ['openai', 'anthropic', 'gemini'],
    embeddings: true,
    audio: false,
    not_carried: [],
    ...about,
    agent: (agent, around) =>
      one(
        over(agent, SCOPE, rootOf(agent), {
          ...general(rootOf(agent), around),
          'ai.model.provider': PROVIDERS[modelOf(agent).provider],
          'ai.model.id': modelOf(agent).model,
          'ai.response.finishReason': 'stop',
          ...version.root(agent, version),
        }),
      ),
    call: (call, around) => (call.kind === 'chat' ? chat(call, around) : embedding(call, around)),
    tool: (tool, around) =>
      one(
        over(tool, SCOPE, 'ai.toolCall', {
          ...general('ai.toolCall', around),
          'ai.toolCall.name': tool.name,
          'ai.toolCall.id': tool.id,
          'ai.toolCall.args': tool.arguments,
          'ai.toolCall.result': tool.failed ? null : tool.result,
        }),
      ),
  };

  function chat(call: Call, around: Around) {
    const name = call.streaming ? 'ai.streamText.doStream' : 'ai.generateText.doGenerate';
    const provider = PROVIDERS[call.provider];
    const asked = {
      ...general(name, around),
      'ai.model.provider': provider,
      'ai.model.id': call.model,
      'ai.prompt.messages': '[{"role":"user","content":"hi"}]',
      'gen_ai.system': provider,
      'gen_ai.request.model': call.model,
    };
    const answered = {
      'ai.response.finishReason': finishOf(call, FINISH),
      'ai.response.id': call.response_id || null,
      'ai.response.model': call.response_model,
      'ai.response.providerMetadata': JSON.stringify(version.metadata(call)),
      'ai.response.msToFirstChunk': call.streaming ? call.first_ms - call.start_ms + 0.25 : null,
      'gen_ai.response.finish_reasons': [finishOf(call, FINISH)],
      'gen_ai.response.id': call.response_id || null,
      'gen_ai.response.model': call.response_model,
    };
    const usage = {
      ...version.usage(call),
      'gen_ai.usage.input_tokens': version.input(call),
      'gen_ai.usage.output_tokens': version.output(call),
    };
    const attributes = call.failed
      ? asked
      : { ...asked, ...answered, ...(call.usage_sent ? usage : {}) };
    return one(over(call, SCOPE, name, attributes));
  }

  function embedding(call: Call, around: Around) {
    const words = (name: string) => ({
      ...general(name, around),
      'ai.model.provider': 'openai.embedding',
      'ai.model.id': call.model,
      'ai.usage.tokens': inputOf(call.figures),
    });
    return {
      spans: [
        over(call, SCOPE, 'ai.embed', words('ai.embed')),
        over(call, SCOPE, 'ai.embed.doEmbed', words('ai.embed.doEmbed')),
      ],
    };
  }
}

const rawInput = ({ provider, figures }: Pick<Call, 'figures' | 'provider'>): number =>
  provider === 'anthropic' ? uncachedOf(figures) : inputOf(figures);

/** Google's thoughts were left out. */
const rawOutput = ({ provider, figures }: Pick<Call, 'figures' | 'provider'>): number =>
  outputOf(figures) - (provider === 'gemini' ? (figures.reasoning ?? 0) : 0);

const google = ({ figures }: Call): object => ({
  google: { groundingMetadata: null, usageMetadata: geminiUsage(figures) },
});

const four: Version = {
  usage: (call) => ({
    'ai.usage.promptTokens': rawInput(call),
    'ai.usage.completionTokens': rawOutput(call),
  }),
  metadata: (call) => {
    const { provider, figures } = call;
    if (provider === 'gemini') return google(call);
    return provider === 'anthropic'
      ? {
          anthropic: {
            cacheCreationInputTokens: written(figures),
            cacheReadInputTokens: figures.read,
          },
        }
      : { openai: { cachedPromptTokens: figures.read, reasoningTokens: figures.reasoning } };
  },
  input: rawInput,
  output: rawOutput,
  root: lastStep,
};

const five: Version = {
  usage: (call) =>
    call.streaming
      ? {
          'ai.usage.inputTokens': rawInput(call),
          'ai.usage.outputTokens': rawOutput(call),
          'ai.usage.totalTokens': rawInput(call) + outputOf(call.figures),
          'ai.usage.reasoningTokens': call.figures.reasoning,
          'ai.usage.cachedInputTokens': call.figures.read,
        }
      : {
          'ai.usage.promptTokens': rawInput(call),
          'ai.usage.completionTokens': rawOutput(call),
        },
  metadata: (call) => {
    const { provider, figures } = call;
    if (provider === 'gemini') return google(call);
    return provider === 'anthropic'
      ? {
          anthropic: { usage: anthropicUsage(figures), cacheCreationInputTokens: written(figures) },
        }
      : { openai: {} };
  },
  input: rawInput,
  output: rawOutput,
  root: (agent, version) =>
    modelOf(agent).streaming ? allSteps(agent, version) : lastStep(agent, version),
};

const six: Version = {
  usage: ({ figures }) => ({
    'ai.usage.inputTokens': inputOf(figures),
    'ai.usage.outputTokens': outputOf(figures),
    'ai.usage.totalTokens': totalOf(figures),
    'ai.usage.reasoningTokens': figures.reasoning,
    'ai.usage.cachedInputTokens': figures.read,
    'ai.usage.inputTokenDetails.noCacheTokens': uncachedOf(figures),
    'ai.usage.inputTokenDetails.cacheReadTokens': figures.read,
    'ai.usage.inputTokenDetails.cacheWriteTokens': written(figures),
    'ai.usage.outputTokenDetails.textTokens': figures.answer,
    'ai.usage.outputTokenDetails.reasoningTokens': figures.reasoning,
  }),
  metadata: () => ({}),
  input: ({ figures }) => inputOf(figures),
  output: ({ figures }) => outputOf(figures),
  root: allSteps,
};

const NO_WORD_ON_STREAMS = lost('usage', 'the stream brought no usage', 'stream_without_usage', {
  usage_sent: false,
});

export const aiSdk4 = tellerOf(four, {
  emitter: 'Vercel AI SDK 4',
  versions: '4.x',
  evidence: 'captures',
  not_carried: [NO_LIFETIMES, NO_AUDIO, NO_WORD_ON_STREAMS],
});

export const aiSdk5 = tellerOf(five, {
  emitter: 'Vercel AI SDK 5',
  versions: '5.0.277',
  not_carried: [
    lost('cache', 'generateText writes no details of OpenAI', 'class_not_reported', {
      provider: 'openai',
      streaming: false,
    }),
    lost('reasoning', 'generateText writes no details of OpenAI', '', {
      provider: 'openai',
      streaming: false,
    }),
    NO_AUDIO,
    NO_WORD_ON_STREAMS,
  ],
});

export const aiSdk6 = tellerOf(six, {
  emitter: 'Vercel AI SDK 6, and the legacy mode of 7',
  versions: '6.0.326, 7.0.173 with LegacyOpenTelemetry',
  not_carried: [NO_LIFETIMES, NO_AUDIO, NO_WORD_ON_STREAMS],
});
