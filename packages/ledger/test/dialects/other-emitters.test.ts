// Spring AI, LoongSuite, OpenRouter, LiveKit, Flue and Braintrust: words beside the conventions' names.

import { itReads, type Case } from '../dialect-reading.ts';

const LIVEKIT = 'livekit-agents';

const CASES: readonly Case[] = [
  {
    says: 'Spring AI: the client around a model is no call, and its framework no provider',
    sent: {
      scope: 'org.springframework.boot',
      attributes: {
        'gen_ai.operation.name': 'framework',
        'gen_ai.system': 'spring_ai',
        'spring.ai.kind': 'chat_client',
        'spring.ai.chat.client.stream': 'true',
        'spring.ai.chat.client.conversation.id': 'c1',
      },
    },
    fact: {
      dialect: 'spring-ai',
      kind: 'agent',
      provider: '',
      framework: 'spring_ai',
      streaming: true,
      conversation_id: 'c1',
    },
  },
  {
    says: 'Spring AI: a tool',
    sent: {
      scope: 'org.springframework.boot',
      attributes: {
        'gen_ai.operation.name': 'framework',
        'spring.ai.kind': 'tool_call',
        'spring.ai.tool.definition.name': 'get_weather',
        'spring.ai.tool.call.arguments': '{}',
      },
    },
    fact: { kind: 'tool', tool_name: 'get_weather', tool_arguments_bytes: 2 },
  },
  {
    says: 'LoongSuite: its span kind goes before the operation',
    sent: {
      scope: 'loongsuite.instrumentation.agentscope',
      attributes: {
        'gen_ai.span.kind': 'AGENT',
        'gen_ai.operation.name': 'chat',
        'gen_ai.session.id': 's1',
        'gen_ai.user.id': 'u1',
        'gen_ai.usage.input_tokens': 280,
      },
    },
    fact: { dialect: 'loongsuite', kind: 'agent', conversation_id: 's1', user_id: 'u1' },
  },
  {
    says: 'OpenRouter: a generation without an operation is a call, at the cost that was charged',
    sent: {
      scope: 'openrouter',
      attributes: {
        'gen_ai.request.model': 'openai/gpt-4o',
        'gen_ai.response.id': 'gen-1',
        'gen_ai.usage.input_tokens': 120,
        'gen_ai.usage.output_tokens': 30,
        'gen_ai.usage.total_cost': 0.001,
      },
    },
    fact: {
      dialect: 'openrouter',
      kind: 'llm',
      provider: 'openrouter',
      response_id: 'gen-1',
      reported_cost_usd: 1_000_000_000n,
    },
  },
  {
    says: 'LiveKit: older versions keep the figures in their metrics',
    sent: {
      scope: LIVEKIT,
      name: 'llm_request',
      attributes: {
        'lk.llm_metrics':
          '{"prompt_tokens":120,"completion_tokens":30,"prompt_cached_tokens":80,"total_tokens":150}',
        'lk.response.ttft': 0.5,
      },
    },
    fact: {
      dialect: 'livekit',
      kind: 'llm',
      input_tokens: 120,
      output_tokens: 30,
      time_to_first_chunk_ns: 500_000_000,
    },
  },
  {
    says: 'LiveKit: a tool that failed',
    sent: {
      scope: LIVEKIT,
      attributes: {
        'lk.function_tool.name': 'get_weather',
        'lk.function_tool.id': 'call_1',
        'lk.function_tool.is_error': true,
      },
    },
    fact: { kind: 'tool', tool_name: 'get_weather', tool_call_id: 'call_1', status: 'error' },
  },
  {
    says: 'Flue: an operation repeats its turns',
    sent: {
      scope: '@flue/opentelemetry',
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'flue.agent.name': 'planner',
        'flue.operation.id': 'run-1',
        'gen_ai.usage.input_tokens': 280,
        'flue.usage.total_tokens': 340,
      },
    },
    fact: {
      dialect: 'flue',
      kind: 'agent',
      agent_name: 'planner',
      execution_id: 'run-1',
      total_tokens: 340,
    },
  },
  {
    says: 'Braintrust: kind, figures and names are JSON',
    sent: {
      scope: 'anybody',
      attributes: {
        'braintrust.span_attributes': '{"type":"llm","name":"chat"}',
        'braintrust.metrics':
          '{"prompt_tokens":120,"completion_tokens":30,"prompt_cached_tokens":80,"completion_reasoning_tokens":10,"time_to_first_token":0.25}',
        'braintrust.metadata': '{"model":"gpt-4o","provider":"openai"}',
      },
    },
    fact: {
      dialect: 'braintrust',
      kind: 'llm',
      provider: 'openai',
      request_model: 'gpt-4o',
      input_tokens: 120,
      cache_read_tokens: 80,
      reasoning_tokens: 10,
      time_to_first_chunk_ns: 250_000_000,
    },
  },
];

itReads('other emitters', CASES);
