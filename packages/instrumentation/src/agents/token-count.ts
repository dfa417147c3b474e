// How many tokens a request will have, before it is made: by a tokenizer of the program's choice, which
// is loaded on the first use, or from the number of characters. What is a guess is called one.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { given, givenText } from '../context/given.ts';
import { askService, ownService } from './own-service.ts';
import { providerFromModel } from '../calls/model-provider.ts';
import { fields, list } from '../calls/request.ts';
import { safely } from '../safely.ts';

export interface CountRequest {
  model: string;
  messages?: readonly unknown[];
  tools?: readonly unknown[];
  /** Tokens of a text; the package `gpt-tokenizer` when left out, where the program has it. */
  tokenizer?: (text: string) => number;
  /**
   * Tokens that a result of this tool usually has, from its history; null where none is known. The
   * service is asked when left out, for half a second at most.
   */
  resultTokens?: (tool: string) => number | null | Promise<number | null>;
}

export type CountedPart = 'message_tokens' | 'tool_definition_tokens' | 'tool_result_tokens';

export interface TokenCount {
  /** Messages and tool definitions: what is sent and billed as input. */
  readonly input_tokens: number;
  readonly message_tokens: number;
  readonly tool_definition_tokens: number;
  /** If each tool were called once; null where the history of one of them is not known. */
  readonly tool_result_tokens: number | null;
  /** Which of these are guesses, because the provider counts otherwise or nobody can know. */
  readonly estimated: readonly CountedPart[];
  /** Images, sounds and files, which are not in the count. */
  readonly uncounted_parts: number;
  /** What counted: `own`, the name of a tokenizer's encoding, or `characters`. */
  readonly tokenizer: string;
}

type Count = (text: string) => number;

/** Prose and JSON have about as many in every tokenizer of today. */
const CHARACTERS_PER_TOKEN = 4;
/** What a chat model's format adds to each message, and to the answer it begins. */
const MESSAGE_TOKENS = 3;
const ANSWER_TOKENS = 3;
const DEPTH_LIMIT = 32;
/** Of one message: what is beyond is told among the parts that are not counted. */
const VALUES_LIMIT = 10_000;
const SERVICE_WAIT_MS = 500;

/** Never throws and never rejects; what cannot be read is not counted. */
export async function countTokens(request: CountRequest): Promise<TokenCount> {
  const model = safely('a model', () => givenText(request, 'model')) ?? '';
  const { name, count } = await tokenizerOf(request, model);
  let uncounted = 0;
  const messages = list(given(request, 'messages'));
  const message_tokens = messages.reduce((sum: number, message) => {
    const { texts, others } = safely('a message', () => textsIn(message)) ?? {
      texts: [],
      others: 1,
    };
    uncounted += others;
    return texts.reduce((of, text) => of + count(text), sum + MESSAGE_TOKENS);
  }, ANSWER_TOKENS);
  const tools = list(given(request, 'tools'));
  const written = safely('tool definitions', () => JSON.stringify(tools)) ?? '';
  const tool_definition_tokens = tools.length === 0 ? 0 : count(written);
  const tool_result_tokens = await resultTokens(request, model, tools);
  const exact = name !== 'characters' && providerFromModel(model) === 'openai';
  return {
    input_tokens: message_tokens + tool_definition_tokens,
    message_tokens,
    tool_definition_tokens,
    tool_result_tokens,
    estimated: [
      ...(exact && messages.every((message) => typeof given(message, 'content') === 'string')
        ? []
        : (['message_tokens'] as const)),
      // Every provider writes them into the prompt in a form of its own.
      ...(tools.length === 0 ? [] : (['tool_definition_tokens', 'tool_result_tokens'] as const)),
    ],
    uncounted_parts: uncounted,
    tokenizer: name,
  };
}

