// PydanticAI: calls, runs that repeat them under the same or other names, and the spans of formats
// 1 and 2 that write no operation.

import { itReads, type Case } from '../dialect-reading.ts';

const scope = 'pydantic-ai';

const CASES: readonly Case[] = [
  {
    says: 'a call, with its details under several names, which are never added',
    sent: {
      scope,
      name: 'chat claude-sonnet-4-5',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'anthropic',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.agent.name': 'planner',
        'gen_ai.agent.call.id': 'run-1',
        'gen_ai.conversation.id': 'talk-1',
        'gen_ai.usage.input_tokens': 915,
        'gen_ai.usage.output_tokens': 77,
        'gen_ai.usage.cache_creation.input_tokens': 20,
        'gen_ai.usage.cache_read.input_tokens': 80,
        'gen_ai.usage.details.cache_write_tokens': 20,
        'gen_ai.usage.details.cache_read_tokens': 80,
        'gen_ai.usage.details.reasoning_tokens': 11,
        'gen_ai.client.operation.time_to_first_chunk': 0.5,
        'operation.cost': 0.25,
        'gen_ai.response.id': 'msg_1',
        'gen_ai.response.finish_reasons': ['tool_call'],
      },
    },
    fact: {
      dialect: 'pydantic-ai',
      kind: 'llm',
      provider: 'anthropic',
      agent_name: 'planner',
      execution_id: 'run-1',
      conversation_id: 'talk-1',
      input_tokens: 915,
      cache_read_tokens: 80,
      cache_write_tokens: 20,
      reasoning_tokens: 11,
      cache_convention: 'included',
      time_to_first_chunk_ns: 500_000_000,
      reported_cost_usd: 250_000_000_000n,
      finish_reasons: ['tool_call'],
      marks: ['answered'],
    },
  },
  {
    says: 'a run of format 1 or 2 holds its caller’s usage as well',
    sent: {
      scope,
      name: 'agent run',
      attributes: {
        agent_name: 'writer',
        'gen_ai.usage.input_tokens': 240,
        'gen_ai.usage.output_tokens': 60,
      },
    },
    fact: {
      kind: 'agent',
      operation: 'invoke_agent',
      agent_name: 'writer',
      input_tokens: 240,
      marks: ['cumulative'],
    },
  },
  {
    says: 'the sum of 2.x has names of its own and is no usage',
    sent: {
      scope,
      name: 'invoke_agent planner',
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'planner',
        'gen_ai.aggregated_usage.input_tokens': 240,
      },
    },
    fact: { kind: 'agent', agent_name: 'planner', input_tokens: null, marks: [] },
  },
  {
    says: 'a tool of format 1',
    sent: {
      scope,
      name: 'running tool',
      attributes: {
        'gen_ai.tool.name': 'get_weather',
        'gen_ai.tool.call.id': 'call_1',
        tool_arguments: '{"city":"Paris"}',
        tool_response: '20 C',
      },
    },
    fact: {
      kind: 'tool',
      operation: 'execute_tool',
      tool_name: 'get_weather',
      tool_call_id: 'call_1',
      tool_arguments_bytes: 16,
      tool_result_bytes: 4,
    },
  },
  {
    says: 'one try of a model that falls back is no call',
    sent: {
      scope,
      name: 'model request attempt gpt-4o',
      status: 2,
      attributes: { 'gen_ai.request.model': 'gpt-4o', 'gen_ai.system': 'openai' },
    },
    fact: { kind: 'other', status: 'error' },
  },
  {
    says: 'the group of running tools is a step',
    sent: { scope, name: 'running tools', attributes: { 'gen_ai.agent.name': 'planner' } },
    fact: { kind: 'step' },
  },
];

itReads('PydanticAI', CASES);
