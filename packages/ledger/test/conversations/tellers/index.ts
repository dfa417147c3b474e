// Every teller, by file.

import type { Teller } from '../teller.ts';
import { aiSdk7 } from './ai-sdk-7.ts';
import { aiSdk4, aiSdk5, aiSdk6 } from './ai-sdk.ts';
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
  traceloopPython,
  traceloopAnthropic,
  traceloopLegacyPython,
  traceloopJsAnthropic,
  traceloopJsOpenAi,
  traceloopJsLegacy,
];
