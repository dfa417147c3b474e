// Logfire: both records of a stream, the bridge of the OpenAI Agents SDK, and the Claude agent SDK,
// whose runs alone hold figures.

import { itReads, type Case } from '../dialect-reading.ts';

const USAGE =
  '{"completion_tokens":30,"prompt_tokens":120,"prompt_tokens_details":{"cached_tokens":80},' +
  '"completion_tokens_details":{"reasoning_tokens":10}}';

const CASES: readonly Case[] = [
  {
    says: 'the end of a stream began as long ago as it says',
    sent: {
      scope: 'logfire.openai',
      name: 'streaming response from {request_data[model]!r} took {duration:.2f}s',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4o',
        duration: 0.25,
        'gen_ai.usage.input_tokens': 120,
        'gen_ai.usage.output_tokens': 30,
        'gen_ai.usage.raw': USAGE,
      },
    },
    fact: {
      dialect: 'logfire',
      kind: 'llm',
      streaming: true,
      input_tokens: 120,
      cache_read_tokens: 80,
      reasoning_tokens: 10,
      duration_ns: 250_000_000n,
      start_time: 1_790_000_000_750_000_000n,
      marks: ['stream_end', 'written_after'],
    },
  },
  {
    says: 'the request of a stream',
    sent: {
      scope: 'logfire.openai',
      name: 'Responses API with {gen_ai.request.model!r}',
      attributes: {
        'gen_ai.operation.name': 'chat',
        request_data: '{"model":"gpt-4o","stream":true}',
      },
    },
    fact: { kind: 'llm', streaming: true, marks: [] },
  },
  {
    says: 'a span of the application is no GenAI',
    sent: { scope: 'logfire', name: 'planner', attributes: { 'logfire.msg': 'planner' } },
    fact: { dialect: 'logfire', kind: 'other' },
  },
  {
    says: 'agents: a call of either interface, its usage as an object',
    sent: {
      scope: 'logfire.openai_agents',
      name: 'Chat completion with {gen_ai.request.model!r}',
      attributes: {
        'gen_ai.system': 'openai',
        'gen_ai.usage.input_tokens': 471,
        'gen_ai.usage.output_tokens': 194,
        usage:
          '{"input_tokens":471,"output_tokens":194,"total_tokens":665,' +
          '"input_tokens_details":{"cached_tokens":33},"output_tokens_details":{"reasoning_tokens":9}}',
      },
    },
    fact: {
      kind: 'llm',
      operation: 'chat',
      provider: 'openai',
      input_tokens: 471,
      total_tokens: 665,
      cache_read_tokens: 33,
      reasoning_tokens: 9,
      cache_convention: 'included',
    },
  },
  {
    says: 'agents: the id of an answer has a name of its own',
    sent: {
      scope: 'logfire.openai_agents',
      name: 'Responses API with {gen_ai.request.model!r}',
      attributes: { response_id: 'resp_1', usage: '{"input_tokens":1,"output_tokens":2}' },
    },
    fact: { kind: 'llm', response_id: 'resp_1', input_tokens: 1, marks: ['answered'] },
  },
  {
    says: 'agents: what failed has neither id nor usage',
    sent: {
      scope: 'logfire.openai_agents',
      name: 'Responses API with {gen_ai.request.model!r}',
      status: 2,
      attributes: { response_id: 'null', usage: 'null' },
    },
    fact: { kind: 'llm', response_id: '', input_tokens: null, marks: [] },
  },
  {
    says: 'agents: a turn repeats its call and is a step',
    sent: {
      scope: 'logfire.openai_agents',
      name: 'Turn {turn} for agent planner',
      attributes: {
        agent_name: 'planner',
        usage: '{"input_tokens":120,"output_tokens":30,"cached_input_tokens":80}',
      },
    },
    fact: { kind: 'step', agent_name: 'planner', input_tokens: 120 },
  },
  {
    says: 'agents: an agent and a tool go by their name',
    sent: {
      scope: 'logfire.openai_agents',
      name: 'Function: {name}',
      attributes: { name: 'get_weather', input: '{"city": "Paris"}', output: '20 C' },
    },
    fact: {
      kind: 'tool',
      tool_name: 'get_weather',
      tool_arguments_bytes: 17,
      tool_result_bytes: 4,
    },
  },
  {
    says: 'Claude’s agents: figures of an answer in progress are none',
    sent: {
      scope: 'logfire.claude_agent_sdk',
      name: 'chat claude-sonnet-4-5',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.usage.partial.input_tokens': 810,
        'gen_ai.usage.partial.output_tokens': 1,
      },
    },
    fact: { kind: 'llm', input_tokens: null, output_tokens: null, marks: ['answered'] },
  },
  {
    says: 'Claude’s agents: the run holds them, and its cost',
    sent: {
      scope: 'logfire.claude_agent_sdk',
      name: 'invoke_agent',
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.usage.input_tokens': 2208,
        'gen_ai.usage.output_tokens': 511,
        'gen_ai.usage.cache_creation.input_tokens': 200,
        'operation.cost': 0.01923075,
      },
    },
    fact: {
      kind: 'agent',
      input_tokens: 2208,
      cache_write_tokens: 200,
      cache_convention: 'included',
      reported_cost_usd: 19_230_750_000n,
      marks: [],
    },
  },
];

itReads('Logfire', CASES);
