// Two emitters, or three, that tell of the same calls: a client's instrumentation beneath a framework's
// span, beside it or in a trace of its own, and gateways in another service. Together they carry what
// either carries.

import { lost } from './speech.ts';
import type { Loss, Lost, Teller, Told, Within } from './teller.ts';
import { aiSdk6 } from './tellers/ai-sdk.ts';
import {
  agentFramework,
  autogen,
  genAiAgents,
  openInferenceCrewAi,
  semanticKernel,
} from './tellers/microsoft.ts';
import { liteLlm, liteLlmProxy, vllmAlone } from './tellers/gateways.ts';
import { googleAdk2 } from './tellers/google-adk.ts';
import { langfuseOpenAi, langSmithPython } from './tellers/langfuse-langsmith.ts';
import { haystack, llamaIndex } from './tellers/llama-haystack.ts';
import { logfireOpenAi } from './tellers/logfire.ts';
import { mlflow } from './tellers/mlflow-laminar.ts';
import {
  openInferenceAnthropic,
  openInferenceBedrock,
  openInferenceGemini,
  openInferenceOpenAi,
} from './tellers/openinference.ts';
import {
  openInferenceAgents,
  openInferenceLangChain,
  openInferenceSmolagents,
} from './tellers/openinference-agents.ts';
import {
  openInferenceAgno,
  openInferenceAutogen,
  openInferenceDspy,
  openInferenceLiteLlm,
} from './tellers/openinference-frameworks.ts';
import { openInferenceAdk } from './tellers/openinference-adk.ts';
import { openlitOpenAi } from './tellers/openlit.ts';
import { genAiAnthropic, genAiLangChain, genAiOpenAi, openAiJs } from './tellers/opentelemetry.ts';
import {
  anthropicPython,
  botocore,
  genAiBedrock,
  googleGenAi,
} from './tellers/provider-clients.ts';
import { pydanticAi1, pydanticAi2 } from './tellers/pydantic-ai.ts';
import { traceloopResponses } from './tellers/responses.ts';
import { strandsJs, strandsPython } from './tellers/strands.ts';
import { traceloopAnthropic, traceloopLegacyPython, traceloopPython } from './tellers/traceloop.ts';
import { traceloopCrewAi } from './tellers/traceloop-frameworks.ts';
import { traceloopAgents, traceloopBedrock } from './tellers/traceloop-others.ts';

/** Of agents and tools the framework alone tells. */
const ALONE: ReadonlySet<Lost> = new Set(['agents', 'tools', 'agent_name', 'tool_call_id']);
/** What a call has from the agent above it. */
const INHERITED: ReadonlySet<Lost> = new Set(['conversation', 'user']);
/** Parts of a call's usage. */
const FIGURES: ReadonlySet<Lost> = new Set(['cache', 'cached_input', 'lifetimes', 'reasoning']);
/** Figures of an emitter's own in place of those that a stream did not bring. */
const MADE_UP: ReadonlySet<string> = new Set(['zero_means_unknown', 'emitter_estimate_only']);

/** What both lose of one call, or, of a framework that tells no calls, what the client loses. */
function lostByBoth(framework: Teller, client: Teller, asks_usage: boolean): readonly Loss[] {
  const [upper, lower] = [framework, client].map(({ not_carried }) => not_carried.filter(isKnown));
  const whats = (list: readonly Loss[] = []) => new Set(list.map(({ what }) => what));
  const silent = upper?.some(({ what, of }) => what === 'record' && of === undefined) === true;
  const [above, below] = [whats(upper), whats(lower)];
  const both = silent
    ? (lower ?? []).filter(({ what }) => !INHERITED.has(what) || above.has(what))
    : (upper ?? []).filter(({ what }) => below.has(what));
  const made_up = [...framework.not_carried, ...client.not_carried].filter(({ reason }) =>
    MADE_UP.has(reason),
  );
  // Where the client alone has the usage of a stream, what it loses is lost there.
  const lent = asks_usage
    ? (lower ?? []).filter(({ what, of }) => of === undefined && FIGURES.has(what))
    : [];
  return [
    ...(upper ?? []).filter(({ what }) => ALONE.has(what)),
    ...both.filter(({ what }) => !ALONE.has(what)),
    ...(asks_usage ? [] : made_up),
    ...lent.map((loss) => ({ ...loss, of: { usage_sent: false } })),
  ];
}

/** Of a stream without usage the better informed of the two knows that it was one. */
const isKnown = ({ of }: Loss): boolean => of?.usage_sent !== false;

const NO_TIE = lost('attempts', 'a refused call has no id that ties its records of other traces');
const WHERE = { beneath: 'beneath', beside: 'beside it', apart: 'in other traces' } as const;

function pair(
  framework: Teller,
  client: Teller,
  place: Within['place'] = 'beneath',
  asks_usage = false,
): Teller {
  return {
    ...framework,
    dialect: '',
    emitter: `${framework.emitter} + ${client.emitter} ${WHERE[place]}`,
    providers: framework.providers.filter((provider) => client.providers.includes(provider)),
    embeddings: false,
    audio: false,
    not_carried: [
      ...lostByBoth(framework, client, asks_usage),
      ...(place === 'beneath' ? [] : [NO_TIE]),
    ],
    within: { client, place, asks_usage },
  };
}

