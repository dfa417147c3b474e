// The conventions of OpenTelemetry, up to 1.36 and current, from its official emitters.

import { itReads, OTEL_SCOPE, type Case } from '../dialect-reading.ts';

const CASES: readonly Case[] = [
  {
    says: 'conventions up to 1.36',
    sent: {
      scope: OTEL_SCOPE,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'az.ai.openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.prompt_tokens': 120,
        'gen_ai.usage.completion_tokens': 30,
        'gen_ai.response.finish_reasons': ['tool_calls'],
      },
    },
    fact: {
      dialect: 'otel-genai',
      kind: 'llm',
      provider: 'azure.ai.openai',
      input_tokens: 120,
      output_tokens: 30,
      finish_reasons: ['tool_call'],
      marks: ['answered'],
    },
  },
  {
    says: 'what of the cache is audio, and how a provider served the call',
    sent: {
      scope: '@spanledger/instrumentation',
      attributes: {
        'gen_ai.operation.name': 'generate_content',
        'gen_ai.provider.name': 'gcp.gemini',
        'gen_ai.request.model': 'gemini-2.5-flash',
        'gen_ai.usage.input_tokens': 17_713,
        'gen_ai.usage.output_tokens': 889,
        'gen_ai.usage.cache_read.input_tokens': 17_379,
        'gen_ai.usage.audio.input_tokens': 1917,
        'gen_ai.usage.audio.cache_read.input_tokens': 1881,
        'gen_ai.usage.image.input_tokens': 5,
        'spanledger.service_tier': 'flex',
      },
    },
    fact: {
      dialect: 'otel-genai',
      kind: 'llm',
      input_tokens: 17_713,
      cache_read_tokens: 17_379,
      audio_input_tokens: 36,
      image_input_tokens: 5,
      service_tier: 'flex',
    },
  },
  {
    says: 'an answer of ours without usage is no stream unless we say so',
    sent: {
      scope: '@spanledger/instrumentation',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'aws.bedrock',
        'gen_ai.request.model': 'mistral.mistral-large',
        'gen_ai.response.finish_reasons': ['stop'],
      },
    },
    fact: { dialect: 'otel-genai', kind: 'llm', streaming: null, input_tokens: null },
  },
];

itReads('opentelemetry', CASES);
