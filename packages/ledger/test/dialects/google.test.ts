// Google's Agent Development Kit, old and new, and OpenTelemetry's instrumentation of Google's SDK.

import { itReads, type Case } from '../dialect-reading.ts';

const scope = 'gcp.vertex.agent';
const ANSWER =
  '{"usage_metadata":{"cached_content_token_count":80,"candidates_token_count":20,' +
  '"prompt_token_count":120,"thoughts_token_count":10,"total_token_count":150}}';

const CASES: readonly Case[] = [
  {
    says: 'an old call span: the kept answer tells cache and thoughts',
    sent: {
      scope,
      name: 'call_llm',
      attributes: {
        'gen_ai.system': 'gcp.vertex.agent',
        'gen_ai.request.model': 'gemini-2.5-flash',
        'gcp.vertex.agent.invocation_id': 'e-1',
        'gcp.vertex.agent.session_id': 's1',
        'gcp.vertex.agent.event_id': 'event-1',
        'gcp.vertex.agent.llm_response': ANSWER,
        'gen_ai.usage.input_tokens': 120,
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.response.finish_reasons': ['stop'],
      },
    },
    fact: {
      dialect: 'google-adk',
      kind: 'llm',
      operation: 'generate_content',
      framework: 'gcp.vertex.agent',
      provider: 'gcp.gemini',
      conversation_id: 's1',
      execution_id: 'e-1',
      emitter_event_id: 'event-1',
      output_tokens: 20,
      reasoning_tokens: 10,
      cache_read_tokens: 80,
      total_tokens: 150,
      reasoning_convention: 'excluded',
      finish_reasons: ['stop'],
    },
  },
  {
    says: 'a model of another provider: its reasoning is in the output twice',
    sent: {
      scope,
      name: 'generate_content openai/gpt-4o',
      attributes: {
        'gen_ai.operation.name': 'generate_content',
        'gen_ai.provider.name': 'openai',
        'gen_ai.usage.output_tokens': 40,
        'gen_ai.usage.reasoning.output_tokens': 10,
      },
    },
    fact: { kind: 'llm', provider: 'openai', output_tokens: 40, reasoning_convention: 'twice' },
  },
  {
    says: 'the event of a call ties to its span by the emitter’s own id',
    sent: {
      scope,
      log: true,
      name: 'gen_ai.client.inference.operation.details',
      attributes: {
        'gcp.vertex.agent.event_id': 'event-2',
        'gen_ai.provider.name': 'gcp.gemini',
        'gen_ai.usage.input_tokens': 739,
      },
    },
    fact: {
      dialect: 'google-adk',
      signal: 'log',
      kind: 'llm',
      emitter_event_id: 'event-2',
      input_tokens: 739,
    },
  },
  {
    says: 'the event of a call that failed says nothing and is no call',
    sent: {
      scope,
      log: true,
      name: 'gen_ai.client.inference.operation.details',
      attributes: {
        'gcp.vertex.agent.event_id': 'event-4',
        'gen_ai.agent.name': 'planner',
        'gen_ai.provider.name': 'gcp.gemini',
      },
    },
    fact: { dialect: 'google-adk', kind: 'step' },
  },
  {
    says: 'a kept answer that was cut off may have told of thoughts',
    sent: {
      scope,
      name: 'call_llm',
      attributes: {
        'gen_ai.usage.input_tokens': 2196,
        'gen_ai.usage.output_tokens': 288,
        'gcp.vertex.agent.llm_response': ANSWER.slice(0, -3),
      },
    },
    fact: {
      output_tokens: 288,
      reasoning_tokens: null,
      marks: ['leaves_reasoning_out'],
      doubts: ['truncated_usage'],
    },
  },
  {
    says: 'parallel tools, shown once more together, are no tool call',
    sent: {
      scope,
      name: 'execute_tool (merged)',
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': '(merged tools)',
      },
    },
    fact: { kind: 'step' },
  },
  {
    says: 'an agent’s name is in its span’s name',
    sent: { scope, name: 'agent_run [planner]', attributes: {} },
    fact: { dialect: 'google-adk', kind: 'agent', agent_name: 'planner' },
  },
  {
    says: 'a tool and what it was given',
    sent: {
      scope,
      name: 'execute_tool get_weather',
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'get_weather',
        'gcp.vertex.agent.tool_call_args': '{"city": "Paris"}',
        'gcp.vertex.agent.tool_response': '{"r": "20 C"}',
      },
    },
    fact: { kind: 'tool', tool_arguments_bytes: 17, tool_result_bytes: 13, emitter_event_id: '' },
  },
  {
    says: 'the SDK, which may call tools and ask again by itself',
    sent: {
      scope: 'opentelemetry.instrumentation.google_genai',
      attributes: {
        'gen_ai.operation.name': 'generate_content',
        'gen_ai.provider.name': 'gemini',
        'gen_ai.response.id': 'r1',
        'gen_ai.usage.output_tokens': 30,
        'gen_ai.usage.reasoning.output_tokens': 10,
        'gcp.vertex.agent.event_id': 'event-3',
      },
    },
    fact: {
      dialect: 'google-genai',
      provider: 'gcp.gemini',
      response_id: 'r1',
      reasoning_convention: 'included',
      emitter_event_id: 'event-3',
      marks: ['calls_tools_itself'],
    },
  },
];

itReads('Google', CASES);