/** A gateway is a service of its own, and asks every stream for its usage. */
function behind(client: Teller, gateway: Teller, place: Within['place']): Teller {
  const away = (told: Told | null): Told | null =>
    told === null
      ? null
      : { ...told, spans: told.spans.map((span) => ({ ...span, service: 'llm-gateway' })) };
  const served = {
    ...gateway,
    call: (...call: Parameters<Teller['call']>) => away(gateway.call(...call)),
  };
  return pair(client, served, place, true);
}

/** Its client alone, without the decorators that name agents. */
const traceloopClient: Teller = {
  ...traceloopPython,
  call: (call, around) =>
    traceloopPython.call(call, { ...around, agent: { ...around.agent, name: '' } }),
};

export const PAIRS: readonly Teller[] = [
  pair(pydanticAi2, genAiOpenAi),
  pair(pydanticAi2, openInferenceOpenAi),
  pair(pydanticAi2, logfireOpenAi),
  pair(pydanticAi2, openlitOpenAi),
  pair(pydanticAi2, googleGenAi),
  pair(pydanticAi2, traceloopAnthropic),
  pair(pydanticAi1, anthropicPython),
  pair(pydanticAi2, genAiAnthropic),
  pair(pydanticAi2, pair(genAiAnthropic, anthropicPython)),
  pair(agentFramework, genAiOpenAi),
  pair(agentFramework, openInferenceOpenAi),
  pair(agentFramework, anthropicPython),
  pair(agentFramework, pair(openInferenceAnthropic, anthropicPython)),
  pair(semanticKernel, genAiOpenAi),
  pair(autogen, genAiOpenAi),
  pair(strandsPython, botocore),
  pair(strandsPython, genAiOpenAi),
  pair(strandsPython, openInferenceOpenAi),
  pair(strandsPython, pair(openInferenceBedrock, botocore)),
  pair(strandsJs, openAiJs),
  pair(googleAdk2, openInferenceGemini),
  pair(llamaIndex, genAiOpenAi),
  pair(haystack, genAiOpenAi),
  pair(mlflow, openInferenceOpenAi),
  pair(langSmithPython, openInferenceOpenAi),
  pair(langSmithPython, genAiOpenAi, 'beside'),
  pair(langfuseOpenAi, openInferenceOpenAi, 'beside'),
  pair(openlitOpenAi, openInferenceOpenAi),
  pair(openInferenceSmolagents, openInferenceOpenAi),
  pair(openInferenceAgno, openInferenceOpenAi),
  pair(openInferenceAutogen, openInferenceOpenAi),
  pair(openInferenceDspy, openInferenceLiteLlm),
  pair(openInferenceDspy, pair(openInferenceLiteLlm, openInferenceOpenAi)),
  pair(openInferenceAdk, openInferenceGemini),
  pair(openInferenceAgents, openInferenceOpenAi),
  pair(openInferenceGemini, googleGenAi),
  pair(openInferenceAnthropic, anthropicPython),
  pair(openInferenceAnthropic, anthropicPython, 'apart'),
  pair(openInferenceOpenAi, genAiOpenAi),
  pair(traceloopBedrock, botocore),
  pair(genAiBedrock, botocore),
  pair(aiSdk6, openAiJs),
  pair(traceloopAgents, traceloopPython),
  pair(traceloopAgents, traceloopResponses),
  pair(traceloopPython, genAiOpenAi),
  pair(traceloopPython, openInferenceOpenAi),
  pair(traceloopCrewAi, genAiOpenAi),
  pair(traceloopAnthropic, anthropicPython),
  pair(traceloopAnthropic, anthropicPython, 'beside'),
  pair(traceloopLegacyPython, openInferenceOpenAi, 'apart'),
  pair(genAiAgents, genAiOpenAi),
  pair(openInferenceCrewAi, traceloopPython),
  pair(openInferenceCrewAi, openInferenceLiteLlm),
  pair(openInferenceLangChain, genAiOpenAi, 'apart'),
  pair(openInferenceLangChain, openInferenceOpenAi, 'apart'),
  pair(openInferenceLangChain, traceloopClient, 'apart'),
  pair(openInferenceLangChain, openInferenceAnthropic, 'apart'),
  pair(openInferenceLangChain, anthropicPython, 'apart'),
  pair(openInferenceLangChain, pair(genAiAnthropic, anthropicPython), 'apart'),
  pair(openInferenceLangChain, pair(traceloopClient, genAiOpenAi), 'apart'),
  pair(genAiLangChain, logfireOpenAi, 'apart'),
  pair(genAiLangChain, openInferenceLangChain, 'apart'),
  pair(liteLlm, genAiOpenAi, 'beside'),
  pair(liteLlm, openInferenceLiteLlm, 'beside'),
  behind(genAiOpenAi, liteLlmProxy, 'beneath'),
  behind(genAiOpenAi, liteLlmProxy, 'apart'),
  behind(pydanticAi2, liteLlmProxy, 'beneath'),
  behind(pydanticAi2, liteLlmProxy, 'apart'),
  behind(aiSdk6, liteLlmProxy, 'apart'),
  behind(openInferenceOpenAi, liteLlmProxy, 'beneath'),
  behind(genAiOpenAi, vllmAlone, 'beneath'),
  behind(openInferenceOpenAi, vllmAlone, 'beneath'),
  behind(pydanticAi2, vllmAlone, 'beneath'),
  behind(pair(pydanticAi2, genAiOpenAi), liteLlmProxy, 'apart'),
];
