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
];

itReads('ai-sdk', CASES);
