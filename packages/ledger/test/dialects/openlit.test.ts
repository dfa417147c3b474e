// OpenLIT, from Python and JavaScript.

import { itReads, type Case } from '../dialect-reading.ts';

const CHAT = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.response.model': 'gpt-4o',
  'gen_ai.usage.input_tokens': 120,
  'gen_ai.usage.output_tokens': 30,
};
const CACHE = {
  'gen_ai.usage.cache_read.input_tokens': 0,
  'gen_ai.usage.cache_creation.input_tokens': 0,
};
const SCOPE = 'openlit.instrumentation.openai';
const UNDER_LANGCHAIN = 'openlit.instrumentation.langchain';

const CASES: readonly Case[] = [
  {
    says: 'OpenLIT: real figures name the cache, even as 0; a cost of 0 is no cost',
    sent: { scope: SCOPE, attributes: { ...CHAT, ...CACHE, 'gen_ai.usage.cost': 0 } },
    fact: { dialect: 'openlit', kind: 'llm', marks: [], reported_cost_usd: null },
  },
  {
    says: 'OpenLIT: figures without the cache are its own count',
    sent: { scope: SCOPE, attributes: CHAT },
    fact: { input_tokens: 120, marks: ['estimate'] },
  },
  {
    says: 'OpenLIT before it had scopes: each stream is its own count',
    sent: {
      scope: 'openlit.otel.tracing',
      attributes: { ...CHAT, ...CACHE, 'gen_ai.request.is_stream': true },
    },
    fact: { streaming: true, marks: ['estimate'] },
  },
  {
    says: 'OpenLIT: this vendor’s input is passed on without its cache',
    sent: {
      scope: 'openlit.instrumentation.anthropic',
      attributes: { ...CHAT, 'gen_ai.usage.cache_read.input_tokens': 80 },
    },
    fact: { cache_convention: 'excluded', marks: [] },
  },
  {
    says: 'OpenLIT under LangChain: zeros without an id stand beside its own count',
    sent: { scope: UNDER_LANGCHAIN, attributes: { ...CHAT, ...CACHE } },
    fact: { marks: ['estimate'] },
  },
  {
    says: 'OpenLIT under LangChain: zeros where it did not look',
    sent: {
      scope: UNDER_LANGCHAIN,
      attributes: {
        ...CHAT,
        ...CACHE,
        'gen_ai.response.model': 'claude-sonnet-4-5',
        'gen_ai.response.id': 'msg_1',
      },
    },
    fact: { cache_read_tokens: null, doubts: ['input_may_exclude_cache'], marks: [] },
  },
  {
    says: 'OpenLIT from JavaScript: a stream of a chat without the cache may be its own count',
    sent: {
      scope: '@openlit/instrumentation-openai',
      attributes: { ...CHAT, 'gen_ai.request.is_stream': true, 'gen_ai.response.id': 'chatcmpl-1' },
    },
    fact: { marks: ['estimate'] },
  },
  {
    says: 'OpenLIT from JavaScript: what was not streamed is real, cache or not',
    sent: {
      scope: '@openlit/instrumentation-openai',
      attributes: { ...CHAT, 'gen_ai.request.is_stream': false },
    },
    fact: { marks: [] },
  },
  {
    says: 'OpenLIT from JavaScript: an event does not say if it tells of a stream',
    sent: {
      scope: 'openlit',
      log: true,
      name: 'gen_ai.client.inference.operation.details',
      attributes: CHAT,
    },
    fact: { dialect: 'openlit', marks: ['estimate'] },
  },
  {
    says: 'OpenLIT from JavaScript: this vendor’s streams hold their opening count, and no cache',
    sent: {
      scope: '@openlit/instrumentation-anthropic',
      attributes: { ...CHAT, 'gen_ai.request.is_stream': true },
    },
    fact: { marks: ['stream_plus_start'], doubts: ['input_may_exclude_cache'] },
  },
  {
    says: 'OpenLIT: the length of a whole call is no time to a first chunk',
    sent: {
      scope: SCOPE,
      attributes: {
        ...CHAT,
        ...CACHE,
        'gen_ai.request.stream': false,
        'gen_ai.server.time_to_first_token': 0.5,
      },
    },
    fact: { time_to_first_chunk_ns: null },
  },
];

itReads('openlit', CASES);
