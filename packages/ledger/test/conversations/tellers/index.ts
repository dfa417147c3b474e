// Every teller, by file.

import type { Teller } from '../teller.ts';
import {
  genAiResponses,
  traceloopResponses,
  logfireResponses,
  openInferenceResponses,
  openInferenceAnswers,
} from './responses.ts';
import { openInferenceAdk } from './openinference-adk.ts';
import { remoteAgent, agentFrameworkDotnet, semanticKernelDotnet } from './remote-agents.ts';
import { traceloopLangChain, traceloopCrewAi } from './traceloop-frameworks.ts';
import { flue, openCode, braintrust } from './braintrust-flue.ts';
import {
  openInferenceAgno,
  openInferenceAutogen,
  openInferenceDspy,
  openInferenceLiteLlm,
  openInferenceBeeAi,
  pydanticAiProcessed,
  strandsProcessed,
  agentFrameworkProcessed,
} from './openinference-frameworks.ts';
import { aiSdk7 } from './ai-sdk-7.ts';
import { aiSdk4, aiSdk5, aiSdk6 } from './ai-sdk.ts';
import { claudeCodeBoth, claudeCodeLogs, claudeCodeTraces } from './claude-code.ts';
import { codexLogs, codexTraces, copilot, geminiCli } from './coding-agents.ts';
import { liteLlm, liteLlmProxy, openRouter, vllm, vllmAlone } from './gateways.ts';
import { googleAdk1, googleAdk2 } from './google-adk.ts';
import { genkit, mastra, voltAgent } from './javascript-frameworks.ts';
import {
  langfuseOpenAi,
  langfuseParts,
  langSmithJs,
  langSmithPython,
} from './langfuse-langsmith.ts';
import { haystack, llamaIndex } from './llama-haystack.ts';
import { logfireAgents, logfireAnthropic, logfireOpenAi } from './logfire.ts';
import {
  agentFramework,
  autogen,
  genAiAgents,
  openInferenceCrewAi,
  semanticKernel,
} from './microsoft.ts';
import { laminar, mlflow } from './mlflow-laminar.ts';
import {
  openInferenceAgents,
  openInferenceClaude,
  openInferenceClaudePython,
  openInferenceLangChain,
  openInferenceSmolagents,
} from './openinference-agents.ts';
import {
  openInferenceAnthropic,
  openInferenceBedrock,
  openInferenceGemini,
  openInferenceOpenAi,
} from './openinference.ts';
import { openlitAnthropic, openlitJs, openlitOpenAi } from './openlit.ts';
import {
  genAiAnthropic,
  genAiLangChain,
  genAiOpenAi,
  openAiJs,
  openAiV2,
  otelCurrent,
  otelFirst,
} from './opentelemetry.ts';
import {
  bareEmitter,
  datadog,
  liveKit,
  loongSuite,
  sentry,
  springAi,
  unknownEmitter,
} from './others.ts';
import {
  anthropicJs,
  anthropicPython,
  awsSdkBedrock,
  botocore,
  botocoreInvoke,
  genAiBedrock,
  googleGenAi,
} from './provider-clients.ts';
import { pydanticAi0, pydanticAi1, pydanticAi1Later, pydanticAi2 } from './pydantic-ai.ts';
import { agentCore, strandsJs, strandsPython } from './strands.ts';
import { traceloopAgents, traceloopBedrock, traceloopGoogle } from './traceloop-others.ts';
import {
  traceloopAnthropic,
  traceloopJsAnthropic,
  traceloopJsLegacy,
  traceloopJsOpenAi,
  traceloopLegacyPython,
  traceloopPython,
} from './traceloop.ts';

export const TELLERS: readonly Teller[] = [
  aiSdk7,
  aiSdk4,
  aiSdk5,
  aiSdk6,
  claudeCodeTraces,
  claudeCodeLogs,
  claudeCodeBoth,
  codexLogs,
  codexTraces,
  geminiCli,
  copilot,
  liteLlm,
  liteLlmProxy,
  vllm,
  vllmAlone,
  openRouter,
  googleAdk2,
  googleAdk1,
  mastra,
  voltAgent,
  genkit,
  langfuseParts,
  langfuseOpenAi,
  langSmithJs,
  langSmithPython,
  llamaIndex,
  haystack,
  logfireOpenAi,
  logfireAnthropic,
  logfireAgents,
  agentFramework,
  semanticKernel,
  autogen,
  genAiAgents,
  openInferenceCrewAi,
  mlflow,
  laminar,
  openInferenceAgents,
  openInferenceSmolagents,
  openInferenceLangChain,
  openInferenceClaude,
  openInferenceClaudePython,
  openInferenceOpenAi,
  openInferenceAnthropic,
  openInferenceGemini,
  openInferenceBedrock,
  openlitOpenAi,
  openlitAnthropic,
  openlitJs,
  otelCurrent,
  genAiOpenAi,
  genAiAnthropic,
  genAiLangChain,
  openAiV2,
  openAiJs,
  otelFirst,
  liveKit,
  datadog,
  sentry,
  springAi,
  loongSuite,
  unknownEmitter,
  bareEmitter,
  googleGenAi,
  botocore,
  botocoreInvoke,
  genAiBedrock,
  awsSdkBedrock,
  anthropicJs,
  anthropicPython,
  pydanticAi0,
  pydanticAi1,
  pydanticAi1Later,
  pydanticAi2,
  strandsPython,
  strandsJs,
  agentCore,
  traceloopGoogle,
  traceloopBedrock,
  traceloopAgents,
  traceloopPython,
  traceloopAnthropic,
  traceloopLegacyPython,
  traceloopJsAnthropic,
  traceloopJsOpenAi,
  traceloopJsLegacy,
  openInferenceAgno,
  openInferenceAutogen,
  openInferenceDspy,
  openInferenceLiteLlm,
  openInferenceBeeAi,
  pydanticAiProcessed,
  strandsProcessed,
  agentFrameworkProcessed,
  flue,
  openCode,
  braintrust,
  traceloopLangChain,
  traceloopCrewAi,
  remoteAgent,
  agentFrameworkDotnet,
  semanticKernelDotnet,
  openInferenceAdk,
  genAiResponses,
  traceloopResponses,
  logfireResponses,
  openInferenceResponses,
  openInferenceAnswers,
];
