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
];

itReads('openinference', CASES);
