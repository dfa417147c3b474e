// Emitters that use the conventions with names of their own: LiveKit, Datadog, Sentry, Spring AI,
// Alibaba's LoongSuite, Flue, OpenCode; and one that nobody has heard of.

import type { Call } from '../conversation.ts';
import { inputOf, outputOf, totalOf, uncachedOf, written } from '../provider-words.ts';
import {
  CLIENT_ONLY,
  course,
  genAiAgent,
  genAiAnswered,
  genAiAsked,
  genAiTokens,
  genAiTool,
  lost,
  NO_CONVERSATION,
  NO_LIFETIMES,
  NO_USER,
  one,
  over,
  sumOf,
} from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Teller } from '../teller.ts';

const silent = (reason: string) =>
  lost('usage', 'the stream brought no usage', reason, { usage_sent: false });

const ABILITIES = {
  evidence: 'reference',
  embeddings: false,
  audio: false,
} as const;

function call(
  scope: string,
  asked: (call: Call) => Attributes,
  usage: (call: Call) => Attributes,
  name = '',
) {
  return ((told) => {
    const attributes = course(
      told,
      { ...genAiAsked(told), ...asked(told) },
      genAiAnswered(told),
      usage(told),
    );
    return one(over(told, scope, name || `chat ${told.model}`, attributes, { kind: 'client' }));
  }) satisfies Teller['call'];
}

const provider = (told: Call): Attributes => ({ 'gen_ai.provider.name': told.provider });

export const liveKit: Teller = {
  ...ABILITIES,
  emitter: 'LiveKit Agents',
  versions: '1.x',
  dialect: 'livekit',
  providers: ['openai'],
  not_carried: [NO_CONVERSATION, NO_USER, silent('stream_without_usage')],
  agent: genAiAgent('livekit-agents', () => ({ 'lk.agent_name': 'a' })),
  call: call(
    'livekit-agents',
    (told) => ({ ...provider(told), 'lk.response.ttft': told.failed ? null : 0.5 }),
    (told) => ({
      ...genAiTokens(told),
      'gen_ai.usage.cache_read.input_tokens': told.figures.read,
      'gen_ai.usage.reasoning.output_tokens': told.figures.reasoning,
    }),
    'llm_request',
  ),
  tool: genAiTool('livekit-agents', (tool) => ({ 'lk.function_tool.is_error': tool.failed })),
};

export const datadog: Teller = {
  ...ABILITIES,
  emitter: 'Datadog, OTLP output of dd-trace',
  versions: '6.21',
  dialect: 'datadog',
  providers: ['openai', 'anthropic'],
  not_carried: [...CLIENT_ONLY, NO_LIFETIMES, silent('emitter_reports_no_usage')],
  call: call(
    'dd-trace',
    (told) => ({ ...provider(told), '_ml_obs.meta.span.kind': 'llm' }),
    (told) => ({
      ...genAiTokens(told),
      'gen_ai.usage.cache_read_input_tokens': told.figures.read,
      'gen_ai.usage.cache_write_input_tokens': written(told.figures),
      'gen_ai.usage.reasoning_output_tokens': told.figures.reasoning,
    }),
  ),
};

const sentryUsage = (told: Call): Attributes => ({
  ...genAiTokens(told),
  'gen_ai.usage.input_tokens.cached': told.figures.read,
  'gen_ai.usage.input_tokens.cache_write': written(told.figures),
  'gen_ai.usage.output_tokens.reasoning': told.figures.reasoning,
  'gen_ai.usage.total_tokens': totalOf(told.figures),
});

export const sentry: Teller = {
  ...ABILITIES,
  emitter: 'Sentry',
  versions: 'sentry-conventions 0.x',
  dialect: 'sentry',
  providers: ['openai', 'anthropic'],
  not_carried: [NO_CONVERSATION, NO_USER, NO_LIFETIMES, silent('emitter_reports_no_usage')],
  agent: genAiAgent('sentry.python', (agent) => ({
    'sentry.op': 'gen_ai.invoke_agent',
    ...genAiTokens({ figures: sumOf(agent), kind: 'chat' }),
  })),
  call: call(
    'sentry.python',
    (told) => ({ 'gen_ai.system': told.provider, 'sentry.op': 'gen_ai.chat' }),
    sentryUsage,
  ),
  tool: genAiTool('sentry.python', () => ({ 'sentry.op': 'gen_ai.execute_tool' })),
};

