// OpenTelemetry's instrumentations of the AWS SDKs: the input stands as Bedrock words it.

import { itReads, type Case } from '../dialect-reading.ts';

const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

const CASES: readonly Case[] = [
  {
    says: 'Converse names its cache, outside the input',
    sent: {
      scope: 'opentelemetry.instrumentation.botocore.bedrock-runtime',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'aws.bedrock',
        'gen_ai.request.model': MODEL,
        'gen_ai.usage.input_tokens': 400,
        'gen_ai.usage.output_tokens': 30,
        'gen_ai.usage.cache_read.input_tokens': 80,
        'gen_ai.usage.cache_creation.input_tokens': 20,
        'gen_ai.response.finish_reasons': ['tool_use'],
      },
    },
    fact: {
      dialect: 'aws-bedrock',
      provider: 'aws.bedrock',
      cache_convention: 'excluded',
      cache_write_tokens: 20,
      finish_reasons: ['tool_call'],
      doubts: [],
    },
  },
  {
    says: 'InvokeModel names none, which is a doubt',
    sent: {
      scope: 'opentelemetry.instrumentation.genai.bedrock',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'aws.bedrock',
        'gen_ai.request.model': MODEL,
        'gen_ai.response.id': 'msg_bdrk_1',
        'gen_ai.usage.input_tokens': 400,
      },
    },
    fact: {
      dialect: 'aws-bedrock',
      response_id: 'msg_bdrk_1',
      doubts: ['input_may_exclude_cache'],
    },
  },
];

itReads('AWS', CASES);
