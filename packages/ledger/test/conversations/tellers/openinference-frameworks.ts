// OpenInference over the smaller frameworks of Python: Agno, AutoGen, DSPy, LiteLLM and BeeAI, of which
// some lose figures; and its processors, which give other frameworks' spans a second set of names.

import type { Call } from '../conversation.ts';
import { inputOf, outputOf, totalOf, uncachedOf } from '../provider-words.ts';
import { CLIENT_ONLY, lost, NO_LIFETIMES, one, over } from '../speech.ts';
import type { Attributes, SpanWords } from '../tape.ts';
import type { Loss, Teller, Told } from '../teller.ts';
import { agent, tool } from './openinference-agents.ts';
import { llm, openInferenceOpenAi, SILENT_STREAM } from './openinference.ts';
import { agentFramework } from './microsoft.ts';
import { pydanticAi2 } from './pydantic-ai.ts';
import { strandsPython } from './strands.ts';

const NO_CALL_ID = lost('tool_call_id', 'the tool span has no call id');
const NO_ID = lost('response_id', 'the id is not written');

/** A span told anew with some attributes more, or, where they are null, fewer. */
const changed = (told: Told | null, more: Attributes): Told | null =>
  told === null ? null : { ...told, spans: told.spans.map((span) => withMore(span, more)) };
const withMore = (span: SpanWords, more: Attributes): SpanWords => ({
  ...span,
  attributes: { ...span.attributes, ...more },
});

const plain: Attributes = { 'output.value': 'It is sunny.', 'output.mime_type': 'text/plain' };
const namelessTool =
  (scope: string): NonNullable<Teller['tool']> =>
  (use, around) =>
    changed(tool(scope)(use, around), { 'tool.id': null });

const AGNO = 'openinference.instrumentation.agno@1.0.15';
export const openInferenceAgno: Teller = {
  ...openInferenceOpenAi,
  emitter: 'OpenInference, Agno',
  versions: 'Python 1.0',
  embeddings: false,
  audio: false,
  not_carried: [NO_CALL_ID, NO_ID, SILENT_STREAM],
  agent: agent(
    AGNO,
    (name) => `${name}.run`,
    (who) => ({ 'graph.node.id': `node-${who.start_ms}`, 'graph.node.name': who.name }),
  ),
  call: (call, around) =>
    changed(llm(AGNO, 'OpenAIChat.invoke', agnoCounts)(call, around), {
      'output.value': '[{"role": "assistant", "content": "It is sunny."}]',
    }),
  tool: namelessTool(AGNO),
};

/** Without a total, and without what is zero. */
function agnoCounts({ figures }: Call): Attributes {
  return {
    'llm.token_count.prompt': inputOf(figures),
    'llm.token_count.completion': outputOf(figures),
    'llm.token_count.prompt_details.cache_read': figures.read || null,
    'llm.token_count.completion_details.reasoning': figures.reasoning || null,
  };
}

const AUTOGEN = 'openinference.instrumentation.autogen_agentchat@0.1.12';
/** It writes zeros where a stream brought nothing, and spells its totals out. */
export const openInferenceAutogen: Teller = {
  ...openInferenceOpenAi,
  emitter: 'OpenInference, AutoGen AgentChat',
  versions: 'Python 0.1',
  embeddings: false,
  audio: false,
  not_carried: [
    NO_CALL_ID,
    NO_ID,
    lost('cache', 'only input and output are written', 'class_not_reported'),
    lost('reasoning', 'only input and output are written'),
    lost('usage', 'where a stream brought no usage it writes zeros', 'zero_means_unknown', {
      usage_sent: false,
    }),
  ],
  agent: agent(
    AUTOGEN,
    (name) => `${name}.on_messages_stream`,
    (who) => ({ 'graph.node.id': who.name }),
  ),
  call: (call, around) => {
    const zero = !call.usage_sent && !call.failed;
    const counts = {
      'llm.token_count.prompt': zero ? 0 : inputOf(call.figures),
      'llm.token_count.completion': zero ? 0 : outputOf(call.figures),
      'llm.token_count.total': zero ? 0 : totalOf(call.figures),
    };
    const told = llm(AUTOGEN, 'OpenAIChatCompletionClient.create', () => counts)(call, around);
    return call.failed ? told : changed(told, { ...counts, ...plain });
  },
  tool: namelessTool(AUTOGEN),
};

