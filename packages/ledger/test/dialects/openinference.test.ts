// OpenInference: every span kind and the emitters that have ways of their own.

import { itReads, type Case } from '../dialect-reading.ts';

const CASES: readonly Case[] = [
  {
    says: 'OpenInference: the id is in the answer, the stream flag in the parameters',
    sent: {
      scope: 'openinference.instrumentation.openai',
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'gpt-4o-2024-08-06',
        'llm.token_count.prompt': 120,
        'llm.token_count.completion': 30,
        'llm.token_count.prompt_details.cache_read': 80,
        'llm.invocation_parameters': '{"stream": true}',
        'output.value': '{"id":"chatcmpl-7","choices":[]}',
        'llm.cost.total': 0.000669,
      },
    },
    fact: {
      dialect: 'openinference',
      kind: 'llm',
      operation: 'chat',
      response_id: 'chatcmpl-7',
      response_model: 'gpt-4o-2024-08-06',
      streaming: true,
      cache_convention: 'included',
      reported_cost_usd: 669_000_000n,
    },
  },
  {
    says: 'OpenInference: LangChain’s answer holds the id deep inside',
    sent: {
      scope: 'openinference.instrumentation.langchain',
      attributes: {
        'openinference.span.kind': 'LLM',
        'output.value': JSON.stringify({
          generations: [[{ message: { kwargs: { response_metadata: { id: 'chatcmpl-8' } } } }]],
        }),
      },
    },
    fact: { response_id: 'chatcmpl-8', marks: ['not_current', 'answered'] },
  },
  {
    says: 'OpenInference: an answer that was cut off is no JSON, and no id',
    sent: {
      scope: 'openinference.instrumentation.openai',
      attributes: { 'openinference.span.kind': 'LLM', 'output.value': '{"choices":[{"id":"x"' },
    },
    fact: { response_id: '' },
  },
  {
    says: 'OpenInference: an agent goes by its name',
    sent: { scope: 'x', name: 'planner', attributes: { 'openinference.span.kind': 'AGENT' } },
    fact: { kind: 'agent', agent_name: 'planner', operation: 'invoke_agent' },
  },
  {
    says: 'OpenInference: what the attributes leave out is in the answer, here as Python printed it',
    sent: {
      scope: 'openinference.instrumentation.smolagents',
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.token_count.prompt': 120,
        'llm.token_count.completion': 30,
        'output.value': JSON.stringify({
          role: 'assistant',
          raw:
            "ChatCompletion(id='chatcmpl-9', choices=[Choice(finish_reason='stop', logprobs=None)]," +
            ' usage=CompletionUsage(completion_tokens=30, prompt_tokens=120, total_tokens=150,' +
            ' completion_tokens_details=CompletionTokensDetails(reasoning_tokens=10),' +
            ' prompt_tokens_details=PromptTokensDetails(cached_tokens=80)))',
        }),
      },
    },
    fact: {
      response_id: 'chatcmpl-9',
      input_tokens: 120,
      cache_read_tokens: 80,
      reasoning_tokens: 10,
      cache_convention: 'included',
    },
  },
  {
    says: 'OpenInference: LangChain’s own word for a message is no id; its parts are usage',
    sent: {
      scope: 'openinference.instrumentation.langchain',
      attributes: {
        'openinference.span.kind': 'LLM',
        'output.value': JSON.stringify({
          generations: [
            [
              {
                message: {
                  kwargs: {
                    id: 'run--1',
                    usage_metadata: {
                      input_tokens: 584,
                      output_tokens: 433,
                      total_tokens: 1017,
                      input_token_details: { cache_creation: 81, cache_read: 50 },
                    },
                  },
                },
              },
            ],
          ],
        }),
      },
    },
    fact: { response_id: '', input_tokens: 584, cache_read_tokens: 50, cache_write_tokens: 81 },
  },
  {
    says: 'OpenInference: LangChain for JavaScript sums both figures of such a stream',
    sent: {
      scope: '@arizeai/openinference-instrumentation-langchain',
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'claude-sonnet-4-5',
        'llm.token_count.completion': 830,
        'output.value': JSON.stringify({
          generations: [[{ message: { id: ['AIMessageChunk'], kwargs: { id: 'msg_1' } } }]],
        }),
      },
    },
    fact: {
      response_id: 'msg_1',
      streaming: true,
      marks: ['not_current', 'stream_plus_start', 'answered'],
    },
  },
  {
    says: 'OpenInference: a class that an earlier call left on the agent’s span is not read',
    sent: {
      scope: 'gcp.vertex.agent',
      name: 'invoke_agent planner',
      attributes: {
        'openinference.span.kind': 'LLM',
        'gen_ai.operation.name': 'generate_content',
        'gen_ai.usage.reasoning.output_tokens': 204,
        'gcp.vertex.agent.event_id': 'event-1',
        'gen_ai.usage.input_tokens': 1270,
        'gen_ai.usage.output_tokens': 149,
        'gen_ai.usage.cache_read.input_tokens': 286,
      },
    },
    fact: {
      dialect: 'openinference',
      kind: 'llm',
      emitter_event_id: 'event-1',
      reasoning_tokens: null,
      cache_read_tokens: 286,
      doubts: ['overwritten_span'],
    },
  },
  {
    says: 'OpenInference: agents that sum over earlier runs',
    sent: {
      scope: 'openinference.instrumentation.smolagents',
      name: 'planner.run',
      attributes: { 'openinference.span.kind': 'AGENT', 'llm.token_count.prompt': 600 },
    },
    fact: { kind: 'agent', agent_name: 'planner', marks: ['cumulative'] },
  },
  {
    says: 'OpenInference: Claude’s agents without a cost know the input only',
    sent: {
      scope: 'openinference.instrumentation.claude_agent_sdk',
      name: 'ClaudeAgentSDK.query',
      attributes: {
        'openinference.span.kind': 'AGENT',
        'llm.token_count.prompt': 1825,
        'llm.token_count.completion': 2,
        'llm.token_count.total': 1827,
        'llm.token_count.prompt_details.cache_read': 719,
      },
    },
    fact: {
      kind: 'agent',
      input_tokens: 1825,
      output_tokens: null,
      total_tokens: null,
      cache_convention: 'included',
    },
  },
];

itReads('openinference', CASES);
