// OpenInference: one kind attribute, flat token counts, provider answers in output.value.

import type { Agent, Call, ProviderName } from '../conversation.ts';
import { answerOf, inputOf, outputOf, totalOf, written } from '../provider-words.ts';
import { CLIENT_ONLY, lost, NO_CONVERSATION, NO_USER, one, over, sumOf } from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Teller } from '../teller.ts';

const SYSTEMS: Readonly<Record<ProviderName, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'google',
  bedrock: 'aws',
};

const counts = ({ figures, kind, provider }: Call): Attributes => ({
  'llm.token_count.prompt': inputOf(figures),
  'llm.token_count.total': totalOf(figures),
  ...(kind === 'embedding'
    ? {}
    : {
        'llm.token_count.completion': outputOf(figures),
        'llm.token_count.prompt_details.cache_read': figures.read,
        'llm.token_count.prompt_details.cache_write':
          provider === 'anthropic' || provider === 'bedrock' ? written(figures) : null,
        'llm.token_count.prompt_details.audio': figures.audio_in,
        'llm.token_count.completion_details.reasoning': figures.reasoning,
        'llm.token_count.completion_details.audio': figures.audio_out,
      }),
});

function llm(scope: string, name: string, usage = counts): Teller['call'] {
  return (call) => {
    const embeds = call.kind === 'embedding';
    const asked = {
      'openinference.span.kind': embeds ? 'EMBEDDING' : 'LLM',
      'llm.system': SYSTEMS[call.provider],
      'llm.provider': SYSTEMS[call.provider],
      [embeds ? 'embedding.model_name' : 'llm.model_name']: call.failed
        ? call.model
        : call.response_model,
      'llm.invocation_parameters': JSON.stringify({ model: call.model, stream: call.streaming }),
      'input.value': '{"messages":[{"role":"user","content":"hi"}]}',
      'input.mime_type': 'application/json',
    };
    const streamed = { ...answerOf(call), usage: undefined, usage_metadata: undefined };
    const answered = {
      'output.value': JSON.stringify(call.usage_sent ? answerOf(call) : streamed),
      'output.mime_type': 'application/json',
    };
    const attributes = call.failed
      ? asked
      : { ...asked, ...answered, ...(call.usage_sent ? usage(call) : {}) };
    return one(over(call, scope, name, attributes, { status: call.failed ? 'error' : 'ok' }));
  };
}

const tool =
  (scope: string): NonNullable<Teller['tool']> =>
  (use) =>
    one(
      over(
        use,
        scope,
        use.name,
        {
          'openinference.span.kind': 'TOOL',
          'tool.name': use.name,
          'tool.id': use.id,
          'input.value': use.arguments,
          'output.value': use.failed ? null : use.result,
        },
        { status: use.failed ? 'error' : 'ok' },
      ),
    );

const agent =
  (
    scope: string,
    name: (agent: string) => string,
    more: (agent: Agent) => Attributes,
  ): NonNullable<Teller['agent']> =>
  (who, { conversation }) =>
    one(
      over(
        who,
        scope,
        name(who.name),
        {
          'openinference.span.kind': 'AGENT',
          'agent.name': who.name,
          'session.id': conversation.id,
          'user.id': conversation.user,
          ...more(who),
        },
        { status: 'ok' },
      ),
    );

/** The answer as Python shows the object of the OpenAI library. */
const reprOf = ({ response_id, response_model, figures }: Call): string =>
  `ChatCompletion(id='${response_id}', choices=[Choice(finish_reason='stop', index=0)], ` +
  `created=1, model='${response_model}', object='chat.completion', usage=CompletionUsage(` +
  `completion_tokens=${outputOf(figures)}, prompt_tokens=${inputOf(figures)}, ` +
  `total_tokens=${totalOf(figures)}, completion_tokens_details=CompletionTokensDetails(` +
  `audio_tokens=0, reasoning_tokens=${figures.reasoning ?? 0}), ` +
  `prompt_tokens_details=PromptTokensDetails(audio_tokens=0, cached_tokens=${figures.read})))`;

const SILENT_STREAM = lost(
  'usage',
  'a stream without include_usage has no figures',
  'stream_without_usage',
  { usage_sent: false },
);