const DSPY = 'openinference.instrumentation.dspy@0.1.48';
export const openInferenceDspy: Teller = {
  ...openInferenceOpenAi,
  emitter: 'OpenInference, DSPy',
  versions: 'Python 0.1',
  embeddings: false,
  audio: false,
  not_carried: [
    ...CLIENT_ONLY.filter(({ what }) => what !== 'tools'),
    NO_ID,
    NO_CALL_ID,
    lost('usage', 'the span names the model and no figures', 'emitter_reports_no_usage'),
  ],
  agent: (who) =>
    one(over(who, DSPY, 'ReAct.forward', { 'openinference.span.kind': 'CHAIN' }, { status: 'ok' })),
  call: (call, around) => {
    const silent = { ...call, usage_sent: false };
    const told = llm(DSPY, 'LM.__call__')(silent, around);
    return call.failed
      ? told
      : changed(told, {
          'output.value': '["It is sunny."]',
          'llm.invocation_parameters': '{"temperature": null, "max_tokens": null}',
        });
  },
  tool: namelessTool(DSPY),
};

const LITELLM = 'openinference.instrumentation.litellm@0.1.51';
export const openInferenceLiteLlm: Teller = {
  ...openInferenceOpenAi,
  emitter: 'OpenInference, LiteLLM',
  versions: 'Python 0.1',
  providers: ['openai', 'anthropic'],
  audio: false,
  not_carried: [...CLIENT_ONLY, NO_ID, NO_LIFETIMES, SILENT_STREAM],
  call: (call, around) => {
    const told = llm(LITELLM, 'completion')(call, around);
    const model = { 'llm.model_name': `${call.provider}/${call.model}`, 'llm.cost.total': 0.25 };
    return call.failed || call.kind === 'embedding' ? told : changed(told, { ...model, ...plain });
  },
};

const BEEAI = 'openinference.instrumentation.beeai@0.1.22';
export const openInferenceBeeAi: Teller = {
  ...openInferenceOpenAi,
  emitter: 'OpenInference, BeeAI',
  versions: 'Python 0.1',
  embeddings: false,
  audio: false,
  not_carried: [NO_CALL_ID, NO_ID, SILENT_STREAM, lost('reasoning', 'no attribute for it')],
  agent: agent(
    BEEAI,
    (name) => name,
    () => ({}),
  ),
  call: (call, around) => {
    const counts = (): Attributes => ({
      'llm.token_count.prompt': inputOf(call.figures),
      'llm.token_count.completion': outputOf(call.figures),
      'llm.token_count.total': totalOf(call.figures),
      'metadata.usage.prompt_tokens': inputOf(call.figures),
      'metadata.usage.cached_prompt_tokens': call.figures.read,
      'llm.cost.total': 0.25,
    });
    const told = llm(BEEAI, 'OpenAIChatModel', counts)(call, around);
    return call.failed ? told : changed(told, plain);
  },
  tool: namelessTool(BEEAI),
};

const allInput = ({ figures }: Call): Attributes => ({
  'llm.token_count.prompt': inputOf(figures),
  'llm.token_count.completion': outputOf(figures),
  'llm.token_count.total': totalOf(figures),
});
/** The input as the framework has it: of Anthropic, without its cache. */
const itsInput = (call: Call): Attributes => {
  const { figures, provider } = call;
  const input = provider === 'anthropic' ? uncachedOf(figures) : inputOf(figures);
  return {
    ...allInput(call),
    'llm.token_count.prompt': input,
    'llm.token_count.total': input + outputOf(figures),
  };
};

/** What the processors add: the same figures once more, in OpenInference's names. */
const twice = (call: Call, figures: (call: Call) => Attributes): Attributes =>
  call.failed || !call.usage_sent
    ? { 'openinference.span.kind': 'LLM', 'llm.model_name': call.model }
    : {
        'openinference.span.kind': 'LLM',
        'llm.model_name': call.response_model,
        ...figures(call),
      };

function processed(
  teller: Teller,
  name: string,
  figures = allInput,
  more: readonly Loss[] = [],
): Teller {
  return {
    ...teller,
    dialect: 'openinference',
    not_carried: [...more, ...teller.not_carried],
    emitter: `${teller.emitter}, with OpenInference's processor`,
    versions: `${teller.versions}; ${name}`,
    agent: (who, around) =>
      changed(teller.agent?.(who, around) ?? null, {
        'openinference.span.kind': 'AGENT',
        'agent.name': who.name,
        'graph.node.id': who.name,
      }),
    call: (call, around) => changed(teller.call(call, around), twice(call, figures)),
    tool: (use, around) =>
      changed(teller.tool?.(use, around) ?? null, {
        'openinference.span.kind': 'TOOL',
        'tool.name': use.name,
      }),
  };
}

export const pydanticAiProcessed = processed(
  pydanticAi2,
  'openinference.instrumentation.pydantic_ai 0.1',
);
export const strandsProcessed = processed(
  strandsPython,
  'openinference.instrumentation.strands_agents 0.1',
  allInput,
  [lost('provider', 'the framework stands where the provider belongs')],
);
export const agentFrameworkProcessed = processed(
  agentFramework,
  'openinference.instrumentation.agent_framework 0.1',
  itsInput,
);
