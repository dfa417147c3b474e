// Two emitters that tell of the same calls: a client's instrumentation beneath a framework's span, or
// in a trace of its own, tied by the provider's id. Together they carry what either carries.

import { lost } from './speech.ts';
import type { Loss, Teller } from './teller.ts';
import { aiSdk6 } from './tellers/ai-sdk.ts';
import { agentFramework, genAiAgents, openInferenceCrewAi } from './tellers/microsoft.ts';
import { logfireOpenAi } from './tellers/logfire.ts';
import { openInferenceAnthropic, openInferenceOpenAi } from './tellers/openinference.ts';
import { openInferenceLangChain, openInferenceSmolagents } from './tellers/openinference-agents.ts';
import { genAiAnthropic, genAiLangChain, genAiOpenAi, openAiJs } from './tellers/opentelemetry.ts';
import { anthropicPython, botocore } from './tellers/provider-clients.ts';
import { pydanticAi1, pydanticAi2 } from './tellers/pydantic-ai.ts';
import { strandsPython } from './tellers/strands.ts';
import { traceloopAnthropic, traceloopPython } from './tellers/traceloop.ts';

/** What both lose of one call; of agents and tools the framework alone tells. */
function lostByBoth(framework: Teller, client: Teller): readonly Loss[] {
  const shared = new Set(client.not_carried.map(({ what }) => what));
  const alone = new Set(['agents', 'tools', 'agent_name', 'tool_call_id']);
  const both = framework.not_carried.filter(({ what }) => alone.has(what) || shared.has(what));
  // Of a stream without usage the better informed of the two knows that it was one.
  return both.filter(({ of }) => of?.usage_sent !== false);
}

const NO_TIE = lost('attempts', 'a refused call has no id that ties its records of other traces');

function pair(framework: Teller, client: Teller, apart = false): Teller {
  const where = apart ? 'in other traces' : 'beneath';
  return {
    ...framework,
    dialect: '',
    emitter: `${framework.emitter} + ${client.emitter} ${where}`,
    providers: framework.providers.filter((provider) => client.providers.includes(provider)),
    embeddings: false,
    audio: false,
    not_carried: [...lostByBoth(framework, client), ...(apart ? [NO_TIE] : [])],
    within: { client, apart },
  };
}

export const PAIRS: readonly Teller[] = [
  pair(pydanticAi2, genAiOpenAi),
  pair(pydanticAi2, openInferenceOpenAi),
  pair(pydanticAi1, anthropicPython),
  pair(pydanticAi2, genAiAnthropic),
  pair(agentFramework, genAiOpenAi),
  pair(agentFramework, anthropicPython),
  pair(strandsPython, botocore),
  pair(strandsPython, genAiOpenAi),
  pair(openInferenceSmolagents, openInferenceOpenAi),
  pair(aiSdk6, openAiJs),
  pair(traceloopPython, genAiOpenAi),
  pair(traceloopPython, openInferenceOpenAi),
  pair(traceloopAnthropic, anthropicPython),
  pair(genAiAgents, genAiOpenAi),
  pair(openInferenceCrewAi, traceloopPython),
  pair(openInferenceLangChain, genAiOpenAi, true),
  pair(openInferenceLangChain, openInferenceAnthropic, true),
  pair(openInferenceLangChain, anthropicPython, true),
  pair(genAiLangChain, logfireOpenAi, true),
];
