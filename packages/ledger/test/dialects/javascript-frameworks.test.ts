// Mastra, VoltAgent and Genkit: frameworks of JavaScript and their words.

import { itReads, type Case } from '../dialect-reading.ts';

const MASTRA = '@mastra/otel-exporter';
const VOLTAGENT = '@voltagent/core';
const GENKIT = 'genkit-tracer';

const CASES: readonly Case[] = [
  {
    says: 'Mastra: the inference is the call; its provider is named with its interface',
    sent: {
      scope: MASTRA,
      name: 'chat gpt-4o',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'mastra.span.type': 'model_inference',
        'gen_ai.provider.name': 'openai.chat',
        'gen_ai.usage.input_tokens': 835,
        'gen_ai.usage.output_tokens': 239,
        'gen_ai.usage.cache_creation.5m_input_tokens': 12,
        'gen_ai.usage.reasoning_tokens': 91,
        'gen_ai.response.finish_reasons': '["tool-calls"]',
        'mastra.completion_start_time': '2026-09-21T14:13:20.250Z',
        'mastra.metadata.runId': 'run-1',
        'mastra.metadata.threadId': 'thread-1',
        'mastra.metadata.resourceId': 'user-1',
      },
    },
    fact: {
      dialect: 'mastra',
      kind: 'llm',
      provider: 'openai',
      input_tokens: 835,
      cache_write_5m_tokens: 12,
      reasoning_tokens: 91,
      finish_reasons: ['tool_call'],
      time_to_first_chunk_ns: 250_000_000,
      execution_id: 'run-1',
      conversation_id: 'thread-1',
      user_id: 'user-1',
      cache_convention: 'included',
    },
  },
  {
    says: 'Mastra: a call that only an error ended was no answer, whatever its status',
    sent: {
      scope: MASTRA,
      status: 1,
      attributes: {
        'mastra.span.type': 'model_inference',
        'gen_ai.output.messages': '[{"role":"assistant","parts":[]}]',
        'gen_ai.response.finish_reasons': '["error"]',
      },
    },
    fact: { kind: 'llm', status: 'error', marks: ['not_current'] },
  },
  {
    says: 'Mastra: an older generation tells the usage itself',
    sent: {
      scope: MASTRA,
      attributes: { 'mastra.span.type': 'model_generation', 'gen_ai.usage.input_tokens': 5 },
    },
    fact: { kind: 'llm' },
  },
  {
    says: 'VoltAgent: the agent has the sum of its run',
    sent: {
      scope: VOLTAGENT,
      name: 'planner',
      attributes: {
        'entity.type': 'agent',
        'entity.name': 'planner',
        'entity.id': 'agent-1',
        'operation.id': 'run-1',
        'conversation.id': 'c1',
        'user.id': 'u1',
        'ai.model.name': 'gpt-4o',
        'usage.prompt_tokens': 4187,
        'usage.completion_tokens': 995,
        'usage.total_tokens': 5182,
        'usage.cached_tokens': 853,
        'usage.reasoning_tokens': 149,
        'usage.cost': 0.0125,
      },
    },
    fact: {
      dialect: 'voltagent',
      kind: 'agent',
      agent_name: 'planner',
      agent_id: 'agent-1',
      execution_id: 'run-1',
      conversation_id: 'c1',
      user_id: 'u1',
      request_model: 'gpt-4o',
      input_tokens: 4187,
      output_tokens: 995,
      cache_read_tokens: 853,
      reasoning_tokens: 149,
      reported_cost_usd: 12_500_000_000n,
    },
  },
  {
    says: 'VoltAgent: the model span tells only the last of its calls, so its figures are left out',
    sent: {
      scope: VOLTAGENT,
      name: 'llm:generateText',
      attributes: {
        'span.type': 'llm',
        'entity.type': 'agent',
        'entity.name': 'planner',
        'llm.model': 'gpt-4o',
        'llm.stream': true,
        'llm.tools.count': 2,
        'llm.usage.prompt_tokens': 1894,
      },
    },
    fact: {
      kind: 'llm',
      agent_name: 'planner',
      request_model: 'gpt-4o',
      streaming: true,
      tool_definitions: 2,
      input_tokens: null,
      doubts: ['may_hold_several_bills'],
    },
  },
  {
    says: 'VoltAgent: a tool’s parameters are its schema, its input the arguments',
    sent: {
      scope: VOLTAGENT,
      attributes: {
        'span.type': 'tool',
        'entity.type': 'agent',
        'tool.name': 'get_weather',
        'tool.call.id': 'call_1',
        'tool.parameters': '{"type":"object","properties":{}}',
        input: '{"city":"Paris"}',
        output: 'sunny',
      },
    },
    fact: {
      kind: 'tool',
      tool_name: 'get_weather',
      tool_call_id: 'call_1',
      tool_arguments_bytes: 16,
      tool_result_bytes: 5,
    },
  },
  {
    says: 'Genkit: what the plugin leaves out stands in the answer that it kept',
    sent: {
      scope: GENKIT,
      attributes: {
        'genkit:type': 'action',
        'genkit:metadata:subtype': 'model',
        'genkit:name': 'openai/gpt-4o',
        'genkit:output': JSON.stringify({
          finishReason: 'stop',
          usage: { inputTokens: 757, outputTokens: 557, totalTokens: 1314 },
          raw: {
            id: 'chatcmpl-1',
            model: 'gpt-4o-2024-08-06',
            usage: {
              prompt_tokens: 757,
              completion_tokens: 557,
              prompt_tokens_details: { cached_tokens: 228 },
              completion_tokens_details: { reasoning_tokens: 259 },
            },
          },
        }),
      },
    },
    fact: {
      dialect: 'genkit',
      kind: 'llm',
      provider: 'openai',
      request_model: 'gpt-4o',
      response_model: 'gpt-4o-2024-08-06',
      response_id: 'chatcmpl-1',
      input_tokens: 757,
      cache_read_tokens: 228,
      reasoning_tokens: 259,
      reasoning_convention: 'included',
      finish_reasons: ['stop'],
      marks: ['answered'],
    },
  },
  {
    says: 'Genkit: Google’s candidates leave the thoughts out',
    sent: {
      scope: GENKIT,
      attributes: {
        'genkit:metadata:subtype': 'model',
        'genkit:name': 'googleai/gemini-2.5-flash',
        'genkit:output':
          '{"usage":{"inputTokens":1582,"outputTokens":259,"thoughtsTokens":93,"cachedContentTokens":360}}',
      },
    },
    fact: {
      provider: 'gcp.gemini',
      output_tokens: 259,
      reasoning_tokens: 93,
      cache_read_tokens: 360,
      reasoning_convention: 'excluded',
    },
  },
  {
    says: 'Genkit: from an output that was cut off nothing is read',
    sent: {
      scope: GENKIT,
      attributes: {
        'genkit:metadata:subtype': 'model',
        'genkit:name': 'openai/gpt-4o',
        'genkit:output': '{"usage":{"inputTokens":757,"outputTok',
      },
    },
    fact: { kind: 'llm', input_tokens: null, doubts: ['truncated_usage'] },
  },
  {
    says: 'Genkit: the utility around a model is no call',
    sent: {
      scope: GENKIT,
      attributes: { 'genkit:type': 'util', 'genkit:output': '{"usage":{"inputTokens":757}}' },
    },
    fact: { kind: 'step', input_tokens: null },
  },
];

itReads('JavaScript frameworks', CASES);
