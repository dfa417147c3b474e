// Every teller, by file.

import type { Teller } from '../teller.ts';
import { aiSdk7 } from './ai-sdk-7.ts';
import { aiSdk4, aiSdk5, aiSdk6 } from './ai-sdk.ts';
import { logfireAgents, logfireAnthropic, logfireOpenAi } from './logfire.ts';
import {
  laminar,
  langfuseOpenAi,
  langfuseParts,
  langSmithJs,
  langSmithPython,
  mlflow,
} from './observability-sdks.ts';
import {
  openInferenceAgents,
  openInferenceAnthropic,
  openInferenceLangChain,
  openInferenceOpenAi,
  openInferenceSmolagents,
} from './openinference.ts';
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
  anthropicJs,
  anthropicPython,
  awsSdkBedrock,
  botocore,
  botocoreInvoke,
  genAiBedrock,
  googleGenAi,
} from './provider-clients.ts';
import { pydanticAi0, pydanticAi1, pydanticAi1Later, pydanticAi2 } from './pydantic-ai.ts';
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
  logfireOpenAi,
  logfireAnthropic,
  logfireAgents,
  langfuseParts,
  langfuseOpenAi,
  langSmithJs,
  langSmithPython,
  mlflow,
  laminar,
  openInferenceOpenAi,
  openInferenceAnthropic,
  openInferenceAgents,
  openInferenceSmolagents,
  openInferenceLangChain,
  otelCurrent,
  genAiOpenAi,
  genAiAnthropic,
  genAiLangChain,
  openAiV2,
  openAiJs,
  otelFirst,
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
  traceloopPython,
  traceloopAnthropic,
  traceloopLegacyPython,
  traceloopJsAnthropic,
  traceloopJsOpenAi,
  traceloopJsLegacy,
];
