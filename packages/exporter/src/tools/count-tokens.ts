// Tokens of a request before it is made: messages and definitions as a tokenizer counts them, and what
// the results of each tool have been so far in this organisation.

import type { ToolResultSizeRow } from '@spanledger/store';
import { countText, encodingOf, tokensOfBytes } from './tokenizer.ts';
import type { Stages } from '../stages.ts';

const HISTORY_S = 30 * 86_400;
const MS_PER_S = 1_000;
const TOOLS_MAX = 256;
/** What a chat model's format adds to each message, and to the answer it begins. */
const MESSAGE_TOKENS = 3;
const ANSWER_TOKENS = 3;

interface Asked {
  readonly model: string;
  readonly provider?: string | undefined;
  readonly messages?: readonly unknown[] | undefined;
  readonly tools?: readonly unknown[] | undefined;
}

export async function countRequest(
  { store }: Stages,
  org: string,
  { model, provider = '', messages = [], tools = [] }: Asked,
): Promise<unknown> {
  const { encoding, own } = encodingOf(providerOf(provider, model), model);
  const written = messages.map(textOf);
  const counts: (number | null)[] = [];
  for (const text of written) counts.push(await countText(encoding, text));
  const definitions = tools.length === 0 ? '' : JSON.stringify(tools);
  const counted = definitions === '' ? 0 : await countText(encoding, definitions);
  const by_bytes = counts.includes(null) || counted === null;
  const message_tokens = written.reduce(
    (sum, text, index) => sum + MESSAGE_TOKENS + (counts[index] ?? tokensOf(text)),
    messages.length === 0 ? 0 : ANSWER_TOKENS,
  );
  const tool_definition_tokens = counted ?? tokensOf(definitions);
  const names = [...new Set(tools.slice(0, TOOLS_MAX).map(nameOf))].filter((name) => name !== '');
  const to_s = Math.ceil(Date.now() / MS_PER_S);
  const asked = { org, from_s: to_s - HISTORY_S, to_s, tools: names };
  const history = names.length === 0 ? [] : await store.ask('tool_result_sizes', asked);
  return {
    input_tokens: message_tokens + tool_definition_tokens,
    ...{ message_tokens, tool_definition_tokens },
    ...resultTokens(names, history),
    tokenizer: by_bytes ? 'bytes' : encoding,
    basis: by_bytes ? 'bytes' : own ? 'tokenizer' : 'other_tokenizer',
  };
}

/** If each tool ran once; null as soon as the history of one is not known. */
function resultTokens(names: readonly string[], history: readonly ToolResultSizeRow[]) {
  const known = new Map(history.map((row) => [row.tool_name, row]));
  const tools = names.map((tool_name) => {
    const row = known.get(tool_name);
    return {
      tool_name,
      observations: row?.observations ?? 0,
      median_tokens: row === undefined ? null : tokensOfBytes(row.median_bytes),
      p90_tokens: row === undefined ? null : tokensOfBytes(row.p90_bytes),
    };
  });
  const all = tools.every(({ median_tokens }) => median_tokens !== null);
  const sum = (field: 'median_tokens' | 'p90_tokens'): number | null =>
    all ? tools.reduce((total, tool) => total + (tool[field] ?? 0), 0) : null;
  return {
    tool_result_tokens: sum('median_tokens'),
    tool_result_tokens_p90: sum('p90_tokens'),
    tool_results: tools,
  };
}

function providerOf(provider: string, model: string): string {
  if (provider !== '') return provider;
  return /^(?:gpt-(?!oss)|chatgpt-|o[1-9](?:-|$)|text-embedding-)/.test(model) ? 'openai' : '';
}

function tokensOf(text: string): number {
  return tokensOfBytes(Buffer.byteLength(text));
}

/** What a message says: a text as it is, parts and calls as they are written. */
function textOf(message: unknown): string {
  if (typeof message !== 'object' || message === null) return String(message);
  const { role, content, ...others } = message as Record<string, unknown>;
  const said = typeof content === 'string' ? content : JSON.stringify(content ?? '');
  const more = Object.keys(others).length === 0 ? '' : JSON.stringify(others);
  return `${typeof role === 'string' ? role : ''}${said}${more}`;
}

function nameOf(tool: unknown): string {
  const of = (value: unknown, field: string): unknown =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : null;
  const name = of(of(tool, 'function'), 'name') ?? of(tool, 'name');
  return typeof name === 'string' ? name : '';
}
