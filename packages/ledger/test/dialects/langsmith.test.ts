// LangSmith, from Python and JavaScript.

import { itReads, type Case } from '../dialect-reading.ts';

const RUN = { 'langsmith.span.kind': 'llm', 'gen_ai.operation.name': 'chat' };

const CASES: readonly Case[] = [
  {
    says: 'LangSmith: details as the repr of a dict',
    sent: {
      scope: 'langsmith',
      attributes: {
        ...RUN,
        'gen_ai.system': 'openai',
        'gen_ai.usage.input_tokens': 766,
        'gen_ai.usage.output_tokens': 249,
        'gen_ai.usage.input_token_details': "{'audio': 0, 'cache_read': 217}",
        'gen_ai.usage.output_token_details': "{'audio': 0, 'reasoning': 114}",
        'gen_ai.completion': '{"id":"chatcmpl-1","choices":[]}',
      },
    },
    fact: {
      dialect: 'langsmith',
      kind: 'llm',
      input_tokens: 766,
      cache_read_tokens: 217,
      reasoning_tokens: 114,
      response_id: 'chatcmpl-1',
      cache_convention: 'included',
      marks: ['answered', 'not_current'],
    },
  },
  {
    says: 'LangSmith: LangChain tells lifetimes of cache writes beside a sum of 0',
    sent: {
      scope: 'langsmith',
      attributes: {
        ...RUN,
        'langsmith.metadata.ls_provider': 'anthropic',
        'gen_ai.usage.input_tokens': 1759,
        'gen_ai.usage.output_tokens': 166,
        'langsmith.metadata.usage_metadata':
          '{"input_tokens":1759,"output_tokens":166,"total_tokens":1925,"input_token_details":{"cache_read":823,"cache_creation":0,"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":135}}',
      },
    },
    fact: {
      provider: 'anthropic',
      cache_read_tokens: 823,
      cache_write_tokens: 136,
      cache_write_5m_tokens: 1,
      cache_write_1h_tokens: 135,
    },
  },
  {
    says: 'LangSmith: finish reasons as a list of words with commas',
    sent: {
      scope: 'langsmith',
      attributes: { ...RUN, 'gen_ai.response.finish_reasons': 'tool_calls, stop' },
    },
    fact: { finish_reasons: ['tool_call', 'stop'] },
  },
  {
    says: 'LangSmith: a chain repeats its call and is none',
    sent: {
      scope: 'langsmith',
      attributes: {
        'langsmith.span.kind': 'chain',
        'gen_ai.system': 'langchain',
        'gen_ai.response.id': 'chatcmpl-1',
        'gen_ai.usage.input_tokens': 120,
      },
    },
    fact: { kind: 'step', provider: '', framework: 'langchain', response_id: '' },
  },
  {
    says: 'LangSmith: the graph of an agent is the agent',
    sent: {
      scope: 'langsmith',
      name: 'planner',
      attributes: {
        'langsmith.span.kind': 'chain',
        'langsmith.metadata.lc_agent_name': 'planner',
        'langsmith.metadata.ls_integration': 'langchain_create_agent',
        'langsmith.metadata.thread_id': 't1',
      },
    },
    fact: { kind: 'agent', agent_name: 'planner', conversation_id: 't1' },
  },
  {
    says: 'LangSmith: what a failed call leaves as its output is no answer',
    sent: {
      scope: 'langsmith',
      status: 2,
      attributes: { ...RUN, 'gen_ai.completion': '{"output":null}' },
    },
    fact: { kind: 'llm', status: 'error', marks: ['not_current'] },
  },
  {
    says: 'LangSmith from JavaScript: a failed call ends as OK',
    sent: {
      scope: 'langsmith',
      status: 1,
      attributes: RUN,
      events: { exception: { 'exception.type': 'Error' } },
    },
    fact: { status: 'error', marks: ['not_current'] },
  },
  {
    says: 'LangSmith: a retriever is no embedding, whatever its operation says',
    sent: {
      scope: 'langsmith',
      attributes: { 'langsmith.span.kind': 'retriever', 'gen_ai.operation.name': 'embeddings' },
    },
    fact: { kind: 'retrieval' },
  },
];

itReads('langsmith', CASES);
