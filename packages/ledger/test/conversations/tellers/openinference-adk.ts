// OpenInference over Google's ADK 2: no call has a span. Each writes its figures over the last one's on
// the agent's span, and all of them stand in the events alone.

import type { Call } from '../conversation.ts';
import { inputOf, outputOf, totalOf } from '../provider-words.ts';
import { course, genAiTokens, lost, modelOf, over } from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Around, Teller } from '../teller.ts';
import { tool } from './openinference-agents.ts';

const INNER = 'gcp.vertex.agent@2.13.0';
const OUTER = 'openinference.instrumentation.google_adk@1.0.5';

const who = ({ conversation }: Around): Attributes => ({
  'session.id': conversation.id,
  'user.id': conversation.user,
});

function said(call: Call, { agent, conversation }: Around): Attributes {
  const asked = {
    'gen_ai.agent.name': agent.name,
    'gen_ai.conversation.id': conversation.id,
    'gcp.vertex.agent.event_id': `event-${call.response_id || call.start_ms}`,
    'gcp.vertex.agent.invocation_id': 'e-1',
    'gen_ai.provider.name': 'gcp.gemini',
  };
  const usage = {
    ...genAiTokens(call),
    'gen_ai.usage.cache_read.input_tokens': call.figures.read || null,
    'gen_ai.usage.reasoning.output_tokens': call.figures.reasoning || null,
  };
  return course(call, asked, { 'gen_ai.response.finish_reasons': ['stop'] }, usage);
}

/** The names of OpenInference for the last call of the run. */
const renamed = ({ model, figures }: Call): Attributes => ({
  'gen_ai.operation.name': 'generate_content',
  'gen_ai.request.model': model,
  'openinference.span.kind': 'LLM',
  'llm.provider': 'google',
  'llm.model_name': model,
  'llm.token_count.prompt': inputOf(figures),
  'llm.token_count.completion': outputOf(figures),
  'llm.token_count.total': totalOf(figures),
  'llm.token_count.prompt_details.cache_read': figures.read || null,
  'llm.token_count.completion_details.reasoning': figures.reasoning || null,
});

export const openInferenceAdk: Teller = {
  emitter: 'OpenInference, Google ADK 2.x (Python)',
  versions: '1.0, ADK 2.13',
  evidence: 'captures',
  dialect: '',
  providers: ['gemini'],
  embeddings: false,
  audio: false,
  not_carried: [
    lost('response_id', 'the id is not written'),
    lost('record', 'a refused call leaves nothing behind', '', { failed: true }),
  ],
  agent: (agent, around) => {
    const last = modelOf(agent);
    const run = { ...who(around), 'openinference.span.kind': 'AGENT', 'agent.name': agent.name };
    const outer = over(agent, OUTER, `agent_run [${agent.name}]`, run, { status: 'ok' });
    const words = { ...who(around), ...said(last, around), ...renamed(last) };
    const inner = over(agent, INNER, `invoke_agent ${agent.name}`, words, { status: 'ok' });
    return { spans: [outer, inner] };
  },
  call: (call, around) => {
    if (call.failed) return null;
    const event_name = 'gen_ai.client.inference.operation.details';
    const attributes = said(call, around);
    return {
      spans: [],
      aside: true,
      logs: [{ scope: INNER, event_name, at_ms: call.end_ms, attributes }],
    };
  },
  tool: tool(OUTER),
};
