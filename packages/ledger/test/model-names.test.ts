// Model names as telemetry really writes them, and the price row that each must find, or the reason
// for none: who bills is said by the provider, the form of the name, or not at all.

import { describe, expect, it } from 'vitest';
import { bundledPriceBook } from '../src/index.ts';

const BOOK = bundledPriceBook();
/** 2026-09-21. */
const TIME_NS = 1_790_000_000_000_000_000n;

/** A row's id with `?` after it where the provider was told by the name, `~` where a date was taken off. */
function found(provider: string, model: string): string {
  const price = BOOK.find({ org_id: 'default', provider, model, time_ns: TIME_NS });
  if (typeof price === 'string') return price;
  const by_name = price.doubts.includes('price_by_model_name') ? '?' : '';
  return `${price.id}${by_name}${price.doubts.includes('price_of_undated_model') ? '~' : ''}`;
}

type Case = readonly [provider: string, model: string, found: string];

const FAMILIES: Readonly<Record<string, readonly Case[]>> = {
  'OpenAI and Azure': [
    ['openai', 'gpt-4o', 'openai/gpt-4o'],
    ['openai', 'GPT-4o', 'openai/gpt-4o'],
    ['openai', 'gpt-4o-2024-08-06', 'openai/gpt-4o'],
    ['openai', 'gpt-4o-2024-05-13', 'openai/gpt-4o-2024-05-13'],
    ['openai', 'openai/gpt-4o', 'openai/gpt-4o'],
    ['openai', 'gpt-5-2025-12-24', 'openai/gpt-5~'],
    ['openai', 'gpt-5.6-luna-2026-08-01', 'openai/gpt-5.6-luna@2026-07-30'],
    ['openai', 'gpt-5-chat-latest', 'openai/gpt-5'],
    ['openai', 'o4-mini-2025-04-16', 'openai/o4-mini'],
    ['openai', 'text-embedding-3-small', 'openai/text-embedding-3-small'],
    ['openai', 'ft:gpt-4o-mini-2024-07-18:acme::b1', 'openai/ft:gpt-4o-mini'],
    ['openai', 'no-such-model', 'unknown_model'],
    ['openai', 'llama3.2:1b', 'local_model'],
    ['openai', 'anthropic/claude-sonnet-4', 'unknown_model'],
    ['azure.ai.openai', 'gpt-4o-2024-08-06', 'openai/gpt-4o'],
    ['azure', 'gpt-35-turbo', 'openai/gpt-3.5-turbo'],
    ['azure_ai', 'azure_ai/deepseek-v3.2', 'deepseek/deepseek-v3.2'],
    ['azure.ai.openai', 'azure/o3-mini', 'azure/o3-mini'],
    ['azure.ai.openai', 'team-a-chat-prod', 'unknown_model'],
  ],
  'Anthropic, Google and Vertex': [
    ['anthropic', 'claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4-5'],
    ['anthropic', 'claude-3-5-sonnet-latest', 'anthropic/claude-3-5-sonnet'],
    ['anthropic', 'anthropic/claude-opus-4-6', 'anthropic/claude-opus-4-6@2026-03-13'],
    ['anthropic', 'claude-haiku-4.5', 'anthropic/claude-haiku-4-5'],
    ['gcp.gemini', 'models/gemini-2.5-flash', 'google/gemini-2.5-flash'],
    ['google', 'gemini/gemini-2.5-pro', 'google/gemini-2.5-pro'],
    ['gcp.gemini', 'gemini-2.5-flash-preview-05-20', 'google/gemini-2.5-flash-preview'],
    ['gcp.gemini', 'gemini-2.5-flash-001', 'google/gemini-2.5-flash~'],
    ['gcp.gemini', 'gemini-embedding-001', 'google/gemini-embedding-001'],
    ['gcp.gemini', 'tunedModels/refunds-abc', 'alias_needed'],
    ['gcp.vertex_ai', 'publishers/google/models/gemini-2.5-flash', 'google/gemini-2.5-flash'],
    [
      'vertex_ai',
      'projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4@20250514',
      'google/claude-4-sonnet',
    ],
    ['gcp.vertex_ai', 'claude-sonnet-4-5@20250929', 'google/claude-sonnet-4-5'],
    ['gcp.vertex_ai', 'projects/p/locations/eu/endpoints/123456', 'alias_needed'],
    ['', 'publishers/google/models/gemini-2.5-pro', 'google/gemini-2.5-pro?'],
  ],
  'Amazon Bedrock': [
    [
      'aws.bedrock',
      'anthropic.claude-3-5-sonnet-20241022-v2:0',
      'aws/regional.anthropic.claude-3-5-sonnet-20241022-v2:0',
    ],
    [
      'aws.bedrock',
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'aws/regional.anthropic.claude-sonnet-4-5-20250929-v1:0',
    ],
    [
      'aws.bedrock',
      'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'aws/global.anthropic.claude-sonnet-4-5-20250929-v1:0',
    ],
    [
      'bedrock',
      'apac.anthropic.claude-3-5-sonnet-20240620-v1:0',
      'aws/regional.anthropic.claude-3-5-sonnet-20240620-v1:0',
    ],
    ['aws.bedrock', 'us.meta.llama3-2-1b-instruct-v1:0', 'aws/meta.llama3-2-1b-instruct-v1:0'],
    ['aws.bedrock', 'eu.amazon.nova-lite-v1:0', 'aws/amazon.nova-lite-v1:0'],
    ['amazon-bedrock', 'amazon.nova-pro-v1:0', 'aws/amazon.nova-pro-v1:0'],
    ['aws.bedrock', 'openai.gpt-oss-120b-1:0', 'aws/openai.gpt-oss-120b-1:0'],
    [
      'aws.bedrock',
      'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0',
      'aws/regional.anthropic.claude-3-haiku-20240307-v1:0',
    ],
    [
      'aws.bedrock',
      'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-20250514-v1:0',
      'aws/regional.anthropic.claude-sonnet-4-20250514-v1:0',
    ],
    [
      'aws.bedrock',
      'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3d4',
      'alias_needed',
    ],
    ['aws.bedrock', 'arn:aws:bedrock:us-east-1:1:provisioned-model/abc', 'alias_needed'],
    ['aws.bedrock', 'arn:aws:bedrock:us-east-1:1:imported-model/abc', 'alias_needed'],
    ['aws.bedrock', 'arn:aws:sagemaker:us-east-1:1:endpoint/mine', 'alias_needed'],
    [
      'aws.bedrock',
      'bedrock/converse/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'aws/regional.anthropic.claude-sonnet-4-5-20250929-v1:0',
    ],
    [
      'anthropic',
      'anthropic.claude-3-5-sonnet-20241022-v2:0',
      'aws/regional.anthropic.claude-3-5-sonnet-20241022-v2:0',
    ],
    [
      '',
      'anthropic.claude-3-haiku-20240307-v1:0',
      'aws/regional.anthropic.claude-3-haiku-20240307-v1:0?',
    ],
    [
      '',
      'bedrock/anthropic.claude-3-haiku-20240307-v1:0',
      'aws/regional.anthropic.claude-3-haiku-20240307-v1:0?',
    ],
  ],
  'gateways and other providers': [
    ['openrouter', 'openai/gpt-4o', 'openrouter/openai/gpt-4o'],
    ['openrouter', 'anthropic/claude-sonnet-4', 'openrouter/anthropic/claude-sonnet-4'],
    [
      'openrouter',
      'openrouter/anthropic/claude-sonnet-4.5',
      'openrouter/anthropic/claude-sonnet-4.5',
    ],
    ['openrouter', 'deepseek/deepseek-chat:free', 'openrouter/deepseek/deepseek-chat:free'],
    ['openrouter', 'anthropic/claude-sonnet-4:nitro', 'unknown_model'],
    ['together_ai', 'google/gemma-2b', 'together/google/gemma-2b'],
    ['groq', 'llama-3.3-70b-versatile', 'groq/llama-3.3-70b-versatile'],
    ['groq', 'groq/llama-3.1-8b-instant', 'groq/llama-3.1-8b-instant'],
    ['mistral_ai', 'mistral-large-2411', 'mistral/mistral-large'],
    ['mistral_ai', 'mistral/codestral-latest', 'mistral/codestral'],
    ['x_ai', 'xai/grok-4', 'x-ai/grok-4-0709'],
    ['deepseek', 'deepseek-chat', 'deepseek/deepseek-chat@00:30:00Z'],
    [
      'fireworks_ai',
      'fireworks_ai/accounts/fireworks/models/deepseek-v3-0324',
      'fireworks/deepseek-v3-0324',
    ],
    ['cohere', 'command-r-plus-08-2024', 'cohere/command-r-plus'],
    ['perplexity', 'perplexity/sonar-pro', 'perplexity/sonar-pro'],
    ['voyage', 'voyage-3-large', 'voyageai/voyage-3-large'],
    ['cerebras', 'cerebras/gpt-oss-120b', 'cerebras/gpt-oss-120b'],
    ['cloudflare', '@cf/meta/llama-3.1-8b-instruct', 'cloudflare/@cf/meta/llama-3.1-8b-instruct'],
    ['moonshot_ai', 'kimi-k2-0905-preview', 'moonshotai/kimi-k2-0905-preview'],
    ['my-gateway', 'gpt-4o', 'unknown_provider'],
    ['litellm_proxy', 'prod-chat', 'unknown_provider'],
  ],
  'no provider': [
    ['', 'gpt-4o', 'openai/gpt-4o?'],
    ['', 'openai/gpt-4o-mini', 'openai/gpt-4o-mini?'],
    ['', 'claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5?'],
    ['', 'gemini-2.5-flash', 'google/gemini-2.5-flash?'],
    ['', 'groq/llama-3.1-8b-instant', 'groq/llama-3.1-8b-instant?'],
    ['', 'vertex_ai/gemini-2.5-pro', 'google/gemini-2.5-pro?'],
    ['litellm', 'grok-4', 'x-ai/grok-4-0709?'],
    ['', 'deepseek-chat', 'no_provider'],
    ['', 'deepseek-r1', 'no_provider'],
    ['', 'gpt-oss-120b', 'no_provider'],
    ['', 'llama-3.3-70b-versatile', 'no_provider'],
    ['', 'mistral-large-latest', 'no_provider'],
    ['', 'command-r', 'no_provider'],
    ['', 'meta-llama/Llama-3.1-8B-Instruct', 'no_provider'],
    ['', 'Qwen/Qwen2.5-7B-Instruct', 'no_provider'],
    ['', 'my-org/gpt-4o', 'no_provider'],
    ['', 'team-a-chat-prod', 'no_provider'],
  ],
  'one’s own machines': [
    ['', 'deepseek-r1:8b', 'local_model'],
    ['deepseek', 'deepseek-r1:8b', 'local_model'],
    ['ollama', 'llama3.2', 'local_model'],
    ['ollama', 'gpt-oss:20b', 'local_model'],
    ['', 'ollama/mistral', 'local_model'],
    ['openai', 'hosted_vllm/Qwen/Qwen3-8B', 'local_model'],
    ['vllm', 'deepseek-chat', 'local_model'],
    ['', 'qwen2.5:7b-instruct-q4_K_M', 'local_model'],
    ['', 'mixtral:8x7b', 'local_model'],
    ['', 'phi4:latest', 'local_model'],
  ],
  'hostile names': [
    ['', '', 'unknown_model'],
    ['openai', ' ', 'unknown_model'],
    ['__proto__', 'constructor', 'unknown_provider'],
    ['openai', 'x'.repeat(10_000), 'unknown_model'],
    ['openai', '/'.repeat(199), 'unknown_model'],
  ],
};

describe.each(Object.entries(FAMILIES))('%s', (_, cases) => {
  it.each(cases)('%s %s', (provider, model, expected) => {
    expect(found(provider, model)).toBe(expected);
  });
});

it('covers what is really seen', () => {
  expect(Object.values(FAMILIES).flat().length).toBeGreaterThanOrEqual(80);
});
