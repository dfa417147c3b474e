// Every library we know how to watch, one line each.

import type { PatchPoint } from '../hooks/patch-point.ts';
import { safely } from '../safely.ts';
import { ANTHROPIC_PATCH_POINTS, watchAnthropic } from './anthropic.ts';
import { watchAiSdk } from './ai-sdk.ts';
import { AI_SDK_PATCH_POINTS, watchAiSdkSpans } from './ai-sdk-spans.ts';
import { watchNativeAnthropic } from './anthropic-native.ts';
import { BEDROCK_PATCH_POINTS, watchBedrock } from './bedrock.ts';
import { COHERE_PATCH_POINTS, watchCohere } from './cohere.ts';
import { GOOGLE_GENAI_PATCH_POINTS, watchGoogleGenAI } from './google-genai.ts';
import { GROQ_PATCH_POINTS, watchGroq } from './groq.ts';
import { LANGCHAIN_PATCH_POINTS, watchLangChain } from './langchain.ts';
import { MISTRAL_PATCH_POINTS, watchMistral } from './mistral.ts';
import { OLLAMA_PATCH_POINTS, watchOllama } from './ollama.ts';
import { OPENAI_AGENTS_PATCH_POINTS, watchOpenAIAgents } from './openai-agents.ts';
import { MCP_PATCH_POINTS, watchMcp } from './mcp.ts';
import { OPENAI_PATCH_POINTS, watchOpenAI } from './openai.ts';
import { TOGETHER_PATCH_POINTS, watchTogether } from './together.ts';

export const PATCH_POINTS: readonly PatchPoint[] = [
  ...OPENAI_PATCH_POINTS,
  ...GROQ_PATCH_POINTS,
  ...TOGETHER_PATCH_POINTS,
  ...ANTHROPIC_PATCH_POINTS,
  ...GOOGLE_GENAI_PATCH_POINTS,
  ...BEDROCK_PATCH_POINTS,
  ...MISTRAL_PATCH_POINTS,
  ...COHERE_PATCH_POINTS,
  ...OLLAMA_PATCH_POINTS,
  ...AI_SDK_PATCH_POINTS,
  ...LANGCHAIN_PATCH_POINTS,
  ...OPENAI_AGENTS_PATCH_POINTS,
  ...MCP_PATCH_POINTS,
];

let watching = false;

/** Subscribes once per process, however many ways lead here. */
export function watchLibraries(): void {
  if (watching) return;
  watching = true;
  safely('openai', watchOpenAI);
  safely('groq', watchGroq);
  safely('together', watchTogether);
  safely('anthropic', watchAnthropic);
  safely('anthropic', watchNativeAnthropic);
  safely('google-genai', watchGoogleGenAI);
  safely('bedrock', watchBedrock);
  safely('mistral', watchMistral);
  safely('cohere', watchCohere);
  safely('ollama', watchOllama);
  safely('langchain', watchLangChain);
  safely('ai', watchAiSdk);
  safely('ai', watchAiSdkSpans);
  safely('openai agents', watchOpenAIAgents);
  safely('mcp', watchMcp);
}
