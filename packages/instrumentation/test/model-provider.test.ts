// Whose a model is, by its name: what only one serves is told, what many serve is not.

import { expect, test } from 'vitest';
import { providerFromModel } from '../src/calls/model-provider.ts';

test.each([
  ['gpt-4o', 'openai'],
  ['gpt-5-mini-2025-08-07', 'openai'],
  ['o3', 'openai'],
  ['o4-mini', 'openai'],
  ['ft:gpt-4o:acme::abc', 'openai'],
  ['text-embedding-3-large', 'openai'],
  ['openai:gpt-4o', 'openai'],
  ['openai/gpt-oss-120b', 'openai'],
  ['gpt-oss-120b', 'unknown'],
  ['claude-sonnet-4-5', 'anthropic'],
  ['Claude-3-5-Sonnet-20241022', 'anthropic'],
  ['anthropic/claude-opus-4', 'anthropic'],
  ['claude-sonnet-4@20250514', 'vertex'],
  ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'bedrock'],
  ['us.anthropic.claude-sonnet-4-20250514-v1:0', 'bedrock'],
  ['amazon.nova-pro-v1:0', 'bedrock'],
  ['bedrock:anthropic.claude-3', 'bedrock'],
  ['gemini-2.5-pro', 'google'],
  ['models/gemini-2.0-flash', 'google'],
  ['google-gla:gemini-2.0-flash', 'google'],
  ['google-vertex:gemini-2.0-flash', 'vertex'],
  ['mistral-large-latest', 'mistral'],
  ['command-r-plus', 'cohere'],
  ['grok-4', 'xai'],
  ['deepseek-chat', 'deepseek'],
  ['deepseek-r1-distill-llama-70b', 'unknown'],
  ['sonar-pro', 'perplexity'],
  ['groq/llama-3.3-70b-versatile', 'groq'],
  ['openrouter/anthropic/claude-sonnet-4', 'openrouter'],
  ['azure:gpt-4o', 'azure'],
  ['llama-3.3-70b', 'unknown'],
  ['qwen3-32b', 'unknown'],
  ['gemma-3-27b', 'unknown'],
  ['mixtral-8x7b-32768', 'unknown'],
  ['my-own-model', 'unknown'],
  ['meta-llama/Llama-3-8b', 'unknown'],
  ['', 'unknown'],
])('%s: %s', (model, provider) => {
  expect(providerFromModel(model)).toBe(provider);
});

test.each([undefined, null, 7, {}, [], Symbol('s')])('%s is no model', (value) => {
  expect(providerFromModel(value)).toBe('unknown');
});
