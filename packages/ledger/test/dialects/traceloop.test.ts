// OpenLLMetry / Traceloop, legacy and current, JavaScript and Python.

import { itReads, type Case } from '../dialect-reading.ts';

const CASES: readonly Case[] = [
  {
    says: 'Traceloop’s flattened names',
    sent: {
      scope: 'opentelemetry.instrumentation.openai',
      version: '0.40.0',
      name: 'openai.chat',
      attributes: {
        'llm.request.type': 'chat',
        'gen_ai.system': 'OpenAI',
        'gen_ai.usage.prompt_tokens': 120,
        'gen_ai.usage.cache_read_input_tokens': 80,
        'llm.usage.total_tokens': 150,
        'llm.is_streaming': 'True',
        'gen_ai.completion.0.finish_reason': 'stop',
        'traceloop.association.properties.session_id': 's1',
      },
    },
    fact: {
      dialect: 'traceloop',
      kind: 'llm',
      operation: 'chat',
      provider: 'openai',
      total_tokens: 150,
      streaming: true,
      finish_reasons: ['stop'],
      conversation_id: 's1',
      marks: ['answered', 'not_current'],
    },
  },
  {
    says: 'Traceloop’s decorators',
    sent: {
      scope: 'traceloop.tracer',
      attributes: { 'traceloop.span.kind': 'agent', 'traceloop.entity.name': 'planner' },
    },
    fact: { dialect: 'traceloop', kind: 'agent', agent_name: 'planner' },
  },
  {
    says: 'Traceloop’s JavaScript writes that provider’s input without its cache',
    sent: {
      scope: '@traceloop/instrumentation-anthropic',
      attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 400 },
    },
    fact: { dialect: 'traceloop', cache_convention: 'excluded' },
  },
];

itReads('traceloop', CASES);
