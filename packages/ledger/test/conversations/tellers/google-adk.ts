// Google's Agent Development Kit: version 2 in the words of the conventions with an event for each
// call, version 1 with its tools beneath call_llm and the thoughts left out of the output.

import type { Call } from '../conversation.ts';
import { geminiUsage, inputOf, outputOf } from '../provider-words.ts';
import { course, genAiTokens, genAiTool, lost, NO_USER, one, over } from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Around, Teller } from '../teller.ts';

const TWO = 'gcp.vertex.agent@2.13.0';
const identity = ({ agent, conversation }: Around): Attributes => ({
  'gen_ai.agent.name': agent.name,
  'gen_ai.conversation.id': conversation.id,
});

export const googleAdk2: Teller = {
  emitter: 'Google ADK 2.x (Python)',
  versions: '2.13',
  evidence: 'captures',
  dialect: 'google-adk',
  providers: ['gemini'],
  embeddings: false,
  audio: false,
  not_carried: [NO_USER, lost('response_id', 'the id is not written')],
  agent: (agent, around) => {
    const span = over(agent, TWO, `invoke_agent ${agent.name}`, {
      'gen_ai.operation.name': 'invoke_agent',
      ...identity(around),
    });
    if (around.above !== null) return one(span);
    const workflow = over(agent, TWO, `invoke_workflow ${agent.name}`, {
      'gen_ai.operation.name': 'invoke_workflow',
      'gen_ai.workflow.name': agent.name,
    });
    return { spans: [workflow, span] };
  },
  call: (call, around) => {
    const asked = {
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.request.model': call.model,
      'gen_ai.provider.name': 'gcp.gemini',
      'gcp.vertex.agent.event_id': `event-${call.response_id || call.start_ms}`,
      'gcp.vertex.agent.invocation_id': 'e-1',
      ...identity(around),
    };
    const usage = {
      ...genAiTokens(call),
      'gen_ai.usage.cache_read.input_tokens': call.figures.read,
      'gen_ai.usage.reasoning.output_tokens': call.figures.reasoning,
    };
    const finish = { 'gen_ai.response.finish_reasons': ['stop'] };
    const attributes = course(call, asked, finish, usage);
    const span = over(call, TWO, `generate_content ${call.model}`, attributes);
    if (call.failed) return one(span);
    const { 'gen_ai.request.model': _model, ...said } = attributes;
    return one(span, [
      {
        scope: TWO,
        event_name: 'gen_ai.client.inference.operation.details',
        at_ms: call.end_ms,
        attributes: said,
      },
    ]);
  },
  tool: genAiTool(TWO, (tool, { agent }) => ({
    'gen_ai.tool.type': 'FunctionTool',
    'gen_ai.agent.name': agent.name,
    'gcp.vertex.agent.event_id': `event-${tool.start_ms}`,
  })),
};

const ONE = 'gcp.vertex.agent';

function callLlm(call: Call, { conversation }: Around): Attributes {
  const { figures } = call;
  const asked = {
    'gen_ai.system': 'gcp.vertex.agent',
    'gen_ai.request.model': call.model,
    'gcp.vertex.agent.session_id': conversation.id,
    'gcp.vertex.agent.invocation_id': 'e-1',
    'gcp.vertex.agent.event_id': `event-${call.response_id || call.start_ms}`,
    'gcp.vertex.agent.llm_request': JSON.stringify({ model: call.model }),
  };
  if (call.failed) return { ...asked, 'error.type': 'ClientError' };
  const words = snakeCase(geminiUsage(figures));
  return {
    ...asked,
    'gcp.vertex.agent.llm_response': JSON.stringify({
      content: { parts: [{ text: 'Hi' }], role: 'model' },
      finish_reason: 'STOP',
      usage_metadata: words,
    }),
    'gen_ai.usage.input_tokens': inputOf(figures),
    'gen_ai.usage.output_tokens': outputOf(figures) - (figures.reasoning ?? 0),
    'gen_ai.response.finish_reasons': ['stop'],
  };
}

const snakeCase = (words: object): object =>
  Object.fromEntries(
    Object.entries(words).map(([key, value]) => [
      key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value as unknown,
    ]),
  );

/** The served call of a turn holds the turn's tools; refused tries lie before it. */
export const googleAdk1: Teller = {
  ...googleAdk2,
  emitter: 'Google ADK 1.x (Python)',
  versions: '1.14',
  agent: (agent, { above }) => {
    const span = over(agent, ONE, `agent_run [${agent.name}]`, {});
    return above === null ? { spans: [over(agent, ONE, 'invocation', {}), span] } : one(span);
  },
  turn: (turn, around) => {
    const served = turn.calls.at(-1);
    if (served === undefined) return null;
    const whole = { start_ms: served.start_ms, end_ms: turn.end_ms };
    return one(over(whole, ONE, 'call_llm', callLlm(served, around)));
  },
  call: (call, around) => {
    if (!call.failed) return null;
    const span = over(call, ONE, 'call_llm', callLlm(call, around));
    return { spans: [], beside: [span] };
  },
  tool: genAiTool(ONE, (tool) => ({
    'gen_ai.system': 'gcp.vertex.agent',
    'gcp.vertex.agent.tool_call_args': tool.arguments,
    'gcp.vertex.agent.tool_response': tool.result,
    'gcp.vertex.agent.llm_request': '{}',
    'gcp.vertex.agent.llm_response': '{}',
  })),
};
