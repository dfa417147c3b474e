// Who bills a call, and the names to look its model up by: models come with prefixes, regions, dates
// and whole resource names around them, and a name alone seldom says who served it.

import type { MatchLogic, Provider } from '@pydantic/genai-prices';
import type { NoPrice } from './price-book.ts';
import { providerOf } from './reading/vocabulary.ts';

/** The list's own id of a provider that OpenTelemetry, a gateway or a framework names otherwise. */
export const LIST_OF: ReadonlyMap<string, string> = new Map([
  ['azure.ai.openai', 'azure'],
  ['azure.ai.inference', 'azure'],
  ['azure_ai', 'azure'],
  ['azure-openai', 'azure'],
  ['aws.bedrock', 'aws'],
  ['bedrock_converse', 'aws'],
  ['gcp.vertex_ai', 'google'],
  ['gcp.gemini', 'google'],
  ['gcp.gen_ai', 'google'],
  ['vertex', 'google'],
  ['mistral_ai', 'mistral'],
  ['moonshot_ai', 'moonshotai'],
  ['together_ai', 'together'],
  ['togetherai', 'together'],
  ['fireworks_ai', 'fireworks'],
  ['voyage', 'voyageai'],
  ['cohere_chat', 'cohere'],
  ['github_copilot', 'github-copilot'],
  ['cloudflare.workers-ai', 'cloudflare'],
  ['workers-ai', 'cloudflare'],
  ['perplexity-ai', 'perplexity'],
  ['text-completion-openai', 'openai'],
  ['x_ai', 'x-ai'],
]);

/** Runtimes on one's own machines: no list says what they cost. */
const LOCAL = new Set([
  'ollama',
  'ollama_chat',
  'vllm',
  'hosted_vllm',
  'lm_studio',
  'lmstudio',
  'llamafile',
  'llama.cpp',
  'llama_cpp',
  'llamacpp',
  'localai',
  'sglang',
  'tgi',
  'xinference',
]);

/** Tags of local builds: `llama3.2:1b`, `qwen2.5:7b-instruct-q4_K_M`, `phi4:latest`. */
const LOCAL_TAG = /:(?:latest|(?:\d+x)?\d+(?:\.\d+)?[bm](?:[-.\w]*)?)$/i;

/** Names of one's own resources: which model stands behind them is nowhere in the name. */
const OWN_RESOURCE =
  /^arn:[^:]*:(?:sagemaker:|bedrock:[^:]*:[^:]*:(?!foundation-model\/|inference-profile\/))|(?:^|\/)(?:endpoints\/[^/]+|tunedModels\/[^/]+)$/;

