// The Vercel AI SDK, versions 4 to 7.

import { itReads, type Case } from '../dialect-reading.ts';

const CASES: readonly Case[] = [
  {
    says: 'AI SDK 6: details tell the cache, which is inside the input',
    sent: {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.streamText.doStream',
        'ai.model.provider': 'anthropic.messages',
        'ai.usage.inputTokens': 140,
        'ai.usage.inputTokenDetails.noCacheTokens': 40,
        'ai.usage.inputTokenDetails.cacheReadTokens': 80,
        'ai.usage.inputTokenDetails.cacheWriteTokens': 20,
        'ai.response.msToFirstChunk': 27.5,
      },
    },
    fact: {
      dialect: 'ai-sdk',
      kind: 'llm',
      provider: 'anthropic',
      streaming: true,
      input_tokens: 140,
      cache_write_tokens: 20,
      cache_convention: 'included',
      time_to_first_chunk_ns: 27_500_000,
    },
  },
  {
    says: 'AI SDK 5: the provider’s metadata tells the cache, which is outside the input',
    sent: {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.provider': 'anthropic.messages',
        'gen_ai.usage.input_tokens': 400,
        'ai.response.providerMetadata':
          '{"anthropic":{"usage":{"input_tokens":400,"cache_read_input_tokens":80}}}',
      },
    },
    fact: { input_tokens: 400, cache_read_tokens: 80, cache_convention: 'excluded' },
  },
  {
    says: 'AI SDK 4: the output of a provider that counts its thoughts apart lacks them',
    sent: {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.provider': 'google.generative-ai',
        'ai.usage.promptTokens': 831,
        'ai.usage.completionTokens': 610,
      },
    },
    fact: { provider: 'gcp.gemini', output_tokens: 610, marks: ['leaves_reasoning_out'] },
  },
  {
    says: 'AI SDK: a root is an agent run, named by its function',
    sent: {
      scope: 'ai',
      attributes: {
        'operation.name': 'ai.generateText my-agent',
        'ai.telemetry.functionId': 'my-agent',
        'ai.usage.inputTokens': 280,
      },
    },
    fact: { kind: 'agent', agent_name: 'my-agent', operation: 'invoke_agent', input_tokens: 280 },
  },
  {
    says: 'AI SDK 7: the outer of two embeddings spans is a step',
    sent: { scope: 'gen_ai', attributes: { 'gen_ai.operation.name': 'embeddings' } },
    fact: { dialect: 'ai-sdk-7', kind: 'step' },
  },
  {
    says: 'AI SDK 6 without details: the provider’s own figures show that the input holds the cache',
    sent: {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.generateObject.doGenerate',
        'ai.model.provider': 'anthropic.messages',
        'gen_ai.usage.input_tokens': 811,
        'ai.response.providerMetadata':
          '{"anthropic":{"usage":{"input_tokens":555,"cache_creation_input_tokens":41,"cache_read_input_tokens":215,"cache_creation":{"ephemeral_5m_input_tokens":28,"ephemeral_1h_input_tokens":13},"output_tokens":92}}}',
      },
    },
    fact: {
      input_tokens: 811,
      cache_read_tokens: 215,
      cache_write_tokens: 41,
      cache_write_1h_tokens: 13,
      cache_convention: 'included',
    },
  },
  {
    says: 'AI SDK 4: flat figures beside the usage',
    sent: {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.provider': 'anthropic.messages',
        'gen_ai.usage.input_tokens': 523,
        'ai.response.providerMetadata':
          '{"anthropic":{"cacheCreationInputTokens":81,"cacheReadInputTokens":370}}',
      },
    },
    fact: { cache_read_tokens: 370, cache_write_tokens: 81, cache_convention: 'excluded' },
  },
  {
    says: 'AI SDK 5: Google’s candidates leave the thoughts out, and an id of the SDK is none',
    sent: {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.provider': 'google.generative-ai',
        'gen_ai.response.id': 'aitxt-jXzv3sl0eeoCNAZaICtr2ZWn',
        'gen_ai.usage.input_tokens': 1403,
        'gen_ai.usage.output_tokens': 235,
        'ai.response.providerMetadata':
          '{"google":{"usageMetadata":{"promptTokenCount":1403,"candidatesTokenCount":235,"thoughtsTokenCount":66,"cachedContentTokenCount":511,"totalTokenCount":1704}}}',
      },
    },
    fact: {
      provider: 'gcp.gemini',
      response_id: '',
      cache_read_tokens: 511,
      reasoning_tokens: 66,
      reasoning_convention: 'excluded',
    },
  },
  {
    says: 'AI SDK: known by its operation under a tracer of the application’s own',
    sent: {
      scope: 'opencode',
      attributes: { 'ai.operationId': 'ai.streamText', 'ai.usage.inputTokens': 280 },
    },
    fact: { dialect: 'ai-sdk', kind: 'agent' },
  },
  {
    says: 'AI SDK: what went wrong stands in an event alone',
    sent: {
      scope: 'ai',
      status: 2,
      attributes: { 'ai.operationId': 'ai.generateText.doGenerate' },
      events: { exception: { 'exception.type': 'AI_APICallError' } },
    },
    fact: { kind: 'llm', status: 'error', error_type: 'AI_APICallError' },
  },
  {
    says: 'AI SDK: a gateway says what it charged, and the model names its provider',
    sent: {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.provider': 'gateway',
        'ai.model.id': 'openai/gpt-4o',
        'ai.response.providerMetadata': '{"gateway":{"cost":"0.00125"}}',
      },
    },
    fact: { provider: 'openai', reported_cost_usd: 1_250_000_000n },
  },
];

itReads('ai-sdk', CASES);
