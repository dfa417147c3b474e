// Tokens of a text, by the encoding that OpenAI publishes: loaded when somebody first asks, because it
// weighs some seventy megabytes, and never where spans are taken in.

export type Encoding = 'o200k_base' | 'cl100k_base';
type Count = (text: string) => number;

/** Of text that no tokenizer counted: English and JSON have about as many in each of today. */
export const BYTES_PER_TOKEN = 4;

const LOADERS: Readonly<Record<Encoding, () => Promise<{ readonly countTokens: Count }>>> = {
  o200k_base: () => import('gpt-tokenizer/encoding/o200k_base'),
  cl100k_base: () => import('gpt-tokenizer/encoding/cl100k_base'),
};
const OLDER = /^(?:gpt-4(?!o|\.|-o)|gpt-3\.5|text-embedding)/;
/**
 * Letters, signs or blanks in one run of this many characters: to count one takes time that grows with
 * the square of its length, so that longer ones are counted in pieces.
 */
const RUN = /[\p{L}\p{M}]{128}|[^\s\p{L}\p{N}]{128}|\s{128}/gu;
export const TEXT_CHARACTERS_MAX = 262_144;

/** The encoding that counts for a model, and whether it is the one that its provider counts by. */
export function encodingOf(
  provider: string,
  model: string,
): { readonly encoding: Encoding; readonly own: boolean } {
  const own = provider === 'openai' || provider.startsWith('azure');
  return { encoding: own && OLDER.test(model) ? 'cl100k_base' : 'o200k_base', own };
}

/** Null where no tokenizer is installed, and for a text that is too long to count. */
export async function countText(encoding: Encoding, text: string): Promise<number | null> {
  if (text.length > TEXT_CHARACTERS_MAX) return null;
  const count = await load(encoding);
  if (count === null) return null;
  let tokens = 0;
  let from = 0;
  for (const { 0: run, index } of text.matchAll(RUN)) {
    tokens += count(text.slice(from, index)) + count(run);
    from = index + run.length;
  }
  return tokens + count(text.slice(from));
}

export function tokensOfBytes(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

const loaded = new Map<Encoding, Promise<Count | null>>();

function load(encoding: Encoding): Promise<Count | null> {
  let loading = loaded.get(encoding);
  if (loading === undefined) {
    loading = LOADERS[encoding]().then(
      ({ countTokens }) => countTokens,
      () => null,
    );
    loaded.set(encoding, loading);
  }
  return loading;
}
