// How Gemini tells what a call used: cached tokens inside the prompt, thoughts beside the answer,
// and the results of its own tools beside both.

import { fields, type Exchange } from '../exchange.ts';
import {
  canonical,
  eventsOf,
  jsonOf,
  list,
  NOTHING_TOLD,
  rest,
  text,
  told,
  tokens,
} from './told.ts';
import type { Told, ToldTokens } from './told.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Each chunk of a stream repeats the usage so far; the last word on each figure holds. */
export function geminiTold(body: Buffer, streamed: boolean): Told {
  const chunks = streamed ? eventsOf(body) : [fields(jsonOf(body))];
  const usage: Record<string, unknown> = {};
  const reasons = new Map<unknown, string>();
  const calls: string[] = [];
  for (const chunk of chunks) {
    Object.assign(usage, fields(chunk['usageMetadata']));
    for (const candidate of list(chunk['candidates']).map(fields)) {
      const reason = text(candidate['finishReason']);
      if (reason !== '') reasons.set(candidate['index'] ?? 0, reason.toLowerCase());
      for (const part of list(fields(candidate['content'])['parts']).map(fields)) {
        const name = text(fields(part['functionCall'])['name']);
        if (name !== '') calls.push(name);
      }
    }
    const blocked = fields(chunk['promptFeedback'])['blockReason'];
    if (blocked !== undefined && reasons.size === 0) reasons.set(0, 'safety');
  }
  return {
    ...NOTHING_TOLD,
    tokens: geminiTokens(usage),
    model: chunks.map((chunk) => text(chunk['modelVersion'])).find((name) => name !== '') ?? '',
    // Gemini ends with STOP when it calls a function as well.
    finish_reasons: [...reasons.values()].map((reason) =>
      reason === 'stop' && calls.length > 0
        ? 'tool_call'
        : canonical(FILTERED.has(reason) ? 'safety' : reason),
    ),
    tool_calls: calls,
  };
}

/** Gemini's words for an answer that was held back. */
const FILTERED: ReadonlySet<string> = new Set([
  'safety', 'recitation', 'blocklist', 'prohibited_content', 'spii', 'image_safety',
]); // prettier-ignore

function geminiTokens(usage: Fields): ToldTokens | null {
  const prompt = tokens(usage['promptTokenCount']);
  const toolUse = tokens(usage['toolUsePromptTokenCount']);
  const cached = tokens(usage['cachedContentTokenCount']);
  const thoughts = tokens(usage['thoughtsTokenCount']);
  // An answer that was only thought has no count of its own.
  const answer = tokens(usage['candidatesTokenCount']) ?? (thoughts === undefined ? undefined : 0);
  const input = prompt === undefined ? toolUse : prompt + (toolUse ?? 0);
  const heard = modal(usage, 'AUDIO', 'promptTokensDetails', 'toolUsePromptTokensDetails');
  const seen = modal(usage, 'IMAGE', 'promptTokensDetails', 'toolUsePromptTokensDetails');
  // What of the cache is audio or image is in the class of the cache already.
  const audio_in = rest(heard, modal(usage, 'AUDIO', 'cacheTokensDetails'));
  const image_in = rest(seen, modal(usage, 'IMAGE', 'cacheTokensDetails'));
  const audio_out = modal(usage, 'AUDIO', 'candidatesTokensDetails');
  const image_out = modal(usage, 'IMAGE', 'candidatesTokensDetails');
  return told({
    input_uncached: rest(input, cached, audio_in, image_in),
    cache_read: cached,
    audio_in,
    image_in,
    output: rest(answer, audio_out, image_out),
    reasoning: thoughts,
    audio_out,
    image_out,
  });
}

/** Tokens of one kind of content; undefined where no list of kinds names it. */
function modal(usage: Fields, kind: string, ...names: readonly string[]): number | undefined {
  const found = names
    .flatMap((name) => list(usage[name]).map(fields))
    .filter((detail) => detail['modality'] === kind)
    .map((detail) => tokens(detail['tokenCount']) ?? 0);
  return found.length === 0 ? undefined : found.reduce((sum, count) => sum + count, 0);
}

/** Embeddings: Gemini's, and Vertex's, which counts each text apart. */
export function geminiEmbedTold(body: Buffer, _streamed: boolean, _exchange: Exchange): Told {
  const answer = fields(jsonOf(body));
  const usage = fields(answer['usageMetadata']);
  const counts = list(answer['predictions']).map((prediction) =>
    tokens(fields(fields(fields(prediction)['embeddings'])['statistics'])['token_count']),
  );
  const known = counts.filter((count) => count !== undefined);
  const sum = known.length === 0 ? undefined : known.reduce((total, count) => total + count, 0);
  return {
    ...NOTHING_TOLD,
    tokens: told({ input_uncached: tokens(usage['promptTokenCount']) ?? sum }),
  };
}
