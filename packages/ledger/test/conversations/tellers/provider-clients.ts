// Clients that trace themselves or are traced by their cloud: Google GenAI, Bedrock through botocore
// and the AWS SDK, and Anthropic's own spans.

import type { Call } from '../conversation.ts';
import { inputOf, outputOf, providerFinish, uncachedOf, written } from '../provider-words.ts';
import {
  CLIENT_ONLY,
  course,
  genAiAnswered,
  genAiAsked,
  genAiTokens,
  lost,
  NO_LIFETIMES,
  one,
  over,
} from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Teller } from '../teller.ts';

const ABILITIES = { embeddings: false, audio: false, not_carried: CLIENT_ONLY };

const GOOGLE_SCOPE = 'opentelemetry.instrumentation.google_genai@1.3b0';
export const googleGenAi: Teller = {
  ...ABILITIES,
  emitter: 'opentelemetry-instrumentation-google-genai (Python)',
  versions: '1.3b0',
  evidence: 'captures',
  dialect: 'google-genai',
  providers: ['gemini'],
  call: (call) => {
    const asked = {
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.provider.name': 'gemini',
      'gen_ai.request.model': call.model,
      'gen_ai.request.stream': call.streaming || null,
    };
    const usage = {
      ...genAiTokens(call),
      'gen_ai.usage.cache_read.input_tokens': call.figures.read,
      'gen_ai.usage.reasoning.output_tokens': call.figures.reasoning,
    };
    const attributes = course(call, asked, genAiAnswered(call), usage);
    const span = over(call, GOOGLE_SCOPE, `generate_content ${call.model}`, attributes, {
      kind: 'client',
    });
    const event = { event_name: 'gen_ai.client.inference.operation.details', attributes };
    return one(span, [{ scope: GOOGLE_SCOPE, at_ms: call.end_ms, ...event }]);
  },
};

/** Input without its cache, as Bedrock's Converse answers it. */
const converse = ({ figures }: Call): Attributes => ({
  'gen_ai.usage.input_tokens': uncachedOf(figures),
  'gen_ai.usage.output_tokens': outputOf(figures),
  'gen_ai.usage.cache_read.input_tokens': figures.read,
});

function bedrock(scope: string, asked: Attributes, usage: (call: Call) => Attributes) {
  return ((call) => {
    const attributes = course(
      call,
      { ...asked, ...genAiAsked(call) },
      { 'gen_ai.response.finish_reasons': [providerFinish(call)] },
      usage(call),
    );
    return one(over(call, scope, `chat ${call.model}`, attributes, { kind: 'client' }));
  }) satisfies Teller['call'];
}

const BOTO_SCOPE = 'opentelemetry.instrumentation.botocore.bedrock-runtime@0.66b2';
export const botocore: Teller = {
  ...ABILITIES,
  emitter: 'opentelemetry-instrumentation-botocore, Bedrock (Python)',
  versions: '0.66b2',
  evidence: 'captures',
  dialect: 'aws-bedrock',
  providers: ['bedrock'],
  not_carried: [...CLIENT_ONLY, NO_LIFETIMES],
  call: bedrock(
    BOTO_SCOPE,
    { 'rpc.system': 'aws-api', 'rpc.method': 'Converse', 'gen_ai.system': 'aws.bedrock' },
    (call) => ({
      ...converse(call),
      'gen_ai.usage.cache_creation.input_tokens': written(call.figures),
    }),
  ),
};

export const botocoreInvoke: Teller = {
  ...botocore,
  emitter: 'opentelemetry-instrumentation-botocore, Bedrock InvokeModel (Python)',
  not_carried: [
    ...CLIENT_ONLY,
    lost(
      'cached_input',
      'InvokeModel answers in the words of the model, of which input and output alone are copied',
      'input_may_exclude_cache',
    ),
  ],
  call: bedrock(
    BOTO_SCOPE,
    { 'rpc.system': 'aws-api', 'rpc.method': 'InvokeModel', 'gen_ai.system': 'aws.bedrock' },
    ({ figures }) => ({
      'gen_ai.usage.input_tokens': uncachedOf(figures),
      'gen_ai.usage.output_tokens': outputOf(figures),
    }),
  ),
};

export const genAiBedrock: Teller = {
  ...botocore,
  emitter: 'opentelemetry-instrumentation-genai-bedrock (Python)',
  versions: '1.3b0',
  call: bedrock(
    'opentelemetry.instrumentation.genai.bedrock@1.3b0',
    { 'gen_ai.provider.name': 'aws.bedrock' },
    (call) => ({
      ...converse(call),
      'gen_ai.usage.cache_write.input_tokens': written(call.figures),
    }),
  ),
};

export const awsSdkBedrock: Teller = {
  ...botocoreInvoke,
  emitter: '@opentelemetry/instrumentation-aws-sdk, Bedrock',
  versions: '0.60 and later',
  evidence: 'reference',
  call: bedrock(
    '@opentelemetry/instrumentation-aws-sdk@0.60.0',
    { 'rpc.system': 'aws-api', 'rpc.method': 'Converse', 'gen_ai.system': 'aws.bedrock' },
    ({ figures }) => ({
      'gen_ai.usage.input_tokens': uncachedOf(figures),
      'gen_ai.usage.output_tokens': outputOf(figures),
    }),
  ),
};

const native =
  (scope: string): Teller['call'] =>
  (call) => {
    const { figures } = call;
    const attributes = course(
      call,
      { ...genAiAsked(call), 'gen_ai.provider.name': 'anthropic' },
      {
        'gen_ai.response.id': call.response_id,
        'gen_ai.response.model': call.response_model,
        'anthropic.message.stop_reason': call.cut ? null : providerFinish(call),
      },
      {
        'gen_ai.usage.input_tokens': inputOf(figures),
        'gen_ai.usage.output_tokens': call.cut ? null : outputOf(figures),
        'gen_ai.usage.cache_read.input_tokens': figures.read,
        'gen_ai.usage.cache_write.input_tokens': written(figures),
        'anthropic.usage.cache_creation.ephemeral_5m_input_tokens': figures.write_5m,
        'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': figures.write_1h,
      },
    );
    return one(
      over(call, scope, 'anthropic.messages.create', attributes, {
        kind: 'client',
        status: call.failed || call.cut ? 'error' : 'ok',
      }),
    );
  };

export const anthropicJs: Teller = {
  ...ABILITIES,
  emitter: 'Anthropic SDK, JavaScript, own spans',
  versions: '0.134 and later, 1.11',
  evidence: 'captures',
  dialect: 'anthropic-native',
  providers: ['anthropic'],
  cuts: true,
  not_carried: [
    ...CLIENT_ONLY,
    lost('output', 'a stream that broke off never told its output', 'partial_usage', { cut: true }),
  ],
  call: native('com.anthropic.sdk.typescript@1.11.0'),
};

export const anthropicPython: Teller = {
  ...anthropicJs,
  emitter: 'Anthropic SDK, Python, own spans',
  versions: '2.11',
  call: native('com.anthropic.sdk.python@2.11.0'),
};
