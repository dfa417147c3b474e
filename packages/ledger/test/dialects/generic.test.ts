// Records that no dialect of their own claims.

import { describe, expect, it } from 'vitest';
import { itReads, read, type Case } from '../dialect-reading.ts';

const CASES: readonly Case[] = [
  {
    says: 'aliases of one figure are coalesced, never added',
    sent: {
      scope: 'anybody',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'strands-agents',
        'gen_ai.usage.input_tokens': 140,
        'gen_ai.usage.prompt_tokens': 140,
        'gen_ai.usage.cache_read.input_tokens': 80,
        'gen_ai.usage.cache_read_input_tokens': 80,
        'gen_ai.usage.cache_write_input_tokens': 20,
      },
    },
    fact: {
      dialect: 'otel-generic',
      provider: '',
      framework: 'strands-agents',
      input_tokens: 140,
      cache_read_tokens: 80,
      cache_write_tokens: 20,
      marks: ['not_current'],
    },
  },
  {
    says: 'what our own instrumentation writes',
    sent: {
      scope: '@spanledger/instrumentation',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.stream': true,
        'gen_ai.response.time_to_first_chunk': 0.25,
        'gen_ai.usage.cache_write.input_tokens': 20,
        'anthropic.usage.cache_creation.ephemeral_5m_input_tokens': 15,
        'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 5,
        'spanledger.attempts': 2,
        'spanledger.stream.chunks': 7,
        'spanledger.stream.aborted': true,
        'spanledger.tools.count': 3,
        'spanledger.tools.size': 900,
        'spanledger.execution.id': 'run-1',
      },
    },
    fact: {
      dialect: 'otel-genai',
      streaming: true,
      time_to_first_chunk_ns: 250_000_000,
      cache_write_tokens: 20,
      cache_write_5m_tokens: 15,
      cache_write_1h_tokens: 5,
      attempts: 2,
      chunks: 7,
      tool_definitions: 3,
      tool_definitions_bytes: 900,
      execution_id: 'run-1',
      doubts: ['stream_aborted'],
    },
  },
  {
    says: 'the usage of a run, from our own instrumentation, is more than one call',
    sent: {
      scope: '@spanledger/instrumentation',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.usage.input_tokens': 150,
        'gen_ai.usage.output_tokens': 40,
        'spanledger.usage.of_run': true,
      },
    },
    fact: { kind: 'llm', input_tokens: 150, doubts: ['may_hold_several_bills'] },
  },
  {
    says: 'the sizes of a tool call, from our own instrumentation',
    sent: {
      scope: '@spanledger/instrumentation',
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'weather',
        'spanledger.tool.arguments.size': 15,
        'spanledger.tool.result.size': 28,
      },
    },
    fact: { kind: 'tool', tool_arguments_bytes: 15, tool_result_bytes: 28 },
  },
  {
    says: 'a model and usage and nothing else is an inferred call',
    sent: {
      scope: 'app',
      attributes: {
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 5,
        'operation.cost': 0.25,
      },
    },
    fact: { kind: 'llm', marks: ['inferred', 'not_current'], reported_cost_usd: 250_000_000_000n },
  },
  {
    says: 'an MCP tool call is a tool, other MCP traffic is not',
    sent: {
      scope: 'mcp',
      attributes: { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'get_weather' },
    },
    fact: { kind: 'tool', tool_name: 'get_weather' },
  },
  {
    says: 'the details event without an operation is a call',
    sent: {
      scope: 'somebody',
      log: true,
      name: 'gen_ai.client.inference.operation.details',
      attributes: { 'gen_ai.usage.input_tokens': 120 },
    },
    fact: { dialect: 'otel-generic', kind: 'llm', signal: 'log', input_tokens: 120 },
  },
  {
    says: 'a usage object in the provider’s words fills what the attributes leave out',
    sent: {
      scope: 'app',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 140,
        'gen_ai.usage.raw': '{"input_tokens":40,"cache_read_input_tokens":80,"output_tokens":30}',
      },
    },
    fact: {
      input_tokens: 140,
      output_tokens: 30,
      cache_read_tokens: 80,
      cache_convention: 'unknown',
    },
  },
  {
    says: 'an input without a word about the cache, where the provider leaves it out, is a doubt',
    sent: {
      scope: 'app',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'aws.bedrock',
        'gen_ai.request.model': 'us.anthropic.claude-sonnet-4',
        'gen_ai.usage.input_tokens': 40,
      },
    },
    fact: { provider: 'aws.bedrock', doubts: ['input_may_exclude_cache'] },
  },
  {
    says: 'a span that says nothing of GenAI holds the trace together',
    sent: { scope: 'http', name: 'POST', attributes: { 'http.request.method': 'POST' } },
    fact: { dialect: 'plumbing', kind: 'other' },
  },
  {
    says: 'a span with names of GenAI that nobody reads is told apart from plumbing',
    sent: { scope: 'new.instrumentation', attributes: { 'gen_ai.brand.new': 'x' } },
    fact: { dialect: 'unclaimed', kind: 'other' },
  },
  {
    says: 'a model and figures in other words are a call, which its kind only infers',
    sent: {
      scope: 'my-app',
      name: 'answer',
      attributes: {
        model: 'gpt-4o',
        provider: 'OpenAI',
        'usage.prompt_tokens': '120',
        'usage.completion_tokens': 30,
        'usage.prompt_tokens_details.cached_tokens': 80,
      },
    },
    fact: {
      dialect: 'otel-generic',
      kind: 'llm',
      provider: 'openai',
      request_model: 'gpt-4o',
      input_tokens: 120,
      output_tokens: 30,
      cache_read_tokens: 80,
      cache_convention: 'unknown',
      marks: ['inferred', 'not_current'],
    },
  },
  {
    says: 'one provider’s own words leave the cache out of the input',
    sent: {
      scope: 'my-app',
      attributes: {
        'llm.model': 'claude-sonnet-4-5',
        input_tokens: 400,
        output_tokens: 30,
        cache_read_input_tokens: 80,
      },
    },
    fact: { kind: 'llm', input_tokens: 400, cache_read_tokens: 80, cache_convention: 'excluded' },
  },
  {
    says: 'a usage object',
    sent: {
      scope: 'my-app',
      attributes: {
        'gen_ai.operation.name': 'my.own.operation',
        'gen_ai.request.model': 'gemini-2.5-flash',
        'gen_ai.usage':
          '{"promptTokenCount":120,"candidatesTokenCount":20,"thoughtsTokenCount":10}',
      },
    },
    fact: {
      kind: 'llm',
      input_tokens: 120,
      output_tokens: 20,
      reasoning_tokens: 10,
      reasoning_convention: 'excluded',
    },
  },
  {
    says: 'an embedding, known by its model',
    sent: {
      scope: 'my-app',
      attributes: {
        'gen_ai.request.model': 'text-embedding-3-small',
        'gen_ai.usage.input_tokens': 8,
      },
    },
    fact: { kind: 'embedding', marks: ['inferred', 'not_current'] },
  },
  {
    says: 'an agent’s name that stands in the span’s name alone',
    sent: {
      scope: 'my-agents',
      name: 'invoke_agent planner',
      attributes: { 'gen_ai.operation.name': 'invoke_agent' },
    },
    fact: { kind: 'agent', agent_name: 'planner' },
  },
  {
    says: 'a figure without any model is nothing of ours',
    sent: { scope: 'my-app', attributes: { input_tokens: 5 } },
    fact: { dialect: 'plumbing' },
  },
];

itReads('generic', CASES);

describe('nothing is read', () => {
  it('from a log event that says nothing of GenAI', () => {
    expect(read({ scope: 'app', log: true, name: 'hello', attributes: {} })).toBeUndefined();
    const other = { scope: 'com.anthropic.claude_code.events', log: true, attributes: {} };
    expect(read({ ...other, name: 'claude_code.user_prompt' })).toBeUndefined();
  });
});
