// Whose bill a call of the openai client is: the host says, and an unknown host is nobody.

import { expect, test } from 'vitest';
import { providerAt } from '../src/adapters/openai-providers.ts';

test.each([
  ['api.openai.com', 'openai'],
  ['eu.api.openai.com', 'openai'],
  ['desk.openai.azure.com', 'azure.ai.openai'],
  ['desk.cognitiveservices.azure.com', 'azure.ai.openai'],
  ['desk.services.ai.azure.com', 'azure.ai.inference'],
  ['api.groq.com', 'groq'],
  ['api.together.xyz', 'together_ai'],
  ['api.cerebras.ai', 'cerebras'],
  ['api.voyageai.com', 'voyageai'],
  ['api.z.ai', 'zai'],
  ['openrouter.ai', 'openrouter'],
  ['api.deepseek.com', 'deepseek'],
  ['api.x.ai', 'x_ai'],
  ['us-east-1.api.x.ai', 'x_ai'],
  ['api.mistral.ai', 'mistral_ai'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['us-central1-aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.fireworks.ai', 'fireworks'],
  ['llm.example.com', null],
  ['ollama', null],
  ['10.0.0.7', null],
  ['host.docker.internal', null],
  ['api.openai.com.example.com', null],
  ['notapi.openai.com', null],
  ['myopenrouter.ai', null],
  ['127.example.com', null],
  ['', null],
  ['localhost', 'openai'],
  ['127.0.0.1', 'openai'],
  ['::1', 'openai'],
])('%s → %s', (host, provider) => {
  expect(providerAt(host)).toBe(provider);
});
