// What an answer tells of itself, in the ledger's disjoint classes; read here from the provider's
// own words, on purpose without a line of the instrumentation or the ledger.

import type { TokenClass } from '@spanledger/ledger';
import { fields } from '../exchange.ts';

/** Tokens by class. A class that was not told is absent. */
export type ToldTokens = Readonly<Partial<Record<TokenClass, number>>>;

export interface Told {
  /** Null where the answer tells no usage. */
  readonly tokens: ToldTokens | null;
  /** '' where the answer does not name it. */
  readonly model: string;
  /** stop, length, content_filter, tool_call, error, or the provider's own word in lower case. */
  readonly finish_reasons: readonly string[];
  /** Names of the tools that the model called, for the program to run. */
  readonly tool_calls: readonly string[];
  /** Tools that the provider ran itself, by name or type; whoever lists calls may list them, too. */
  readonly hosted_calls: readonly string[];
  /** Calls to models within the answer, which its own figures leave out. */
  readonly within: readonly { readonly model: string; readonly tokens: ToldTokens | null }[];
  /** What is billed and has no place among the tokens of the call, in words. */
  readonly beside: readonly string[];
  /** An error came in the middle of an answer that had begun well. */
  readonly failed: boolean;
}

export const NOTHING_TOLD: Told = {
  tokens: null,
  model: '',
  finish_reasons: [],
  tool_calls: [],
  hosted_calls: [],
  within: [],
  beside: [],
  failed: false,
};

/** Whether an event of a stream is the error that ends it. */
export const isError = (event: Readonly<Record<string, unknown>>): boolean =>
  typeof event['error'] === 'object' && event['error'] !== null;

/** A whole number of tokens; undefined where none was told. */
export function tokens(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Without the classes that were not told; null when none was. */
export function told(classes: Partial<Record<TokenClass, number | undefined>>): ToldTokens | null {
  const known = Object.entries(classes).filter(([, count]) => count !== undefined);
  return known.length === 0 ? null : (Object.fromEntries(known) as ToldTokens);
}

/** What is left of a whole when its parts are taken out; undefined where the whole is not known. */
export function rest(whole: number | undefined, ...parts: (number | undefined)[]) {
  if (whole === undefined) return undefined;
  return Math.max(
    0,
    parts.reduce<number>((left, part) => left - (part ?? 0), whole),
  );
}

/** The data of server-sent events, or the lines of JSON lines, each as JSON; other lines are not. */
export function eventsOf(body: Buffer): readonly Readonly<Record<string, unknown>>[] {
  const events: Readonly<Record<string, unknown>>[] = [];
  for (const line of body.toString('utf8').split(/\r?\n/)) {
    const data = line.replace(/^data:\s*/, '').trim();
    if (!data.startsWith('{')) continue;
    try {
      events.push(fields(JSON.parse(data)));
    } catch {
      // A line that was cut off when it was recorded tells nothing.
    }
  }
  return events;
}

/** A body that is one JSON value; null where it is none. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return null;
  }
}

const CANONICAL: Readonly<Record<string, string>> = {
  complete: 'stop',
  completed: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  endoftext: 'stop',
  eos: 'stop',
  finish: 'stop',
  max_tokens: 'length',
  max_output_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  tool_calls: 'tool_call',
  tool_use: 'tool_call',
  function_call: 'tool_call',
  safety: 'content_filter',
  refusal: 'content_filter',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
};

/** One word for what providers call differently. */
export function canonical(reason: string): string {
  const word = reason.toLowerCase();
  return CANONICAL[word] ?? word;
}
