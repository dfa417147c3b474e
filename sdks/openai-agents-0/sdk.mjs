// The SDK of this folder as an ES module.
export * as agents from '@openai/agents';
export { default as OpenAI } from 'openai';
export { z } from 'zod';
