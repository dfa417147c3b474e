// Frameworks that trace their own agents: Strands, Microsoft's, LlamaIndex, CrewAI, Haystack.

import { itReads, type Case } from '../dialect-reading.ts';

const STRANDS = { 'gen_ai.provider.name': 'strands-agents' };
const USED = {
  'gen_ai.usage.input_tokens': 120,
  'gen_ai.usage.prompt_tokens': 120,
  'gen_ai.usage.output_tokens': 30,
};

const CASES: readonly Case[] = [
  {
    says: 'Strands: the model tells who bills, milliseconds are its unit',
    sent: {
      scope: 'strands.telemetry.tracer',
      name: 'chat',
      attributes: {
        ...STRANDS,
        ...USED,
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
        'gen_ai.server.time_to_first_token': 965,
        'gen_ai.usage.cache_write_input_tokens': 20,
      },
    },
    fact: {
      dialect: 'strands',
      kind: 'llm',
      provider: 'aws.bedrock',
      framework: 'strands-agents',
      input_tokens: 120,
      cache_write_tokens: 20,
      time_to_first_chunk_ns: 965_000_000,
    },
  },
  {
    says: 'Strands: an agent sums over its lifetime',
    sent: {
      scope: 'strands.telemetry.tracer',
      attributes: {
        ...STRANDS,
        ...USED,
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'planner',
      },
    },
    fact: { kind: 'agent', agent_name: 'planner', marks: ['cumulative'] },
  },
  {
    says: 'Strands: a cycle is a step, a swarm a workflow',
    sent: {
      scope: 'strands.telemetry.tracer',
      attributes: { ...STRANDS, 'gen_ai.operation.name': 'invoke_swarm' },
    },
    fact: { kind: 'workflow', provider: '' },
  },
  {
    says: 'Agent Framework: one vendor’s client leaves the cache out',
    sent: {
      scope: 'agent_framework',
      attributes: {
        ...USED,
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.usage.cache_read.input_tokens': 80,
      },
    },
    fact: { dialect: 'agent-framework', kind: 'llm', cache_convention: 'excluded' },
  },
  {
    says: 'Agent Framework for .NET: an agent over a client',
    sent: {
      scope: 'Experimental.Microsoft.Agents.AI',
      attributes: {
        ...USED,
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.provider.name': 'microsoft.agent_framework',
        'gen_ai.agent.name': 'planner',
      },
    },
    fact: { kind: 'agent', agent_name: 'planner', provider: '' },
  },
  {
    says: 'Agent Framework: its engine’s spans only hold the calls together',
    sent: { scope: 'agent_framework', name: 'edge_group.process', attributes: {} },
    fact: { dialect: 'agent-framework', kind: 'other' },
  },
  {
    says: 'Semantic Kernel: a member of an enum as the finish reason',
    sent: {
      scope: 'semantic_kernel.utils.telemetry.model_diagnostics.decorators',
      attributes: {
        ...USED,
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'openai',
        'gen_ai.response.finish_reason': 'FinishReason.TOOL_CALLS',
      },
    },
    fact: {
      dialect: 'semantic-kernel',
      kind: 'llm',
      framework: 'semantic_kernel',
      finish_reasons: ['tool_call'],
    },
  },
  {
    says: 'AutoGen: agents and tools, never usage',
    sent: {
      scope: 'autogen-core',
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.system': 'autogen',
        'gen_ai.tool.name': 'get_weather',
      },
    },
    fact: { dialect: 'autogen', kind: 'tool', tool_name: 'get_weather', provider: '' },
  },
  {
    says: 'AutoGen: messages of its runtime are no steps of an agent',
    sent: { scope: 'autogen SingleThreadedAgentRuntime', name: 'autogen send', attributes: {} },
    fact: { kind: 'other' },
  },
  {
    says: 'LlamaIndex: usage in the event at the end, parts of it by name',
    sent: {
      scope: 'llamaindex.opentelemetry.tracer',
      name: 'OpenAI.chat',
      attributes: {},
      events: {
        LLMChatStartEvent: { 'model_dict.model_name': 'gpt-4o' },
        LLMChatEndEvent: {
          'response.raw.id': 'chatcmpl-1',
          'response.raw.model': 'gpt-4o-2024-08-06',
          'response.raw.choices': '[{"finish_reason": "stop", "index": 0}]',
          'response.raw.usage.prompt_tokens': 120,
          'response.raw.usage.completion_tokens': 30,
          'response.raw.usage.prompt_tokens_details.cached_tokens': 80,
        },
      },
    },
    fact: {
      dialect: 'llama-index',
      kind: 'llm',
      request_model: 'gpt-4o',
      response_model: 'gpt-4o-2024-08-06',
      response_id: 'chatcmpl-1',
      input_tokens: 120,
      cache_read_tokens: 80,
      finish_reasons: ['stop'],
    },
  },
  {
    says: 'LlamaIndex: usage as one object in the event',
    sent: {
      scope: 'llamaindex.opentelemetry.tracer',
      name: 'Anthropic.achat',
      attributes: {},
      events: {
        LLMChatEndEvent: { 'response.raw.usage': '{"input_tokens": 40, "output_tokens": 30}' },
      },
    },
    fact: { kind: 'llm', input_tokens: 40, output_tokens: 30 },
  },
  {
    says: 'LlamaIndex: a stream is handed out before it has an answer',
    sent: {
      scope: 'llamaindex.opentelemetry.tracer',
      name: 'OpenAI.astream_chat',
      attributes: { 'llamaindex.run_id': 'r1' },
    },
    fact: { kind: 'llm', streaming: true, execution_id: 'r1', marks: ['not_current'] },
  },
  {
    says: 'LlamaIndex: what prepares a call is none',
    sent: {
      scope: 'llamaindex.opentelemetry.tracer',
      name: 'OpenAI._prepare_chat_with_tools',
      attributes: {},
    },
    fact: { kind: 'other' },
  },
  {
    says: 'CrewAI: the sum of a crew is a hint, as a repr',
    sent: {
      scope: 'opentelemetry.instrumentation.crewai.instrumentation',
      name: 'crewai.workflow',
      attributes: {
        'crewai.crew.id': 'c1',
        'crewai.crew.name': 'weather_crew',
        'crewai.crew.usage_metrics':
          "{'total_tokens': 450, 'prompt_tokens': 360, 'cached_prompt_tokens': 240, 'completion_tokens': 90}",
      },
    },
    fact: {
      dialect: 'crewai',
      kind: 'workflow',
      workflow_name: 'weather_crew',
      input_tokens: 360,
      cache_read_tokens: 240,
      marks: ['cumulative'],
    },
  },
  {
    says: 'CrewAI: the sum of a crew, as words',
    sent: {
      scope: 'opentelemetry.instrumentation.crewai.instrumentation',
      attributes: {
        'crewai.crew.id': 'c1',
        'crewai.crew.token_usage': 'total_tokens=450 prompt_tokens=360 completion_tokens=90',
      },
    },
    fact: { input_tokens: 360, output_tokens: 90, marks: ['cumulative'] },
  },
  {
    says: 'CrewAI: an agent is called by its role',
    sent: {
      scope: 'opentelemetry.instrumentation.crewai.instrumentation',
      attributes: { 'crewai.agent.id': 'a1', 'crewai.agent.role': 'planner' },
    },
    fact: { kind: 'agent', agent_name: 'planner', agent_id: 'a1' },
  },
  {
    says: 'Haystack: usage in the replies that a generator kept',
    sent: {
      scope: 'haystack',
      name: 'haystack.component.run',
      attributes: {
        'haystack.component.name': 'llm',
        'haystack.component.type': 'OpenAIChatGenerator',
        'haystack.component.output':
          '{"replies":[{"role":"assistant","meta":{"model":"gpt-4o-2024-08-06","finish_reason":"tool_calls","usage":{"completion_tokens":28,"prompt_tokens":462,"prompt_tokens_details":{"cached_tokens":7}}}}]}',
      },
    },
    fact: {
      dialect: 'haystack',
      kind: 'llm',
      response_model: 'gpt-4o-2024-08-06',
      input_tokens: 462,
      output_tokens: 28,
      cache_read_tokens: 7,
      finish_reasons: ['tool_call'],
    },
  },
  {
    says: 'Haystack: one vendor’s usage under another’s word for the input, which then holds the cache',
    sent: {
      scope: 'haystack',
      name: 'haystack.component.run',
      attributes: {
        'haystack.component.type': 'AnthropicChatGenerator',
        'haystack.component.output':
          '{"replies":[{"meta":{"usage":{"cache_read_input_tokens":161,"cache_creation_input_tokens":0,"prompt_tokens":1045,"completion_tokens":251}}}]}',
      },
    },
    fact: { input_tokens: 1045, cache_read_tokens: 161, cache_convention: 'unknown' },
  },
  {
    says: 'Haystack: a component that is no model is no call',
    sent: {
      scope: 'haystack',
      name: 'haystack.component.run',
      attributes: {
        'haystack.component.type': 'Agent',
        'haystack.component.output': '{"replies":[{"meta":{"usage":{"prompt_tokens":462}}}]}',
      },
    },
    fact: { kind: 'step', input_tokens: null },
  },
  {
    says: 'Haystack: replies that were cut off are a doubt',
    sent: {
      scope: 'haystack',
      name: 'haystack.agent.step.llm',
      attributes: { 'haystack.agent.step.llm.output': '{"replies":[{"role":"assist' },
    },
    fact: { kind: 'llm', input_tokens: null, doubts: ['truncated_usage'] },
  },
];

itReads('agent frameworks', CASES);