export const openInferenceOpenAi: Teller = {
  emitter: 'OpenInference, OpenAI client',
  versions: 'JavaScript 4.2, Python 0.1.66',
  evidence: 'captures',
  dialect: 'openinference',
  providers: ['openai'],
  embeddings: true,
  audio: true,
  not_carried: [...CLIENT_ONLY, SILENT_STREAM],
  call: llm('openinference.instrumentation.openai@0.1.66', 'ChatCompletion'),
};

export const openInferenceAnthropic: Teller = {
  ...openInferenceOpenAi,
  emitter: 'OpenInference, Anthropic client',
  versions: 'JavaScript 0.2.8, Python 3.1',
  providers: ['anthropic'],
  embeddings: false,
  not_carried: CLIENT_ONLY,
  call: llm('openinference.instrumentation.anthropic@3.1.0', 'messages.create'),
};

const AGENTS_SCOPE = 'openinference.instrumentation.openai_agents@2.6.0';
export const openInferenceAgents: Teller = {
  ...openInferenceOpenAi,
  emitter: 'OpenInference, OpenAI Agents',
  versions: 'Python 2.6',
  embeddings: false,
  audio: false,
  not_carried: [SILENT_STREAM, lost('tool_call_id', 'the tool span has no call id')],
  agent: agent(
    AGENTS_SCOPE,
    (name) => name,
    (who) => ({ 'graph.node.id': who.name }),
  ),
  turn: (turn) => one(over(turn, AGENTS_SCOPE, 'turn', { 'openinference.span.kind': 'CHAIN' })),
  call: llm(AGENTS_SCOPE, 'response'),
  tool: (use, around) => {
    const told = tool(AGENTS_SCOPE)(use, around);
    const span = told?.spans[0];
    if (span === undefined) return null;
    return one({ ...span, attributes: { ...span.attributes, 'tool.id': null } });
  },
};

const SMOL_SCOPE = 'openinference.instrumentation.smolagents@0.1.43';
export const openInferenceSmolagents: Teller = {
  ...openInferenceAgents,
  emitter: 'OpenInference, smolagents',
  versions: 'Python 0.1.43',
  not_carried: [lost('tool_call_id', 'the tool span has no call id'), SILENT_STREAM],
  agent: agent(
    SMOL_SCOPE,
    (name) => `${name}.run`,
    (who) => ({
      'llm.token_count.prompt': inputOf(sumOf(who)),
      'llm.token_count.completion': outputOf(sumOf(who)),
      'llm.token_count.total': totalOf(sumOf(who)),
    }),
  ),
  turn: (turn) =>
    one(over(turn, SMOL_SCOPE, `Step ${turn.index + 1}`, { 'openinference.span.kind': 'CHAIN' })),
  call: llm(SMOL_SCOPE, 'OpenAIModel.generate', (call) => ({
    'llm.token_count.prompt': inputOf(call.figures),
    'llm.token_count.completion': outputOf(call.figures),
    'llm.token_count.total': totalOf(call.figures),
    'output.value': JSON.stringify({ role: 'assistant', content: null, raw: reprOf(call) }),
  })),
};

const CHAIN_SCOPE = 'openinference.instrumentation.langchain@0.1.80';
export const openInferenceLangChain: Teller = {
  ...openInferenceOpenAi,
  emitter: 'OpenInference, LangChain and LangGraph',
  versions: 'JavaScript 4.1, Python 0.1.80',
  embeddings: false,
  providers: ['openai', 'anthropic'],
  not_carried: [
    lost('agents', 'agents are chains among chains'),
    lost('tool_call_id', 'the tool span has no call id'),
    NO_CONVERSATION,
    NO_USER,
    SILENT_STREAM,
  ],
  agent: (who) =>
    one(over(who, CHAIN_SCOPE, who.name, { 'openinference.span.kind': 'CHAIN' }, { status: 'ok' })),
  turn: (turn) => one(over(turn, CHAIN_SCOPE, 'model', { 'openinference.span.kind': 'CHAIN' })),
  call: llm(CHAIN_SCOPE, 'ChatOpenAI'),
  tool: openInferenceAgents.tool as NonNullable<Teller['tool']>,
};
