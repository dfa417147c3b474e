// Flue, which rebuilds its spans from events of its own and sums them up; OpenCode over the AI SDK's
// spans; Braintrust, whose figures are JSON texts.

import type { Call } from '../conversation.ts';
import { inputOf, outputOf, totalOf, written } from '../provider-words.ts';
import {
  course,
  genAiAgent,
  genAiAnswered,
  genAiAsked,
  genAiTokens,
  genAiTool,
  lost,
  NO_LIFETIMES,
  NO_USER,
  one,
  over,
  sumOf,
} from '../speech.ts';
import type { Attributes } from '../tape.ts';
import type { Around, Teller } from '../teller.ts';
import { aiSdk6 } from './ai-sdk.ts';

const ABILITIES = { evidence: 'reference', embeddings: false, audio: false } as const;
const silent = (reason: string) =>
  lost('usage', 'the stream brought no usage', reason, { usage_sent: false });

const FLUE = '@flue/opentelemetry@0.4.0';
const flueUsage = ({ figures }: Pick<Call, 'figures'>): Attributes => ({
  ...genAiTokens({ figures, kind: 'chat' }),
  'gen_ai.usage.cache_read.input_tokens': figures.read,
  'gen_ai.usage.cache_creation.input_tokens': written(figures),
  'gen_ai.usage.reasoning.output_tokens': figures.reasoning,
  'flue.usage.total_tokens': totalOf(figures),
});
const flueNames = ({ agent, conversation }: Around): Attributes => ({
  'flue.agent.name': agent.name,
  'flue.operation.id': `run-${agent.start_ms}`,
  'flue.instance.id': conversation.id,
});

export const flue: Teller = {
  ...ABILITIES,
  emitter: 'Flue',
  versions: '0.4',
  dialect: 'flue',
  providers: ['openai', 'anthropic'],
  not_carried: [NO_USER, NO_LIFETIMES, silent('emitter_reports_no_usage')],
  agent: genAiAgent(FLUE, (agent, around) => ({
    ...flueNames(around),
    ...flueUsage({ figures: sumOf(agent) }),
  })),
  call: (call, around) => {
    const asked = {
      ...genAiAsked(call),
      ...flueNames(around),
      'gen_ai.provider.name': call.provider,
    };
    const attributes = course(call, asked, genAiAnswered(call), flueUsage(call));
    return one(over(call, FLUE, `chat ${call.model}`, attributes, { kind: 'client' }));
  },
  tool: genAiTool(FLUE),
};

/** It runs the AI SDK with its own cost beside the figures. */
export const openCode: Teller = {
  ...aiSdk6,
  ...ABILITIES,
  emitter: 'OpenCode',
  versions: '1.x, with AI SDK 6',
  resource: { 'service.name': 'opencode' },
  call: (call, around) => {
    const told = aiSdk6.call(call, around);
    const cost = call.failed ? {} : { 'opencode.llm.cost.total': 0.25 };
    const spans = told?.spans ?? [];
    return {
      spans: spans.map((span) => ({ ...span, attributes: { ...span.attributes, ...cost } })),
    };
  },
};

const BRAINTRUST = 'braintrust@3.0.0';
const typed = (type: string, name: string, { conversation }: Around): Attributes => ({
  'braintrust.parent': 'project_name:told',
  'braintrust.span_attributes': JSON.stringify({ type, name }),
  'braintrust.metadata': JSON.stringify({ session_id: conversation.id }),
});

export const braintrust: Teller = {
  ...ABILITIES,
  emitter: 'Braintrust',
  versions: '3.x',
  dialect: 'braintrust',
  providers: ['openai', 'anthropic'],
  not_carried: [
    NO_USER,
    NO_LIFETIMES,
    lost('agents', 'an agent is a task among tasks'),
    lost('tool_call_id', 'the tool span has no call id'),
    lost('response_id', 'the id is not written'),
    silent('emitter_reports_no_usage'),
  ],
  agent: (agent, around) =>
    one(over(agent, BRAINTRUST, agent.name, typed('task', agent.name, around))),
  call: (call, around) => {
    const { figures, provider, model } = call;
    const usage = {
      prompt_tokens: inputOf(figures),
      completion_tokens: outputOf(figures),
      tokens: totalOf(figures),
      prompt_cached_tokens: figures.read,
      prompt_cache_creation_tokens: written(figures),
      completion_reasoning_tokens: figures.reasoning ?? undefined,
      time_to_first_token: (call.first_ms - call.start_ms) / 1e3,
    };
    const metadata = { model, provider, session_id: around.conversation.id };
    const attributes = {
      ...typed('llm', 'Chat Completion', around),
      'braintrust.metadata': JSON.stringify(metadata),
      'braintrust.output_json': call.failed ? null : '[{"role":"assistant"}]',
      'braintrust.metrics': call.failed || !call.usage_sent ? null : JSON.stringify(usage),
    };
    return one(over(call, BRAINTRUST, 'Chat Completion', attributes));
  },
  tool: (tool, around) =>
    one(
      over(tool, BRAINTRUST, tool.name, {
        ...typed('tool', tool.name, around),
        'braintrust.input_json': tool.arguments,
        'braintrust.output_json': tool.failed ? null : JSON.stringify(tool.result),
      }),
    ),
};
