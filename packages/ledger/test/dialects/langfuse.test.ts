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
        'langfuse.observation.completion_start_time': '"2026-09-21T13:33:20.500Z"',
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
