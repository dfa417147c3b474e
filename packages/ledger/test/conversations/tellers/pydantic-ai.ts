// PydanticAI in all its formats: agent run, call, tool; the run repeats its calls' sum, under the
// same names before version 2 and under names of its own from then on.

import type { Agent, Figures, ProviderName } from '../conversation.ts';
import { agentsOf } from '../conversation.ts';
import { finishOf, inputOf, outputOf, written } from '../provider-words.ts';
import {
  course,
  genAiTokens,
  lost,
  NO_AUDIO,
  NO_LIFETIMES,
  NO_USER,
  one,
  over,
  sumOf,
} from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Around, Teller } from '../teller.ts';

const FINISH = { stop: 'stop', asks: 'tool_call' };
const SYSTEMS: Readonly<Record<ProviderName, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'google-gla',
  bedrock: 'bedrock',
};

const tokens = (figures: Figures, provider: ProviderName): Attributes => ({
  ...genAiTokens({ figures, kind: 'chat' }),
  'gen_ai.usage.cache_read.input_tokens': figures.read || null,
  'gen_ai.usage.cache_creation.input_tokens': written(figures) || null,
  'gen_ai.usage.details.cache_read_tokens': figures.read || null,
  'gen_ai.usage.details.cache_write_tokens': written(figures) || null,
  [provider === 'gemini'
    ? 'gen_ai.usage.details.thoughts_tokens'
    : 'gen_ai.usage.details.reasoning_tokens']: figures.reasoning,
});

const identity = ({ agent, conversation }: Around): Attributes => ({
  'gen_ai.agent.name': agent.name,
  'gen_ai.agent.call.id': `run-${agent.start_ms}`,
  'gen_ai.conversation.id': conversation.id,
});

interface Format {
  readonly scope: string;
  readonly run: (name: string) => string;
  readonly tool: (name: string) => string;
  readonly sum: (agent: Agent, around: Around) => Attributes;
  readonly ids: boolean;
  readonly kind: 'internal' | 'client';
}

/** The sum of a run and, with shared usage, of all that its callers had used before. */
const cumulative = (agent: Agent, { conversation }: Around): Attributes => {
  const before = agentsOf(conversation.root).filter((other) => other.start_ms <= agent.start_ms);
  return genAiTokens({ figures: sumOf(...before), kind: 'chat' });
};

const renamed = (agent: Agent): Attributes => ({
  'gen_ai.aggregated_usage.input_tokens': inputOf(sumOf(agent)),
  'gen_ai.aggregated_usage.output_tokens': outputOf(sumOf(agent)),
});

function tellerOf(format: Format, about: Partial<Teller>): Teller {
  const { scope } = format;
  return {
    emitter: '',
    versions: '',
    evidence: 'captures',
    dialect: 'pydantic-ai',
    providers: ['openai', 'anthropic', 'gemini'],
    embeddings: false,
    audio: false,
    not_carried: [NO_USER, NO_LIFETIMES, NO_AUDIO],
    ...about,
    agent: (agent, around) =>
      one(
        over(agent, scope, format.run(agent.name), {
          agent_name: agent.name,
          ...(format.ids ? { 'gen_ai.operation.name': 'invoke_agent', ...identity(around) } : {}),
          'logfire.msg': `${agent.name} run`,
          ...format.sum(agent, around),
        }),
      ),
    call: (call, around) => {
      const asked = {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': SYSTEMS[call.provider],
        'gen_ai.request.model': call.model,
        model_request_parameters: '{"function_tools":[]}',
        ...(format.ids
          ? { 'gen_ai.provider.name': SYSTEMS[call.provider], ...identity(around) }
          : {}),
      };
      const answered = {
        'gen_ai.response.model': call.response_model,
        'gen_ai.response.id': format.ids ? call.response_id || null : null,
        'gen_ai.response.finish_reasons': format.ids ? [finishOf(call, FINISH)] : null,
      };
      const usage = tokens(call.figures, call.provider);
      const attributes = course(call, asked, answered, usage);
      return one(over(call, scope, `chat ${call.model}`, attributes, { kind: format.kind }));
    },
    tool: (tool, around) =>
      one(
        over(tool, scope, format.tool(tool.name), {
          'gen_ai.operation.name': format.ids ? 'execute_tool' : null,
          'gen_ai.tool.name': tool.name,
          'gen_ai.tool.call.id': tool.id,
          ...(format.ids ? identity(around) : {}),
          'logfire.msg': `running tool: ${tool.name}`,
        }),
      ),
  };
}

const silent = lost('usage', 'the stream brought no usage', 'emitter_reports_no_usage', {
  usage_sent: false,
});
const LOSSES = [NO_USER, NO_LIFETIMES, NO_AUDIO, silent];

export const pydanticAi0 = tellerOf(
  {
    scope: 'pydantic-ai@0.2.20',
    run: () => 'agent run',
    tool: () => 'running tool',
    sum: cumulative,
    ids: false,
    kind: 'internal',
  },
  {
    emitter: 'PydanticAI 0.x',
    versions: '0.2, format 1',
    not_carried: [
      ...LOSSES,
      lost('conversation', 'no attribute for the conversation'),
      lost('response_id', 'the id is not written'),
    ],
  },
);

export const pydanticAi1 = tellerOf(
  {
    scope: 'pydantic-ai@1.107.10',
    run: () => 'agent run',
    tool: () => 'running tool',
    sum: cumulative,
    ids: true,
    kind: 'client',
  },
  {
    emitter: 'PydanticAI 1.x',
    versions: '1.0 and 1.107, formats 1 and 2',
    not_carried: LOSSES,
  },
);

export const pydanticAi1Later = tellerOf(
  {
    scope: 'pydantic-ai@1.107.10',
    run: (name) => `invoke_agent ${name}`,
    tool: (name) => `execute_tool ${name}`,
    sum: cumulative,
    ids: true,
    kind: 'client',
  },
  { emitter: 'PydanticAI 1.x, formats 3 and 4', versions: '1.107', not_carried: LOSSES },
);

export const pydanticAi2 = tellerOf(
  {
    scope: 'pydantic-ai@2.62.0',
    run: (name) => `invoke_agent ${name}`,
    tool: (name) => `execute_tool ${name}`,
    sum: renamed,
    ids: true,
    kind: 'client',
  },
  { emitter: 'PydanticAI 2.x', versions: '2.62, formats 3 to 6', not_carried: LOSSES },
);
