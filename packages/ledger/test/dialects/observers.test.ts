// Tools that watch other programs, and servers of models: Laminar, Datadog, Sentry, vLLM.

import { itReads, type Case } from '../dialect-reading.ts';

const USED = { 'gen_ai.usage.input_tokens': 120, 'gen_ai.usage.output_tokens': 30 };

const CASES: readonly Case[] = [
  {
    says: 'Laminar: a model call by its span type, the cache by its old names',
    sent: {
      scope: '@lmnr-ai/lmnr',
      attributes: {
        ...USED,
        'lmnr.span.type': 'LLM',
        'gen_ai.system': 'anthropic',
        'gen_ai.usage.cache_read_input_tokens': 80,
        'gen_ai.usage.cost': 0.0005,
        'lmnr.association.properties.session_id': 's1',
      },
    },
    fact: {
      dialect: 'laminar',
      kind: 'llm',
      cache_convention: 'included',
      conversation_id: 's1',
      reported_cost_usd: 500_000_000n,
    },
  },
  {
    says: 'Laminar: an answer from its cache is no call',
    sent: { scope: '@lmnr-ai/lmnr', attributes: { ...USED, 'lmnr.span.type': 'CACHED' } },
    fact: { kind: 'step' },
  },
  {
    says: 'Datadog: its own kind beside names with underscores',
    sent: {
      scope: 'dd-trace',
      attributes: {
        ...USED,
        '_ml_obs.meta.span.kind': 'llm',
        '_ml_obs.meta.model_provider': 'openai',
        '_ml_obs.meta.model_name': 'gpt-4o',
        'gen_ai.usage.cache_read_input_tokens': 80,
        'gen_ai.usage.reasoning_output_tokens': 10,
      },
    },
    fact: {
      dialect: 'datadog',
      kind: 'llm',
      provider: 'openai',
      request_model: 'gpt-4o',
      cache_read_tokens: 80,
      reasoning_tokens: 10,
    },
  },
  {
    says: 'Sentry: parts as suffixes, the kind in its operation',
    sent: {
      scope: 'sentry',
      attributes: {
        ...USED,
        'sentry.op': 'gen_ai.chat',
        'gen_ai.usage.input_tokens.cached': 80,
        'gen_ai.usage.output_tokens.reasoning': 10,
      },
    },
    fact: { dialect: 'sentry', kind: 'llm', cache_read_tokens: 80, reasoning_tokens: 10 },
  },
  {
    says: 'Sentry: older operations name the library last',
    sent: {
      scope: 'sentry',
      attributes: { ...USED, 'sentry.op': 'ai.chat_completions.create.openai' },
    },
    fact: { kind: 'llm' },
  },
  {
    says: 'vLLM: the server’s side of a call, times in seconds',
    sent: {
      scope: 'vllm.llm_engine',
      name: 'llm_request',
      attributes: {
        'gen_ai.usage.prompt_tokens': 120,
        'gen_ai.usage.completion_tokens': 30,
        'gen_ai.latency.time_to_first_token': 0.25,
        'gen_ai.latency.e2e': 1,
        'gen_ai.response.model': 'llama-3',
        'gen_ai.request.id': 'chatcmpl-1-0',
      },
    },
    fact: {
      dialect: 'vllm',
      kind: 'llm',
      input_tokens: 120,
      time_to_first_chunk_ns: 250_000_000,
      streaming: null,
      emitter_event_id: 'chatcmpl-1-0',
    },
  },
];

itReads('observers', CASES);