const GEO = '(?:us-gov|us|eu|apac|jp|au|ca|sa|in|global)';
/** Ids that only Bedrock gives: `us.anthropic.claude-…-v1:0`, `meta.llama3-2-1b-instruct-v1:0`. */
const BEDROCK_ID = new RegExp(
  `^(?:${GEO}\\.)?(?:ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|zai)\\.[a-z0-9]`,
);
const BEDROCK_ARN = /^arn:[^:]*:bedrock:/;
const VERTEX_PATH = /^(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/[^/]+\/models\//;

/** Names that only their maker and its resellers at list price serve: the weights are not public. */
const MAKERS: readonly (readonly [list: string, name: RegExp])[] = [
  ['openai', /^(?:gpt-(?:3\.5|[4-9])|chatgpt-|o[134](?:-|$)|text-embedding-(?:3|ada)|ft:gpt-)/],
  ['anthropic', /^claude-/],
  ['google', /^gemini-/],
  ['x-ai', /^grok-(?:[3-9]|code)/],
  ['perplexity', /^sonar(?:-|$)/],
  ['voyageai', /^voyage-/],
];

export interface Biller {
  /** The id of the list to ask. */
  readonly list: string;
  /** True where the provider was told by the model's name alone. */
  readonly by_name: boolean;
}

const NAME_LENGTH_MAX = 200;

/** The id that lists and own rows know a provider by, however it is written. */
export function canonicalProvider(provider: string): string {
  const word = providerOf(provider).provider;
  return LIST_OF.get(word) ?? LIST_OF.get(provider.toLowerCase()) ?? word;
}

/** Who bills a call of this model, by what the telemetry says; strict where it says no provider. */
export function billerOf(
  provider: string,
  model: string,
  isList: (id: string) => boolean,
): Biller | NoPrice {
  const name = model.trim();
  if (name === '' || name.length > NAME_LENGTH_MAX) return 'unknown_model';
  if (OWN_RESOURCE.test(name)) return 'alias_needed';
  const said = canonicalProvider(provider);
  const prefix = prefixOf(name);
  if (LOCAL.has(said) || LOCAL.has(prefix) || LOCAL_TAG.test(name)) return 'local_model';
  const host = hostOf(name);
  if (host !== '' && said !== host && !RESELLERS.has(said))
    return { list: host, by_name: said === '' };
  if (said !== '') return isList(said) ? { list: said, by_name: false } : 'unknown_provider';
  if (prefix !== '') {
    const list = canonicalProvider(prefix);
    return isList(list) ? { list, by_name: true } : 'no_provider';
  }
  const maker = MAKERS.find(([, pattern]) => pattern.test(name.toLowerCase()));
  return maker === undefined ? 'no_provider' : { list: maker[0], by_name: true };
}

/** They pass on names of others and bill themselves. */
const RESELLERS = new Set(['openrouter', 'github-copilot', 'cloudflare', 'azure']);

/** The platform whose form a name has; '' for a bare name. */
function hostOf(model: string): string {
  const last = model.slice(model.lastIndexOf('/') + 1);
  if (BEDROCK_ARN.test(model) || BEDROCK_ID.test(last)) return 'aws';
  return VERTEX_PATH.test(model) ? 'google' : '';
}

/** What gateways put before a model: in `groq/llama-3.1-8b-instant` the provider. */
function prefixOf(model: string): string {
  const at = model.indexOf('/');
  return at > 0 ? model.slice(0, at).toLowerCase() : '';
}

/** The lists that are asked, in order: that of the biller, then those whose prices it passes on. */
export function listsOf(biller: Biller, all: ReadonlyMap<string, Provider>): readonly Provider[] {
  const own = all.get(biller.list);
  if (own === undefined) return [];
  const next = (own.fallback_model_providers ?? []).map((id) => all.get(id));
  return [own, ...next.filter((list) => list !== undefined)];
}

export interface Spelling {
  readonly name: string;
  /** False where the date of a snapshot was taken off: its price may be another. */
  readonly exact: boolean;
}

const ARN = /^arn:[^:]*:bedrock:[^:]*:[^:]*:(?:[^/]*\/)*(.+)$/;
const GEO_PREFIX = new RegExp(`^(?!global)${GEO}\\.`);
const SNAPSHOT = /[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{3}|latest|default)$/;

/** The spellings to try, most exact first: as written, without resource name, prefix, region, date. */
export function spellingsOf(model: string): readonly Spelling[] {
  if (model.length > NAME_LENGTH_MAX) return [];
  const names = [model, model.toLowerCase()];
  const bare = ARN.exec(model)?.[1] ?? model;
  names.push(bare);
  for (let at = bare.indexOf('/'); at >= 0; at = bare.indexOf('/', at + 1)) {
    names.push(bare.slice(at + 1), bare.slice(at + 1).toLowerCase());
  }
  const last = bare.slice(bare.lastIndexOf('/') + 1).toLowerCase();
  names.push(last.replace(GEO_PREFIX, ''));
  const exact = [...new Set(names)].filter((name) => name !== '');
  const undated = exact
    .map((name) => name.replace(SNAPSHOT, ''))
    .filter((name) => name !== '' && !exact.includes(name));
  return [
    ...exact.map((name) => ({ name, exact: true })),
    ...[...new Set(undated)].map((name) => ({ name, exact: false })),
  ];
}

export function matches(logic: MatchLogic, text: string): boolean {
  if ('or' in logic) return logic.or.some((part) => matches(part, text));
  if ('and' in logic) return logic.and.every((part) => matches(part, text));
  if ('equals' in logic) return text === logic.equals;
  if ('starts_with' in logic) return text.startsWith(logic.starts_with);
  if ('ends_with' in logic) return text.endsWith(logic.ends_with);
  if ('contains' in logic) return text.includes(logic.contains);
  return new RegExp(logic.regex).test(text);
}
