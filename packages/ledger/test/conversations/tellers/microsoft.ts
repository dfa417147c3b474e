// Microsoft's three: Agent Framework with sums on its agents, Semantic Kernel with input and output
// alone, AutoGen without any call.

import type { Call, Figures, ProviderName } from '../conversation.ts';
import { inputOf, outputOf, providerFinish, uncachedOf, written } from '../provider-words.ts';
import {
  course,
  genAiAgent,
  genAiAnswered,
  genAiAsked,
  genAiTool,
  lost,
  modelOf,
  NO_CONVERSATION,
  NO_LIFETIMES,
  NO_USER,
  noCache,
  one,
  over,
  sumOf,
} from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Teller } from '../teller.ts';

const silent = (reason: string) =>
  lost('usage', 'a stream without include_usage has no figures', reason, { usage_sent: false });

const FRAMEWORK = 'agent_framework@1.23.0';
const usage = (figures: Figures, provider: ProviderName): Attributes => ({
  'gen_ai.usage.input_tokens': provider === 'anthropic' ? uncachedOf(figures) : inputOf(figures),
  'gen_ai.usage.output_tokens': outputOf(figures),
  'gen_ai.usage.cache_read.input_tokens': figures.read,
  'gen_ai.usage.cache_creation.input_tokens': provider === 'anthropic' ? written(figures) : null,
  'gen_ai.usage.reasoning.output_tokens': figures.reasoning,
});

export const agentFramework: Teller = {
  emitter: 'Microsoft Agent Framework (Python)',
  versions: '1.23',
  evidence: 'captures',
  dialect: 'agent-framework',
  providers: ['openai', 'anthropic'],
  embeddings: false,
  audio: false,
  not_carried: [NO_CONVERSATION, NO_USER, NO_LIFETIMES, silent('emitter_reports_no_usage')],
  agent: genAiAgent(FRAMEWORK, (agent) => ({
    'gen_ai.agent.id': `id-${agent.start_ms}`,
    'gen_ai.provider.name': 'microsoft.agent_framework',
    'gen_ai.request.model': modelOf(agent).model,
    ...usage(sumOf(agent), modelOf(agent).provider),
  })),
  call: (call) => {
    const asked = { ...genAiAsked(call), 'gen_ai.provider.name': call.provider };
    const answered = {
      ...genAiAnswered(call),
      'gen_ai.response.finish_reasons': JSON.stringify([providerFinish(call)]),
    };
    const attributes = course(call, asked, answered, usage(call.figures, call.provider));
    return one(over(call, FRAMEWORK, `chat ${call.model}`, attributes));
  },
  tool: genAiTool(FRAMEWORK, () => ({ 'gen_ai.tool.type': 'function' })),
};

const KERNEL = 'semantic_kernel.utils.telemetry.model_diagnostics.decorators';
export const semanticKernel: Teller = {
  emitter: 'Semantic Kernel (Python)',
  versions: '1.45',
  evidence: 'captures',
  dialect: 'semantic-kernel',
  providers: ['openai'],
  embeddings: false,
  audio: false,
  not_carried: [
    NO_CONVERSATION,
    NO_USER,
    noCache('only input and output are written'),
    lost('reasoning', 'only input and output are written'),
    silent('emitter_reports_no_usage'),
  ],
  agent: (agent) => ({
    spans: [
      over(
        agent,
        'semantic_kernel.utils.telemetry.agent_diagnostics.decorators',
        `invoke_agent ${agent.name}`,
        {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': agent.name,
          'gen_ai.agent.id': `id-${agent.start_ms}`,
        },
      ),
      over(
        agent,
        'semantic_kernel.connectors.ai.chat_completion_client_base',
        'AutoFunctionInvocationLoop',
        {
          'sk.available_functions': 'W-get_weather',
        },
      ),
    ],
  }),
  call: (call: Call) => {
    const asked = { ...genAiAsked(call), 'gen_ai.system': 'openai' };
    const answered = {
      'gen_ai.response.id': call.response_id,
      'gen_ai.response.finish_reason': `FinishReason.${providerFinish(call).toUpperCase()}`,
    };
    const figures = {
      'gen_ai.usage.input_tokens': inputOf(call.figures),
      'gen_ai.usage.output_tokens': outputOf(call.figures),
    };
    return one(over(call, KERNEL, `chat ${call.model}`, course(call, asked, answered, figures)));
  },
  tool: genAiTool('semantic_kernel.functions.kernel_function'),
};

const CALLS_ELSEWHERE = lost('record', 'model calls have no span', 'no_call_telemetry');
export const autogen: Teller = {
  emitter: 'AutoGen (Python)',
  versions: '0.7.5',
  evidence: 'captures',
  dialect: 'autogen',
  providers: ['openai'],
  embeddings: false,
  audio: false,
  not_carried: [CALLS_ELSEWHERE, NO_CONVERSATION, NO_USER],
  agent: genAiAgent('autogen-core', () => ({ 'gen_ai.system': 'autogen' })),
  call: () => null,
  tool: genAiTool('autogen-core', () => ({ 'gen_ai.system': 'autogen' })),
};

export const genAiAgents: Teller = {
  ...autogen,
  emitter: 'opentelemetry-instrumentation-genai-openai-agents (Python)',
  versions: '1.3b0',
  dialect: 'otel-genai',
  agent: genAiAgent('opentelemetry.instrumentation.genai.openai_agents@1.3b0'),
  tool: genAiTool('opentelemetry.instrumentation.genai.openai_agents@1.3b0'),
};

const CREW = 'openinference.instrumentation.crewai@1.1.21';
export const openInferenceCrewAi: Teller = {
  ...autogen,
  emitter: 'OpenInference, CrewAI (Python)',
  versions: '1.1',
  dialect: 'openinference',
  not_carried: [
    CALLS_ELSEWHERE,
    NO_CONVERSATION,
    NO_USER,
    lost('tool_call_id', 'the tool span has no call id'),
  ],
  agent: (agent) =>
    one(
      over(agent, CREW, `${agent.name}._execute_core`, {
        'openinference.span.kind': 'AGENT',
        'graph.node.id': agent.name,
        task_key: 'k',
      }),
    ),
  tool: (tool) =>
    one(
      over(tool, CREW, `${tool.name}.run`, {
        'openinference.span.kind': 'TOOL',
        'tool.name': tool.name,
        'input.value': tool.arguments,
        'output.value': tool.result,
      }),
    ),
};
