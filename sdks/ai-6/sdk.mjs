// The SDK of this folder as an ES module, with the providers that the scenarios use.
export * as ai from 'ai';
export { createOpenAI } from '@ai-sdk/openai';
export { createAnthropic } from '@ai-sdk/anthropic';
export { z } from 'zod';
