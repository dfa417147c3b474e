// MLflow.

import { itReads, type Case } from '../dialect-reading.ts';

const CALL = {
  'mlflow.traceRequestId': '"tr-1"',
  'mlflow.spanType': '"CHAT_MODEL"',
  'mlflow.llm.model': '"claude-sonnet-4-5"',
  'mlflow.llm.provider': '"anthropic"',
};

const CASES: readonly Case[] = [
  {
    says: 'MLflow: values in quotes of their own, and cache writes of one hour',
    sent: {
      scope: 'mlflow.tracing.provider',
      attributes: {
        ...CALL,
        'mlflow.chat.tokenUsage':
          '{"input_tokens":424,"output_tokens":56,"total_tokens":480,"cache_read_input_tokens":0,"cache_creation_input_tokens":49,"cache_creation_input_tokens_above_1hr":40}',
        'mlflow.spanOutputs': '{"id":"msg_1","content":[]}',
        'mlflow.llm.cost': '{"total_cost":0.0005}',
      },
    },
    fact: {
      dialect: 'mlflow',
      kind: 'llm',
      provider: 'anthropic',
      request_model: 'claude-sonnet-4-5',
      response_id: 'msg_1',
      input_tokens: 424,
      cache_write_5m_tokens: 9,
      cache_write_1h_tokens: 40,
      cache_convention: 'included',
      reported_cost_usd: 500_000_000n,
    },
  },
  {
    says: 'MLflow: embeddings tell their usage in the kept answer only',
    sent: {
      scope: 'mlflow.tracing.provider',
      attributes: {
        'mlflow.spanType': '"EMBEDDING"',
        'mlflow.spanOutputs':
          '{"data":[],"model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}}',
      },
    },
    fact: { kind: 'embedding', input_tokens: 8, response_model: 'text-embedding-3-small' },
  },
  {
    says: 'MLflow: the kept answer names the reasoning that the token usage leaves out',
    sent: {
      scope: 'mlflow.tracing.provider',
      attributes: {
        ...CALL,
        'mlflow.chat.tokenUsage': '{"input_tokens":120,"output_tokens":30,"total_tokens":150}',
        'mlflow.spanOutputs':
          '{"id":"chatcmpl-1","model":"gpt-4o","usage":{"prompt_tokens":120,"completion_tokens":30,"completion_tokens_details":{"reasoning_tokens":10}}}',
      },
    },
    fact: { input_tokens: 120, output_tokens: 30, reasoning_tokens: 10, response_id: 'chatcmpl-1' },
  },
  {
    says: 'MLflow: GenAI conventions switched on',
    sent: {
      scope: 'mlflow.tracing.provider',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 120,
        stream: true,
      },
    },
    fact: { dialect: 'mlflow', kind: 'llm', input_tokens: 120, streaming: true },
  },
  {
    says: 'MLflow: a stream without usage',
    sent: {
      scope: 'mlflow.tracing.provider',
      attributes: { ...CALL, 'mlflow.spanInputs': '{"messages":[],"stream": true}' },
    },
    fact: { streaming: true, input_tokens: null },
  },
  {
    says: 'MLflow: usage that was cut off is a doubt, not a figure',
    sent: {
      scope: 'mlflow.tracing.provider',
      attributes: { ...CALL, 'mlflow.chat.tokenUsage': '{"input_tokens":424,"out' },
    },
    fact: { input_tokens: null, doubts: ['truncated_usage'] },
  },
  {
    says: 'MLflow: tools and agents by their types',
    sent: {
      scope: 'mlflow.tracing.provider',
      name: 'get_weather',
      attributes: {
        'mlflow.spanType': '"TOOL"',
        'mlflow.spanInputs': '{"city":"Paris"}',
        'mlflow.spanOutputs': '"20 C"',
      },
    },
    fact: {
      kind: 'tool',
      tool_name: 'get_weather',
      tool_arguments_bytes: 16,
      tool_result_bytes: 6,
    },
  },
];

itReads('mlflow', CASES);
