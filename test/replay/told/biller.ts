// Who bills a request, by the host it went to; in the ledger's words.

/** A host is the domain itself or lies below it. */
const BILLERS: readonly (readonly [domain: RegExp, provider: string])[] = [
  [/(^|\.)api\.openai\.com$/, 'openai'],
  [/\.openai\.azure\.com$/, 'azure.ai.openai'],
  [/^api\.anthropic\.com$/, 'anthropic'],
  [/^generativelanguage\.googleapis\.com$/, 'gcp.gemini'],
  [/aiplatform\.googleapis\.com$/, 'gcp.vertex_ai'],
  [/^bedrock-runtime\..+\.amazonaws\.com$/, 'aws.bedrock'],
  [/^api\.cohere\.(com|ai)$/, 'cohere'],
  [/^api\.deepseek\.com$/, 'deepseek'],
  [/^api\.groq\.com$/, 'groq'],
  [/^api\.mistral\.ai$/, 'mistral_ai'],
  [/^api\.together\.(xyz|ai)$/, 'together_ai'],
  [/^api\.x\.ai$/, 'x_ai'],
  [/^openrouter\.ai$/, 'openrouter'],
];

/** '' for a host of which nobody here knows who bills. */
export function billerAt(host: string): string {
  return BILLERS.find(([domain]) => domain.test(host))?.[1] ?? '';
}
