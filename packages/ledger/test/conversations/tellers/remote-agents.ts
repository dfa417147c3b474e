// Agents that another system runs: the caller has a CLIENT span with the sum of the run and hears of
// none of its calls. And Microsoft's clients and agents in .NET.

import type { Call } from '../conversation.ts';
import { inputOf, outputOf } from '../provider-words.ts';
import {
  course,
  genAiAgent,
  genAiAnswered,
  genAiAsked,
  genAiTokens,
  genAiTool,
  lost,
  modelOf,
  NO_CONVERSATION,
  NO_USER,
  noCache,
  NO_LIFETIMES,
  one,
  OTEL_PROVIDERS,
  over,
  sumOf,
} from '../speech.ts';
import type { Teller } from '../teller.ts';
import { semanticKernel } from './microsoft.ts';

const REMOTE = 'acme.remote_agents@1.0.0';
export const remoteAgent: Teller = {
  emitter: 'OpenTelemetry GenAI conventions, an agent of another system',
  versions: 'semantic-conventions-genai 1.42-dev',
  evidence: 'reference',
  dialect: 'otel-generic',
  providers: ['openai', 'bedrock'],
  embeddings: false,
  audio: false,
  nested: false,
  asks_usage: true,
  not_carried: [
    NO_USER,
    NO_LIFETIMES,
    lost('single_calls', 'a run is told as one sum', 'aggregate_only'),
    lost('tools', 'tools run where the agent does'),
  ],
  agent: (agent, { conversation }) => {
    const sum = sumOf(agent);
    const asked = modelOf(agent);
    const words = {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.provider.name': OTEL_PROVIDERS[asked.provider],
      'gen_ai.agent.name': agent.name,
      'gen_ai.agent.id': `id-${agent.start_ms}`,
      'gen_ai.request.model': asked.model,
      'gen_ai.conversation.id': conversation.id,
      ...genAiTokens({ figures: sum, kind: 'chat' }),
      'gen_ai.usage.cache_read.input_tokens': sum.read,
      'gen_ai.usage.cache_creation.input_tokens': sum.write_5m + sum.write_1h,
      'gen_ai.usage.reasoning.output_tokens': asked.provider === 'openai' ? sum.reasoning : null,
    };
    return one(over(agent, REMOTE, `invoke_agent ${agent.name}`, words, { kind: 'client' }));
  },
  call: () => null,
};

const EXTENSIONS = 'Experimental.Microsoft.Extensions.AI@9.8.0';
const AGENTS = 'Experimental.Microsoft.Agents.AI@1.0.0';
const dotnetCall =
  (scope: string, details: boolean): Teller['call'] =>
  (call: Call) => {
    const { figures } = call;
    const asked = { ...genAiAsked(call), 'gen_ai.provider.name': 'openai' };
    const usage = {
      ...genAiTokens(call),
      'gen_ai.usage.cache_read.input_tokens': details ? figures.read : null,
      'gen_ai.usage.reasoning.output_tokens': details ? figures.reasoning : null,
    };
    const attributes = course(call, asked, genAiAnswered(call), usage);
    return one(over(call, scope, `chat ${call.model}`, attributes, { kind: 'client' }));
  };

/** The chat client and the agent above it write spans through sources of their own. */
export const agentFrameworkDotnet: Teller = {
  emitter: 'Microsoft Agent Framework and Extensions.AI (.NET)',
  versions: '9.x',
  evidence: 'reference',
  dialect: 'agent-framework',
  providers: ['openai'],
  embeddings: false,
  audio: false,
  not_carried: [
    NO_CONVERSATION,
    NO_USER,
    lost('usage', 'the stream brought no usage', 'emitter_reports_no_usage', { usage_sent: false }),
  ],
  agent: genAiAgent(AGENTS, (agent) => ({
    'gen_ai.agent.id': `id-${agent.start_ms}`,
    'gen_ai.provider.name': 'openai',
    'gen_ai.usage.input_tokens': inputOf(sumOf(agent)),
    'gen_ai.usage.output_tokens': outputOf(sumOf(agent)),
  })),
  call: dotnetCall(EXTENSIONS, true),
  tool: genAiTool(EXTENSIONS, () => ({ 'gen_ai.tool.type': 'function' })),
};

export const semanticKernelDotnet: Teller = {
  ...semanticKernel,
  emitter: 'Semantic Kernel (.NET)',
  versions: '1.x',
  evidence: 'reference',
  not_carried: [
    NO_CONVERSATION,
    NO_USER,
    noCache('only input and output are written'),
    lost('reasoning', 'only input and output are written'),
    lost('usage', 'the stream brought no usage', 'emitter_reports_no_usage', { usage_sent: false }),
  ],
  agent: genAiAgent('Microsoft.SemanticKernel.Agents.ChatCompletionAgent'),
  call: dotnetCall('Microsoft.SemanticKernel.Connectors.OpenAI', false),
  tool: genAiTool('Microsoft.SemanticKernel'),
};
