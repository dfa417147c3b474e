// OpenInference over agents: OpenAI Agents, LangChain, smolagents with sums on its agents, and the
// Claude Agent SDK, whose agents alone have figures.

import type { Agent, Call } from '../conversation.ts';
import { inputOf, outputOf, totalOf, uncachedOf, written } from '../provider-words.ts';
import {
  lost,
  modelOf,
  NO_CONVERSATION,
  NO_LIFETIMES,
  NO_USER,
  one,
  over,
  sumOf,
} from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Teller } from '../teller.ts';
import { llm, openInferenceOpenAi, SILENT_STREAM } from './openinference.ts';

export const tool =
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

export const agent =
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

const CLAUDE_JS = '@arizeai/openinference-instrumentation-claude-agent-sdk@0.3.1';
const CLAUDE_PYTHON = 'openinference.instrumentation.claude_agent_sdk@0.1.22';

/** The figures of a run as the provider words them: the input leaves its cache out. */
const wholeRun = (who: Agent): Attributes => {
  const sum = sumOf(who);
  return {
    'llm.token_count.prompt': uncachedOf(sum),
    'llm.token_count.completion': outputOf(sum),
    'llm.token_count.total': uncachedOf(sum) + outputOf(sum),
    'llm.token_count.prompt_details.cache_read': sum.read,
    'llm.token_count.prompt_details.cache_write': written(sum),
    'llm.model_name': modelOf(who).model,
    'llm.cost.total': 0.25,
  };
};

export const openInferenceClaude: Teller = {
  ...openInferenceAgents,
  emitter: 'OpenInference, Claude Agent SDK (JavaScript)',
  versions: '0.3',
  evidence: 'reference',
  providers: ['anthropic'],
  nested: false,
  is_agent: 'ClaudeAgent',
  not_carried: [
    NO_LIFETIMES,
    lost('single_calls', 'a run is told as one sum', 'aggregate_only'),
    lost('provider', 'no attribute for it'),
  ],
  agent: agent(
    CLAUDE_JS,
    () => 'ClaudeAgent.query',
    (who) => ({ ...wholeRun(who), 'agent.name': null }),
  ),
  turn: () => null,
  call: () => null,
  tool: tool(CLAUDE_JS),
};

/** It gathers its figures from the beginnings of answers, where no output is known yet. */
export const openInferenceClaudePython: Teller = {
  ...openInferenceClaude,
  emitter: 'OpenInference, Claude Agent SDK (Python)',
  versions: '0.1',
  evidence: 'captures',
  is_agent: 'ClaudeAgentSDK',
  not_carried: [
    ...openInferenceClaude.not_carried,
    lost('output', 'without a cost the figures are of the beginnings of answers', 'partial_usage'),
  ],
  agent: agent(
    CLAUDE_PYTHON,
    () => 'ClaudeAgentSDK.query',
    (who) => ({
      'llm.model_name': modelOf(who).model,
      'llm.token_count.prompt': inputOf(sumOf(who)),
      'llm.token_count.completion': 1,
      'llm.token_count.total': inputOf(sumOf(who)) + 1,
      'llm.token_count.prompt_details.cache_read': sumOf(who).read,
      'llm.token_count.prompt_details.cache_write': written(sumOf(who)),
      'agent.name': null,
    }),
  ),
  tool: tool(CLAUDE_PYTHON),
};
