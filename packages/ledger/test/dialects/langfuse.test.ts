// Langfuse.

import { itReads, type Case } from '../dialect-reading.ts';

const CASES: readonly Case[] = [
  {
    says: 'Langfuse: disjoint parts',
    sent: {
      scope: 'langfuse-sdk',
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.model.name': 'gpt-4o',
        'langfuse.observation.usage_details':
          '{"input":40,"output":20,"total":150,"input_cached_tokens":80,"output_reasoning_tokens":10}',
        'langfuse.observation.cost_details': '{"total":0.0005}',
        'langfuse.observation.completion_start_time': '"2026-09-21T14:13:20.500Z"',
      },
    },
    fact: {
      dialect: 'langfuse',
      kind: 'llm',
      input_tokens: 40,
      cache_read_tokens: 80,
      reasoning_tokens: 10,
      cache_convention: 'disjoint',
      reported_cost_usd: 500_000_000n,
    },
  },
  {
    says: 'Langfuse: a provider’s usage object under the same name',
    sent: {
      scope: 'langfuse-sdk',
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.usage_details':
          '{"prompt_tokens":120,"completion_tokens":30,"prompt_tokens_details":{"cached_tokens":80}}',
      },
    },
    fact: {
      input_tokens: 120,
      output_tokens: 30,
      cache_read_tokens: 80,
      cache_convention: 'unknown',
    },
  },
  {
    says: 'Langfuse: parts under LangChain, some in a provider’s words, lifetimes beside a sum of 0',
    sent: {
      scope: 'langfuse-sdk',
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.metadata.ls_provider': '"anthropic"',
        'langfuse.observation.usage_details':
          '{"cache_creation_input_tokens":0,"cache_read_input_tokens":68,"input":1339,"output":220,"cache_creation_ephemeral_1h_input_tokens":195,"cache_creation_ephemeral_5m_input_tokens":40}',
      },
    },
    fact: {
      provider: 'anthropic',
      input_tokens: 1339,
      cache_read_tokens: 68,
      cache_write_tokens: 235,
      cache_write_1h_tokens: 195,
      cache_convention: 'disjoint',
    },
  },
  {
    says: 'Langfuse from JavaScript: a generation of embeddings',
    sent: {
      scope: 'langfuse-sdk',
      name: 'OpenAI.embeddings',
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.model.name': 'text-embedding-3-small',
      },
    },
    fact: { kind: 'embedding' },
  },
  {
    says: 'Langfuse: a call that failed, and the first chunk to the microsecond',
    sent: {
      scope: 'langfuse-sdk',
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.level': 'ERROR',
        'langfuse.observation.output': 'Error code: 500',
        'langfuse.observation.completion_start_time': '"2026-09-21T14:13:20.500250Z"',
      },
    },
    fact: {
      status: 'error',
      streaming: true,
      time_to_first_chunk_ns: 500_250_000,
      marks: ['not_current'],
    },
  },
  {
    says: 'Langfuse: usage that was cut off is a doubt, not a figure',
    sent: {
      scope: 'langfuse-sdk',
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.usage_details': '{"input":40,"output":2',
      },
    },
    fact: { input_tokens: null, output_tokens: null, doubts: ['truncated_usage'] },
  },
];

itReads('langfuse', CASES);
