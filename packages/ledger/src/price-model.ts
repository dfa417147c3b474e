// How the model and provider of a call are found in a price list: names come with prefixes, regions,
// dates and whole ARNs around them.

import type { MatchLogic, Provider } from '@pydantic/genai-prices';

/** The list's own id of a provider that OpenTelemetry names otherwise. */
export const LIST_OF: ReadonlyMap<string, string> = new Map([
  ['azure.ai.openai', 'azure'],
  ['azure.ai.inference', 'azure'],
  ['aws.bedrock', 'aws'],
  ['gcp.vertex_ai', 'google'],
  ['gcp.gemini', 'google'],
  ['gcp.gen_ai', 'google'],
  ['mistral_ai', 'mistral'],
  ['moonshot_ai', 'moonshotai'],
  ['together_ai', 'together'],
  ['x_ai', 'x-ai'],
]);

/** The providers whose lists are asked, in order; `all` is the whole book. */
export function providersFor(
  provider: string,
  model: string,
  all: ReadonlyMap<string, Provider>,
): readonly Provider[] {
  const own = all.get(LIST_OF.get(provider) ?? provider);
  if (own === undefined) {
    if (provider !== '') return [];
    return [...all.values()].filter(
      (list) => list.model_match !== undefined && matches(list.model_match, model),
    );
  }
  const next = (own.fallback_model_providers ?? []).map((id) => all.get(id));
  return [own, ...next.filter((list) => list !== undefined)];
}

const ARN = /^arn:[^:]*:bedrock:[^:]*:[^:]*:(?:[^/]*\/)*(.+)$/;
const NAME_LENGTH_MAX = 200;

/** The spellings to try, most exact first: as written, without ARN, without provider prefix. */
export function spellingsOf(model: string): readonly string[] {
  if (model.length > NAME_LENGTH_MAX) return [];
  const spellings = [model, model.toLowerCase()];
  const bare = ARN.exec(model)?.[1] ?? model;
  spellings.push(bare);
  for (let at = bare.indexOf('/'); at >= 0; at = bare.indexOf('/', at + 1)) {
    spellings.push(bare.slice(at + 1));
  }
  return [...new Set(spellings)].filter((spelling) => spelling !== '');
}

/** Provider prefixes that gateways put before a model: `openai/gpt-4o` says who bills. */
export function prefixOf(model: string): string {
  const at = model.indexOf('/');
  return at > 0 ? model.slice(0, at).toLowerCase() : '';
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
