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
  {
    says: 'Anthropic in Python: a stream with its flag',
    sent: {
      scope: 'opentelemetry.instrumentation.anthropic',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.is_streaming': true,
        'gen_ai.usage.output_tokens': 31,
      },
    },
    fact: { streaming: true, marks: ['stream_plus_start', 'not_current'] },
  },
  {
    says: 'Anthropic in Python: a stream without flag writes its figures before the model',
    sent: {
      scope: 'opentelemetry.instrumentation.anthropic',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 140,
        'gen_ai.usage.total_tokens': 171,
        'gen_ai.response.model': 'claude-sonnet-4-5',
      },
    },
    fact: { streaming: true },
  },
  {
    says: 'Anthropic in Python: a plain answer writes the model first',
    sent: {
      scope: 'opentelemetry.instrumentation.anthropic',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.response.model': 'claude-sonnet-4-5',
        'gen_ai.usage.input_tokens': 140,
        'gen_ai.usage.total_tokens': 170,
      },
    },
    fact: { streaming: false },
  },
  {
    says: 'Google: thoughts are lost, and the total holds them',
    sent: {
      scope: 'opentelemetry.instrumentation.google_generativeai',
      attributes: {
        'gen_ai.operation.name': 'generate_content',
        'gen_ai.usage.input_tokens': 1532,
        'gen_ai.usage.output_tokens': 153,
        'gen_ai.usage.total_tokens': 1828,
      },
    },
    fact: { output_tokens: 153, total_tokens: 1828, reasoning_convention: 'excluded' },
  },
  {
    says: 'Bedrock: the input leaves the cache out',
    sent: {
      scope: 'opentelemetry.instrumentation.bedrock',
      attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.total_tokens': 70 },
    },
    fact: { cache_convention: 'excluded' },
  },
  {
    says: 'CrewAI: a task is no agent, whatever its operation; its sums accumulate',
    sent: {
      scope: 'opentelemetry.instrumentation.crewai.instrumentation',
      name: 'Write it.task',
      attributes: {
        'traceloop.span.kind': 'task',
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.provider.name': 'crewai',
        'gen_ai.usage.input_tokens': 360,
      },
    },
    fact: {
      kind: 'step',
      provider: '',
      framework: 'crewai',
      marks: ['cumulative', 'not_current'],
    },
  },
  {
    says: 'a whole crew is a workflow',
    sent: {
      scope: 'opentelemetry.instrumentation.crewai.instrumentation',
      name: 'crewai.workflow',
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'traceloop.entity.name': 'crew' },
    },
    fact: { kind: 'workflow' },
  },
];

itReads('traceloop', CASES);
