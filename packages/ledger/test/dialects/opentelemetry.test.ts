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
];

itReads('opentelemetry', CASES);
