// LiteLLM's callbacks.

import { itReads, type Case } from '../dialect-reading.ts';

const REQUEST = {
  'litellm.call_id': 'a8cd8fae-f126-4c0a-9995-93915145e323',
  'gen_ai.operation.name': 'acompletion',
  'gen_ai.system': 'openai',
  'gen_ai.request.model': 'gpt-4o',
};
const USED = { 'gen_ai.usage.input_tokens': 120, 'gen_ai.usage.output_tokens': 30 };
const named = (id: string): Record<string, string> => ({ 'gen_ai.response.id': id });

const CASES: readonly Case[] = [
  {
    says: 'LiteLLM: parts of the usage lie in a repr',
    sent: {
      scope: 'litellm',
      name: 'litellm_request',
      attributes: {
        ...REQUEST,
        ...USED,
        ...named('chatcmpl-1'),
        'llm.is_streaming': 'True',
        'gen_ai.cost.total_cost': 0.0005,
        hidden_params: '{"model_id": null, "cache_key": null}',
        'metadata.usage_object':
          "{'completion_tokens': 30, 'prompt_tokens': 120, 'prompt_tokens_details': {'audio_tokens': None, 'cached_tokens': 80}, 'completion_tokens_details': {'reasoning_tokens': 10}}",
      },
    },
    fact: {
      dialect: 'litellm',
      kind: 'llm',
      response_id: 'chatcmpl-1',
      input_tokens: 120,
      cache_read_tokens: 80,
      reasoning_tokens: 10,
      streaming: true,
      marks: ['not_current', 'written_after'],
      reported_cost_usd: 500_000_000n,
    },
  },
  {
    says: 'LiteLLM: a stream without parts was counted by LiteLLM itself',
    sent: {
      scope: 'litellm',
      attributes: {
        ...REQUEST,
        ...USED,
        'llm.is_streaming': 'True',
        'metadata.usage_object':
          "{'completion_tokens': 30, 'prompt_tokens': 120, 'prompt_tokens_details': None}",
      },
    },
    fact: { marks: ['estimate', 'not_current', 'written_after'] },
  },
  {
    says: 'LiteLLM: a repr that was cut off leaves open who counted a stream',
    sent: {
      scope: 'litellm',
      attributes: {
        ...REQUEST,
        ...USED,
        'llm.is_streaming': 'True',
        'metadata.usage_object': "{'completion_tokens': 30, 'prompt_",
      },
    },
    fact: { input_tokens: 120, doubts: ['truncated_usage', 'may_be_estimate'] },
  },
  {
    says: 'LiteLLM: a failed deployment leaves an id of LiteLLM’s own and is an attempt',
    sent: {
      scope: 'litellm',
      status: 2,
      attributes: {
        ...REQUEST,
        ...named('a8cd8fae-f126-4c0a-9995-93915145e323'),
        'error.type': 'InternalServerError',
      },
    },
    fact: { response_id: '', status: 'error', marks: ['not_current', 'written_after'] },
  },
  {
    says: 'LiteLLM: its own ids of streams are none either',
    sent: {
      scope: 'litellm',
      attributes: { ...REQUEST, ...named('chatcmpl-543b7024-d24d-4d88-b66d-4ae11790585d') },
    },
    fact: { response_id: '' },
  },
  {
    says: 'LiteLLM: the provider’s id of a response lies within its own',
    sent: {
      scope: 'litellm',
      attributes: {
        ...REQUEST,
        ...named(
          `resp_${btoa('litellm:custom_llm_provider:openai;model_id:None;response_id:resp_9a34')}`,
        ),
      },
    },
    fact: { response_id: 'resp_9a34' },
  },
  {
    says: 'LiteLLM: an answer from its cache used nothing',
    sent: {
      scope: 'litellm',
      attributes: {
        ...REQUEST,
        ...USED,
        ...named('chatcmpl-1'),
        'gen_ai.cost.total_cost': 0.0005,
        hidden_params: '{"cache_key": "78c6efc6"}',
      },
    },
    fact: { kind: 'step', input_tokens: null, response_id: '', reported_cost_usd: 0n },
  },
  {
    says: 'LiteLLM: figures on the span of an application are the last call’s',
    sent: { scope: 'app', name: 'planner', attributes: { ...REQUEST, ...USED } },
    fact: {
      dialect: 'litellm',
      kind: 'step',
      marks: ['aggregate', 'overwritten'],
      doubts: ['overwritten_span'],
    },
  },
  {
    says: 'LiteLLM: a raw request holds the provider’s own words',
    sent: {
      scope: 'litellm',
      name: 'raw_gen_ai_request',
      attributes: {
        'llm.anthropic.id': 'msg_1',
        'llm.anthropic.model': 'claude-sonnet-4-5',
        'llm.anthropic.stop_reason': 'end_turn',
        'llm.anthropic.usage':
          "{'input_tokens': 40, 'cache_read_input_tokens': 80, 'cache_creation_input_tokens': 20, 'output_tokens': 30}",
      },
    },
    fact: {
      kind: 'llm',
      provider: 'anthropic',
      response_id: 'msg_1',
      input_tokens: 40,
      cache_read_tokens: 80,
      cache_write_tokens: 20,
      cache_convention: 'excluded',
      finish_reasons: ['stop'],
    },
  },
  {
    says: 'LiteLLM: a raw request of embeddings',
    sent: {
      scope: 'litellm',
      name: 'raw_gen_ai_request',
      attributes: { 'llm.None.model': 'text-embedding-3-small', 'llm.None.input': "['a']" },
    },
    fact: { kind: 'embedding', provider: '', response_model: 'text-embedding-3-small' },
  },
  {
    says: 'LiteLLM: a raw request that tells nothing is no call',
    sent: { scope: 'litellm', name: 'raw_gen_ai_request', attributes: {} },
    fact: { dialect: 'litellm', kind: 'other' },
  },
  {
    says: 'LiteLLM: the proxy’s own spans are no calls',
    sent: { scope: 'litellm', name: 'Received Proxy Server Request', attributes: {} },
    fact: { kind: 'other' },
  },
  {
    says: 'LiteLLM: its callback for Langfuse uses the names of others',
    sent: {
      scope: 'litellm',
      name: 'litellm_request',
      attributes: {
        'langfuse.observation.type': 'generation',
        'llm.token_count.prompt': 120,
        'llm.token_count.completion': 30,
        'llm.response.id': 'chatcmpl-1',
        'llm.cost.total': 0.0005,
      },
    },
    fact: { dialect: 'litellm', kind: 'llm', input_tokens: 120, response_id: 'chatcmpl-1' },
  },
];

itReads('litellm', CASES);
