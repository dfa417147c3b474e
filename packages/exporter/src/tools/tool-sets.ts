// How many tokens sets of tool definitions are. A set is counted once for each encoding, from the
// definitions where they are kept; else its bytes tell about how many, and where not even these are
// known, nothing does.

import type { Store, ToolRequestRow, ToolSetRow } from '@spanledger/store';
import { countText, encodingOf, tokensOfBytes } from './tokenizer.ts';

/** What the figure rests on: the provider's own tokenizer, another one, or the size alone. */
export type Basis = 'tokenizer' | 'other_tokenizer' | 'bytes';

export interface CountedTool {
  readonly name: string;
  /** Null where only the whole set is known. */
  readonly tokens: number | null;
}

export interface CountedSet {
  readonly tokens: number | null;
  readonly basis: Basis | null;
  /** The encoding, or `bytes`; '' where nothing is known. */
  readonly tokenizer: string;
  /** Why there are no tokens, of the set or of a tool of it; '' where there are. */
  readonly reason: '' | 'size_not_told' | 'definitions_not_kept';
  readonly tools: readonly CountedTool[];
}

type SetOf = Pick<
  ToolSetRow & ToolRequestRow,
  | 'tool_set'
  | 'names'
  | 'sizes'
  | 'definitions'
  | 'definition_bytes'
  | 'kept'
  | 'kept_trace'
  | 'kept_span'
  | 'kept_hour_s'
  | 'provider'
  | 'model'
>;

/** Sets that are remembered; the one that was counted first is forgotten for a new one. */
export const SETS_KEPT_MAX = 10_000;
/** Definitions that are read and counted for one answer; the others are told by their bytes. */
export const SETS_COUNTED_MAX = 200;

export class ToolSets {
  readonly #store: Store;
  readonly #counted = new Map<string, CountedSet>();

  constructor(store: Store) {
    this.#store = store;
  }

  get size(): number {
    return this.#counted.size;
  }

  /** The sets of these rows, by `keyOf`. */
  async count(org: string, rows: readonly SetOf[]): Promise<ReadonlyMap<string, CountedSet>> {
    const found = new Map<string, CountedSet>();
    const unread = new Map<string, SetOf>();
    for (const row of rows) {
      const key = keyOf(org, row);
      const known = this.#counted.get(key);
      if (known !== undefined) found.set(key, known);
      else if (row.kept && unread.size < SETS_COUNTED_MAX) unread.set(key, row);
    }
    const texts = await this.#read(org, [...unread.values()]);
    for (const [key, row] of unread) {
      const definitions = texts.get(`${row.kept_trace}:${row.kept_span}`);
      const counted = definitions === undefined ? null : await countSet(row, definitions);
      if (counted === null) continue;
      found.set(key, counted);
      this.#remember(key, counted);
    }
    for (const row of rows) {
      const key = keyOf(org, row);
      if (!found.has(key)) found.set(key, bySize(row));
    }
    return found;
  }

  async #read(org: string, rows: readonly SetOf[]): Promise<ReadonlyMap<string, string>> {
    if (rows.length === 0) return new Map();
    const kept = await this.#store.ask('tool_set_content', {
      org,
      traces: [...new Set(rows.map(({ kept_trace }) => kept_trace))],
      spans: [...new Set(rows.map(({ kept_span }) => kept_span))],
      hours: [...new Set(rows.map(({ kept_hour_s }) => kept_hour_s))],
      limit: SETS_COUNTED_MAX * 2,
    });
    return new Map(kept.map((one) => [`${one.trace_id}:${one.span_id}`, one.definitions]));
  }

  #remember(key: string, counted: CountedSet): void {
    this.#counted.set(key, counted);
    if (this.#counted.size <= SETS_KEPT_MAX) return;
    const [first] = this.#counted.keys();
    if (first !== undefined) this.#counted.delete(first);
  }
}

export function keyOf(org: string, { tool_set, provider, model }: SetOf): string {
  const { encoding, own } = encodingOf(provider, model);
  return JSON.stringify([org, tool_set, encoding, own]);
}

/** Null where it cannot be counted: its bytes tell then. */
async function countSet(row: SetOf, definitions: string): Promise<CountedSet | null> {
  const { encoding, own } = encodingOf(row.provider, row.model);
  const tokens = await countText(encoding, definitions);
  if (tokens === null) return null;
  const tools: CountedTool[] = [];
  for (const tool of listOf(definitions)) {
    const written = JSON.stringify(tool);
    tools.push({ name: nameOf(tool), tokens: await countText(encoding, written) });
  }
  const basis = own ? 'tokenizer' : 'other_tokenizer';
  return { tokens, basis, tokenizer: encoding, reason: '', tools };
}

function bySize({ names, sizes, definition_bytes }: SetOf): CountedSet {
  const bytes = listOf(sizes);
  const tools = listOf(names).map((name, index) => {
    const size = bytes[index];
    return { name: String(name), tokens: typeof size === 'number' ? tokensOfBytes(size) : null };
  });
  if (definition_bytes === null) {
    return { tokens: null, basis: null, tokenizer: '', reason: 'size_not_told', tools };
  }
  const each = tools.length > 0 && tools.every(({ tokens }) => tokens !== null);
  const reason = each ? '' : 'definitions_not_kept';
  return {
    ...{ tokens: tokensOfBytes(definition_bytes), basis: 'bytes', tokenizer: 'bytes' },
    ...{ reason, tools },
  };
}

function listOf(text: string): readonly unknown[] {
  try {
    const data: unknown = JSON.parse(text === '' ? '[]' : text);
    return Array.isArray(data) ? data : [];
  } catch {
    return [];
  }
}

/** A function has a name, here or one level below; a tool of the provider's own has a type. */
function nameOf(tool: unknown): string {
  const of = (value: unknown, name: string): unknown =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : null;
  const word = [of(tool, 'name'), of(of(tool, 'function'), 'name'), of(tool, 'type')];
  return String(word.find((one) => typeof one === 'string' && one !== '') ?? '');
}