async function tokenizerOf(
  request: unknown,
  model: string,
): Promise<{ name: string; count: Count }> {
  const own = given(request, 'tokenizer');
  const byCharacters: Count = (text) => Math.ceil(text.length / CHARACTERS_PER_TOKEN);
  const guarded =
    (count: Count): Count =>
    (text) => {
      const tokens = safely('a tokenizer', () => count(text));
      return Number.isSafeInteger(tokens) ? (tokens as number) : byCharacters(text);
    };
  if (typeof own === 'function') return { name: 'own', count: guarded(own as Count) };
  const encoding = /^(?:gpt-4(?!o|\.|-o)|gpt-3\.5|text-embedding)/.test(model)
    ? 'cl100k_base'
    : 'o200k_base';
  const count = await load(encoding);
  return count === null
    ? { name: 'characters', count: byCharacters }
    : { name: encoding, count: guarded(count) };
}

const loaded = new Map<string, Promise<Count | null>>();

/** From the program's own packages: a tokenizer weighs some eighty megabytes when it is loaded. */
function load(encoding: string): Promise<Count | null> {
  const known = loaded.get(encoding);
  if (known !== undefined) return known;
  const loading = (async () => {
    try {
      const program = process.argv[1] ?? join(process.cwd(), 'program.js');
      const path = createRequire(program).resolve(`gpt-tokenizer/encoding/${encoding}`);
      const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
      const from = (module['countTokens'] ? module : fields(module['default'])) as Record<
        string,
        unknown
      >;
      const count = from['countTokens'];
      return typeof count === 'function' ? (count as Count) : null;
    } catch {
      return null;
    }
  })();
  loaded.set(encoding, loading);
  return loading;
}

interface Said {
  texts: string[];
  others: number;
}

function textsIn(message: unknown): Said {
  const said: Said = { texts: [], others: 0 };
  let values = 0;
  const walk = (value: unknown, depth: number): void => {
    values += 1;
    if (values > VALUES_LIMIT) said.others = Math.max(1, said.others);
    else if (typeof value === 'string') said.texts.push(value);
    else if (Array.isArray(value) && depth < DEPTH_LIMIT) {
      for (const part of value) walk(part, depth + 1);
    } else if (typeof value === 'object' && value !== null) readPart(value, depth);
  };
  const readPart = (value: object, depth: number): void => {
    const { role, content, text, name, arguments: asked, function: called, input } = fields(value);
    const { tool_calls: calls, output } = fields(value);
    const texts = [role, content, text, name, asked, called, calls, output];
    if (texts.every((each) => each === undefined)) said.others += 1;
    else if (depth < DEPTH_LIMIT) for (const each of texts) walk(each, depth + 1);
    if (typeof input === 'object' && input !== null) said.texts.push(JSON.stringify(input));
  };
  walk(message, 0);
  return said;
}

/** Null as soon as one is not known: a sum of some would look like a sum of all. */
async function resultTokens(
  request: unknown,
  model: string,
  tools: readonly unknown[],
): Promise<number | null> {
  if (tools.length === 0) return 0;
  const history = given(request, 'resultTokens');
  if (typeof history !== 'function') return resultTokensOfService(model, tools);
  let sum = 0;
  for (const tool of tools) {
    const name = given(given(tool, 'function'), 'name') ?? given(tool, 'name');
    try {
      const tokens = await (history as (tool: unknown) => unknown)(name);
      if (!Number.isSafeInteger(tokens)) return null;
      sum += tokens as number;
    } catch {
      return null;
    }
  }
  return sum;
}

/** The median of each tool's own history there; null where it is not known or not told in time. */
async function resultTokensOfService(
  model: string,
  tools: readonly unknown[],
): Promise<number | null> {
  const service = ownService();
  if (service === null) return null;
  const names = tools.map((tool) => ({
    name: given(given(tool, 'function'), 'name') ?? given(tool, 'name'),
  }));
  const asked = { model: model === '' ? 'unknown' : model, tools: names };
  const answer = await askService(service, 'api/v1/count-tokens', SERVICE_WAIT_MS, asked);
  const tokens = given(answer, 'tool_result_tokens');
  return Number.isSafeInteger(tokens) ? (tokens as number) : null;
}
