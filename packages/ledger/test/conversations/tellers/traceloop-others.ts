// Traceloop over Google, Bedrock, LangChain and OpenAI's agents.

import type { Call } from '../conversation.ts';
import { finishOf, inputOf, outputOf, totalOf, uncachedOf, written } from '../provider-words.ts';
import {
  CLIENT_ONLY,
  course,
  genAiAnswered,
  genAiTokens,
  lost,
  NO_CONVERSATION,
  NO_LIFETIMES,
  NO_USER,
  one,
  over,
} from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Teller } from '../teller.ts';

const FINISH = { stop: 'stop', asks: 'tool_call' };

export const traceloopGoogle: Teller = {
  emitter: 'Traceloop, Google GenAI client (Python)',
  versions: '0.62',
  evidence: 'captures',
  dialect: 'traceloop',
  providers: ['gemini'],
  embeddings: false,
  audio: false,
  not_carried: CLIENT_ONLY,
  call: (call) => {
    const { figures } = call;
    const asked = {
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.provider.name': 'gcp.gen_ai',
      'gen_ai.request.model': call.model,
    };
    // The thoughts are in the total alone.
    const usage = {
      'gen_ai.usage.input_tokens': inputOf(figures),
      'gen_ai.usage.output_tokens': outputOf(figures) - (figures.reasoning ?? 0),
      'gen_ai.usage.total_tokens': totalOf(figures),
      'gen_ai.usage.cache_read.input_tokens': figures.read,
    };
    const attributes = course(call, asked, genAiAnswered(call), usage);
    const scope = 'opentelemetry.instrumentation.google_generativeai@0.62.4';
    return one(over(call, scope, `generate_content ${call.model}`, attributes, { kind: 'client' }));
  },
};

export const traceloopBedrock: Teller = {
  ...traceloopGoogle,
  emitter: 'Traceloop, Bedrock client (Python)',
  providers: ['bedrock'],
  not_carried: [...CLIENT_ONLY, NO_LIFETIMES],
  call: (call) => {
    const { figures } = call;
    const asked = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.request.model': call.model,
    };
    const usage = {
      'gen_ai.usage.input_tokens': uncachedOf(figures),
      'gen_ai.usage.output_tokens': outputOf(figures),
      'gen_ai.usage.total_tokens': uncachedOf(figures) + outputOf(figures),
      'gen_ai.usage.cache_read.input_tokens': figures.read,
      'gen_ai.usage.cache_creation.input_tokens': written(figures),
    };
    const attributes = course(call, asked, genAiAnswered(call), usage);
    const scope = 'opentelemetry.instrumentation.bedrock@0.62.4';
    return one(over(call, scope, `chat ${call.model}`, attributes, { kind: 'client' }));
  },
};

const details = ({ figures }: Call): Attributes => ({
  'gen_ai.usage.total_tokens': totalOf(figures),
  'gen_ai.usage.cache_read.input_tokens': figures.read,
  'gen_ai.usage.reasoning_tokens': figures.reasoning,
});

const AGENTS = 'opentelemetry.instrumentation.openai_agents@0.62.4';
export const traceloopAgents: Teller = {
  ...traceloopGoogle,
  emitter: 'Traceloop, OpenAI Agents (Python)',
  providers: ['openai'],
  not_carried: [
    NO_CONVERSATION,
    NO_USER,
    lost('tool_call_id', 'the tool span has no call id'),
    lost('usage', 'a stream without include_usage has no figures', 'emitter_reports_no_usage', {
      usage_sent: false,
    }),
  ],
  agent: (agent) =>
    one(
      over(agent, AGENTS, `${agent.name}.agent`, {
        'traceloop.span.kind': 'agent',
        'gen_ai.agent.name': agent.name,
        'gen_ai.provider.name': 'openai',
        'gen_ai.operation.name': 'invoke_agent',
      }),
    ),
  call: (call) => {
    const asked = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': call.model,
      'gen_ai.request.temperature': 1,
    };
    const answered = {
      ...genAiAnswered(call),
      'gen_ai.response.finish_reasons': [finishOf(call, FINISH)],
    };
    const usage = { ...genAiTokens(call), ...details(call) };
    const attributes = course(call, asked, answered, usage);
    return one(over(call, AGENTS, 'openai.response', attributes, { kind: 'client' }));
  },
  tool: (tool) =>
    one(
      over(tool, AGENTS, `${tool.name}.tool`, {
        'traceloop.span.kind': 'tool',
        'gen_ai.tool.name': tool.name,
        'gen_ai.tool.type': 'function',
        'gen_ai.provider.name': 'openai',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.call.arguments': tool.arguments,
      }),
    ),
};
