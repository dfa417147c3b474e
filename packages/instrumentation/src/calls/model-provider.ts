// Whose model this is, judged by its name alone: for usage that is recorded by hand, where nobody
// says whom the program called. A name that several providers serve tells nothing.

const UNKNOWN = 'unknown';

/** What stands before a slash or a colon in the names of routers and frameworks. */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ...['openai', 'anthropic', 'groq', 'cohere', 'deepseek', 'ollama', 'openrouter'].map(
    (name) => [name, name] as const,
  ),
  ...([
    ['google', 'google'],
    ['google-gla', 'google'],
    ['gemini', 'google'],
  ] as const),
  ...([
    ['google-vertex', 'vertex'],
    ['vertex_ai', 'vertex'],
    ['vertex', 'vertex'],
  ] as const),
  ...([
    ['bedrock', 'bedrock'],
    ['aws', 'bedrock'],
    ['azure', 'azure'],
  ] as const),
  ...([
    ['mistral', 'mistral'],
    ['mistralai', 'mistral'],
    ['xai', 'xai'],
    ['x-ai', 'xai'],
  ] as const),
  ...([
    ['together', 'together'],
    ['together_ai', 'together'],
    ['perplexity', 'perplexity'],
  ] as const),
  ...([
    ['fireworks', 'fireworks'],
    ['fireworks_ai', 'fireworks'],
    ['moonshot', 'moonshot'],
  ] as const),
]);

/** Names that only their maker serves under. Open models are not among them. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^(?:ft:)?(?:gpt-(?!oss)|chatgpt-|o[1-9](?:-|$)|text-embedding-(?:3|ada)|omni-moderation)/, 'openai'],
  [/^(?:ft:)?(?:dall-e-|whisper-1$|tts-1|codex-|sora-|computer-use-|davinci|babbage)/, 'openai'],
  [/^claude-[^@]*$/, 'anthropic'],
  [/^(?:claude-.*@|publishers\/)/, 'vertex'],
  [/^(?:models\/)?(?:gemini-|imagen-|veo-|text-embedding-00|embedding-00|learnlm-)/, 'google'],
  [/^(?:mistral-|ministral-|codestral-|magistral-|devstral-|pixtral-|voxtral-|open-mi)/, 'mistral'],
  [/^(?:command(?:-|$)|embed-(?:english|multilingual|v4)|rerank-(?:english|multilingual|v))/, 'cohere'],
  [/^grok-/, 'xai'],
  [/^deepseek-(?:chat|reasoner)$/, 'deepseek'],
  [/^(?:sonar(?:-|$)|pplx-)/, 'perplexity'],
  [/^(?:moonshot-|kimi-latest$)/, 'moonshot'],
  [/^(?:[a-z-]+\.)?(?:ai21|amazon|anthropic|cohere|deepseek|meta|mistral|openai|qwen)\.[a-z0-9]/, 'bedrock'],
]; // prettier-ignore

/** The conventions' words, where they differ from those people use. */
const SPAN_WORDS: ReadonlyMap<string, string> = new Map([
  ['google', 'gcp.gemini'],
  ['vertex', 'gcp.vertex_ai'],
  ['bedrock', 'aws.bedrock'],
  ['azure', 'azure.ai.openai'],
  ['mistral', 'mistral_ai'],
  ['xai', 'x_ai'],
  ['moonshot', 'moonshot_ai'],
]);

/** `anthropic`, `openai`, `google`, … or `unknown`. Takes anything and never throws. */
export function providerFromModel(model: unknown): string {
  if (typeof model !== 'string') return UNKNOWN;
  const name = model.trim().toLowerCase();
  const prefix = /^([a-z_-]+)[/:]/.exec(name)?.[1];
  const said = prefix === undefined ? undefined : PREFIXES.get(prefix);
  if (said !== undefined) return said;
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? UNKNOWN;
}

/** The same as a span says it; null when it is not known. */
export function spanProvider(model: string): string | null {
  const provider = providerFromModel(model);
  return provider === UNKNOWN ? null : (SPAN_WORDS.get(provider) ?? provider);
}
