// The openai client speaks to many providers that copy its API: whose bill a call is, the host
// says. A host that nobody here knows is no provider, and the call is named after none.

/** A host is the domain itself or lies below it; the first row that fits holds. */
const PROVIDERS: readonly (readonly [domain: string, provider: string])[] = [
  ['api.openai.com', 'openai'],
  ['openai.azure.com', 'azure.ai.openai'],
  ['cognitiveservices.azure.com', 'azure.ai.openai'],
  ['services.ai.azure.com', 'azure.ai.inference'],
  ['models.ai.azure.com', 'azure.ai.inference'],
  ['api.groq.com', 'groq'],
  ['api.deepseek.com', 'deepseek'],
  ['api.x.ai', 'x_ai'],
  ['api.mistral.ai', 'mistral_ai'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.moonshot.ai', 'moonshot_ai'],
  ['api.together.xyz', 'together_ai'],
  ['api.together.ai', 'together_ai'],
  ['api.fireworks.ai', 'fireworks'],
  ['api.cerebras.ai', 'cerebras'],
  ['api.voyageai.com', 'voyageai'],
  ['api.z.ai', 'zai'],
  ['openrouter.ai', 'openrouter'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  // Its regions are hosts of their own: us-central1-aiplatform.googleapis.com.
  ['googleapis.com', 'gcp.vertex_ai'],
];

/**
 * A server on this machine answers in OpenAI's place: a recording, a test, a tunnel. Without a
 * provider the ledger goes by the model's name, and `text-embedding-3-small` names no maker. What a
 * local model server offers is on no list of OpenAI's, so its calls stay without a price.
 */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

/** Null for a host that is not known. */
export function providerAt(host: string): string | null {
  const row = PROVIDERS.find(([domain]) => host === domain || host.endsWith(`.${domain}`));
  if (row !== undefined) return row[1];
  return LOOPBACK.test(host) ? 'openai' : null;
}
