// Traceloop over LangChain and LangGraph, and over CrewAI, whose crews print the sum of all that their
// members used as text.

import { finishOf, inputOf, outputOf, totalOf } from '../provider-words.ts';
import { agentsOf } from '../conversation.ts';
import {
  genAiAnswered,
  genAiTokens,
  course,
  lost,
  NO_CONVERSATION,
  NO_USER,
  one,
  over,
  sumOf,
} from '../speech.ts';
import type { Teller } from '../teller.ts';
import { traceloopPython } from './traceloop.ts';

const FINISH = { stop: 'stop', asks: 'tool_call' };
const NO_CALL_ID = lost('tool_call_id', 'the tool span has no call id');
const SILENT = lost(
  'usage',
  'a stream without include_usage has no figures',
  'emitter_reports_no_usage',
  {
    usage_sent: false,
  },
);

const CHAIN = 'opentelemetry.instrumentation.langchain@0.62.4';
export const traceloopLangChain: Teller = {
  ...traceloopPython,
  emitter: 'Traceloop, LangChain and LangGraph (Python)',
  embeddings: false,
  not_carried: [NO_CONVERSATION, NO_USER, NO_CALL_ID, SILENT],
  agent: (agent) => ({
    spans: [
      over(agent, CHAIN, `invoke_agent ${agent.name}`, {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.provider.name': 'langchain',
        'gen_ai.agent.name': agent.name,
      }),
      over(agent, CHAIN, `${agent.name}.workflow`, {
        'traceloop.span.kind': 'workflow',
        'traceloop.entity.name': agent.name,
        'traceloop.workflow.name': agent.name,
      }),
    ],
  }),
  turn: (turn) =>
    one(
      over(turn, CHAIN, 'execute_task model', {
        'gen_ai.operation.name': 'execute_task',
        'traceloop.span.kind': 'task',
        'traceloop.entity.name': 'model',
      }),
    ),
  call: (call, { agent }) => {
    const asked = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': call.model,
      'traceloop.association.properties.lc_agent_name': agent.name,
    };
    const answered = {
      ...genAiAnswered(call),
      'gen_ai.response.finish_reasons': [finishOf(call, FINISH)],
    };
    const usage = {
      ...genAiTokens(call),
      'gen_ai.usage.total_tokens': totalOf(call.figures),
      'gen_ai.usage.cache_read.input_tokens': call.figures.read,
      'gen_ai.usage.reasoning_tokens': call.figures.reasoning,
    };
    const attributes = course(call, asked, answered, usage);
    return one(over(call, CHAIN, 'ChatOpenAI.chat', attributes, { kind: 'client' }));
  },
  tool: (tool) =>
    one(
      over(tool, CHAIN, `execute_tool ${tool.name}`, {
        'traceloop.span.kind': 'tool',
        'traceloop.entity.name': tool.name,
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': tool.name,
      }),
    ),
};

const CREW = 'opentelemetry.instrumentation.crewai.instrumentation@0.36.0';
/** The crew lies above the first agent; calls and tools are told by the client and by decorators. */
export const traceloopCrewAi: Teller = {
  ...traceloopPython,
  emitter: 'Traceloop, CrewAI (Python)',
  versions: '0.62, CrewAI 1.15',
  embeddings: false,
  nested: false,
  agent: (agent, around) => {
    const sum = sumOf(...agentsOf(around.conversation.root));
    const text =
      `total_tokens=${totalOf(sum)} prompt_tokens=${inputOf(sum)} ` +
      `cached_prompt_tokens=${sum.read} completion_tokens=${outputOf(sum)} successful_requests=3`;
    const crew = {
      'gen_ai.provider.name': 'crewai',
      'gen_ai.operation.name': 'invoke_agent',
      'crewai.crew.id': `crew-${around.conversation.seed}`,
      'crewai.crew.name': 'weather_crew',
      'crewai.crew.tasks': '[]',
      'crewai.crew.token_usage': text,
      'crewai.crew.usage_metrics':
        `{'total_tokens': ${totalOf(sum)}, 'prompt_tokens': ${inputOf(sum)}, ` +
        `'cached_prompt_tokens': ${sum.read}, 'completion_tokens': ${outputOf(sum)}}`,
    };
    const task = {
      'traceloop.span.kind': 'task',
      'gen_ai.provider.name': 'crewai',
      'gen_ai.operation.name': 'invoke_agent',
      'crewai.task.id': `task-${agent.start_ms}`,
      'crewai.task.description': 'Weather in Paris?',
    };
    const member = {
      'traceloop.span.kind': 'agent',
      'gen_ai.provider.name': 'crewai',
      'gen_ai.operation.name': 'invoke_agent',
      'crewai.agent.id': `agent-${agent.start_ms}`,
      'crewai.agent.role': agent.name,
      'gen_ai.agent.name': agent.name,
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': inputOf(sum),
      'gen_ai.usage.output_tokens': outputOf(sum),
    };
    const status = 'ok' as const;
    return {
      spans: [
        over(agent, CREW, 'crewai.workflow', crew, { status }),
        over(agent, CREW, 'Weather in Paris?.task', task, { status }),
        over(agent, CREW, `${agent.name}.agent`, member, { status }),
      ],
    };
  },
};