export const springAi: Teller = {
  ...ABILITIES,
  emitter: 'Spring AI',
  versions: '1.x',
  dialect: 'otel-generic',
  providers: ['openai'],
  is_agent: 'chat_client',
  not_carried: [
    NO_USER,
    lost('tool_call_id', 'the tool span has no call id'),
    lost('cache', 'only input, output and total are written', 'class_not_reported'),
    lost('reasoning', 'only input, output and total are written'),
    silent('emitter_reports_no_usage'),
  ],
  agent: (agent, { conversation }) =>
    one(
      over(agent, 'org.springframework.boot', 'spring_ai chat_client', {
        'gen_ai.operation.name': 'framework',
        'gen_ai.system': 'spring_ai',
        'spring.ai.kind': 'chat_client',
        'spring.ai.chat.client.stream': false,
        'spring.ai.chat.client.conversation.id': conversation.id,
      }),
    ),
  call: call(
    'org.springframework.boot',
    () => ({ 'gen_ai.system': 'openai' }),
    (told) => ({ ...genAiTokens(told), 'gen_ai.usage.total_tokens': totalOf(told.figures) }),
  ),
  tool: (tool) =>
    one(
      over(tool, 'org.springframework.boot', `tool_call ${tool.name}`, {
        'gen_ai.operation.name': 'framework',
        'gen_ai.system': 'spring_ai',
        'spring.ai.kind': 'tool_call',
        'spring.ai.tool.definition.name': tool.name,
        'spring.ai.tool.call.arguments': tool.arguments,
      }),
    ),
};

export const loongSuite: Teller = {
  ...ABILITIES,
  emitter: 'Alibaba LoongSuite',
  versions: '2026',
  dialect: 'loongsuite',
  providers: ['openai'],
  not_carried: [
    NO_CONVERSATION,
    NO_USER,
    lost('cache', 'only input, output and total are written', 'class_not_reported'),
    lost('reasoning', 'only input, output and total are written'),
    silent('emitter_reports_no_usage'),
  ],
  agent: (agent) =>
    one(
      over(agent, 'loongsuite.instrumentation.agentscope', `invoke_agent ${agent.name}`, {
        'gen_ai.span.kind': 'AGENT',
        'gen_ai.agent.name': agent.name,
        'gen_ai.usage.input_tokens': inputOf(sumOf(agent)),
        'gen_ai.usage.output_tokens': outputOf(sumOf(agent)),
      }),
    ),
  call: call(
    'loongsuite.instrumentation.agentscope',
    (told) => ({ 'gen_ai.span.kind': 'LLM', 'gen_ai.system': told.provider }),
    (told) => ({ ...genAiTokens(told), 'gen_ai.usage.total_tokens': totalOf(told.figures) }),
  ),
  tool: (tool) =>
    one(
      over(tool, 'loongsuite.instrumentation.agentscope', `execute_tool ${tool.name}`, {
        'gen_ai.span.kind': 'TOOL',
        'gen_ai.tool.name': tool.name,
        'gen_ai.tool.call.id': tool.id,
      }),
    ),
};

/** Hand-written spans with the conventions' names and the cache left out of Anthropic's input. */
export const unknownEmitter: Teller = {
  ...ABILITIES,
  emitter: 'An emitter that is not known, with old names of the cache',
  versions: 'any',
  dialect: 'otel-generic',
  providers: ['openai', 'anthropic'],
  embeddings: true,
  not_carried: [NO_CONVERSATION, NO_USER, NO_LIFETIMES, silent('emitter_reports_no_usage')],
  agent: genAiAgent('acme-agents'),
  call: call('acme-agents', provider, (told) => ({
    'gen_ai.usage.input_tokens':
      told.provider === 'anthropic' ? uncachedOf(told.figures) : inputOf(told.figures),
    'gen_ai.usage.output_tokens': told.kind === 'chat' ? outputOf(told.figures) : null,
    'gen_ai.usage.cache_read_input_tokens': told.kind === 'chat' ? told.figures.read : null,
    'gen_ai.usage.cache_creation_input_tokens':
      told.provider === 'anthropic' ? written(told.figures) : null,
    'gen_ai.usage.reasoning_tokens': told.kind === 'chat' ? told.figures.reasoning : null,
  })),
  tool: genAiTool('acme-agents'),
};

/** Nothing but a model and figures, and no operation. */
export const bareEmitter: Teller = {
  ...unknownEmitter,
  emitter: 'An emitter that is not known, with a model and figures alone',
  providers: ['openai'],
  embeddings: false,
  not_carried: [
    ...CLIENT_ONLY,
    lost('cache', 'only input and output are written', 'class_not_reported'),
    lost('reasoning', 'only input and output are written'),
    lost('record', 'a refused request looks like any other span', '', { failed: true }),
    lost('record', 'a call without figures looks like any other span', '', { usage_sent: false }),
    lost('provider', 'no attribute for it'),
    lost('response_id', 'no attribute for it'),
  ],
  agent: (agent) => one(over(agent, 'acme-app', agent.name, { 'http.route': '/ask' })),
  call: (told) =>
    one(
      over(
        told,
        'acme-app',
        'ask model',
        told.failed || !told.usage_sent
          ? {}
          : {
              'gen_ai.request.model': told.model,
              'gen_ai.usage.input_tokens': inputOf(told.figures),
              'gen_ai.usage.output_tokens': outputOf(told.figures),
            },
      ),
    ),
  tool: (tool) => one(over(tool, 'acme-app', tool.name, {})),
};
