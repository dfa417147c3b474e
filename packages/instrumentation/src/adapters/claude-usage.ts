// The usage of a run of Claude Code, turn by turn. It tells running totals for each model, and a
// resumed session begins with the totals of its past: what was counted must not count again.

import type { Attributes } from '@opentelemetry/api';
import { count, fields, put, text, type Fields } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';

/** Sessions whose totals are remembered, in case the program resumes them. */
const SESSIONS_LIMIT = 1000;

interface Totals {
  input: number | null;
  output: number | null;
  cacheRead: number | null;
  cacheWrite: number | null;
  thinking: number | null;
}

type ByModel = Map<string, Totals>;

const sessions = new Map<string, ByModel>();

export class RunUsage {
  #known: ByModel | null;

  /** Of a session that goes on from an earlier one the totals so far are not known yet. */
  constructor(resumes: boolean) {
    this.#known = resumes ? null : new Map();
  }

  /** What the turn that ends with this message used, by model. */
  turn(result: Fields): Map<string, Attributes> {
    const session = text(result['session_id']) ?? '';
    const totals = new Map(
      Object.entries(fields(result['modelUsage'])).map(([model, used]) => [
        model,
        totalsOf(fields(used)),
      ]),
    );
    const known = this.#known ?? sessions.get(session) ?? null;
    this.#known = totals;
    remember(session, totals);
    if (known !== null) return difference(totals, known);
    // Only the turn's own figures can be told from the past: they leave sub-agents out.
    const [model = 'unknown'] = totals.keys();
    return new Map([[model, attributesOf(turnOf(fields(result['usage'])))]]);
  }
}

function remember(session: string, totals: ByModel): void {
  const oldest = sessions.size < SESSIONS_LIMIT ? undefined : sessions.keys().next().value;
  if (oldest !== undefined) sessions.delete(oldest);
  sessions.set(session, totals);
}

function totalsOf(used: Fields): Totals {
  return {
    input: count(used['inputTokens']),
    output: count(used['outputTokens']),
    cacheRead: count(used['cacheReadInputTokens']),
    cacheWrite: count(used['cacheCreationInputTokens']),
    thinking: count(used['thinkingTokens']),
  };
}

function turnOf(used: Fields): Totals {
  return {
    input: count(used['input_tokens']),
    output: count(used['output_tokens']),
    cacheRead: count(used['cache_read_input_tokens']),
    cacheWrite: count(used['cache_creation_input_tokens']),
    thinking: null,
  };
}

function difference(totals: ByModel, known: ByModel): Map<string, Attributes> {
  const used = new Map<string, Attributes>();
  for (const [model, now] of totals) {
    const before = known.get(model);
    const attributes = attributesOf(before === undefined ? now : subtract(now, before));
    if (Object.values(attributes).some((value) => value !== 0)) used.set(model, attributes);
  }
  return used;
}

/** A session that was cleared begins at zero again. */
function subtract(now: Totals, before: Totals): Totals {
  const keys = ['input', 'output', 'cacheRead', 'cacheWrite', 'thinking'] as const;
  const restarted = keys.some((key) => (now[key] ?? 0) < (before[key] ?? 0));
  if (restarted) return now;
  const less = (key: (typeof keys)[number]): number | null => {
    const value = now[key];
    return value === null ? null : value - (before[key] ?? 0);
  };
  return {
    input: less('input'),
    output: less('output'),
    cacheRead: less('cacheRead'),
    cacheWrite: less('cacheWrite'),
    thinking: less('thinking'),
  };
}

/** The conventions' input holds what was cached. */
function attributesOf({ input, output, cacheRead, cacheWrite, thinking }: Totals): Attributes {
  const attributes: Attributes = {};
  const whole = input === null ? null : input + (cacheRead ?? 0) + (cacheWrite ?? 0);
  put(attributes, names.USAGE_INPUT_TOKENS, whole);
  put(attributes, names.USAGE_OUTPUT_TOKENS, output);
  put(attributes, names.USAGE_CACHE_READ_INPUT_TOKENS, cacheRead);
  put(attributes, names.USAGE_CACHE_WRITE_INPUT_TOKENS, cacheWrite);
  put(attributes, names.USAGE_REASONING_OUTPUT_TOKENS, thinking);
  return attributes;
}
