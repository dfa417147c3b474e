// Answers of providers that emitters keep whole, as JSON or as what Python printed: where in them
// the usage lies that their own attributes leave out.

import type { FactDraft } from '../dialect.ts';
import { pythonData } from './python-repr.ts';
import { fillFromUsageObject, isObject, responseIdInAnswer } from './usage-object.ts';

/** Words in a text without which reading it as data would be for nothing. */
const USAGE_WORD = /usage/i;

/** Paths to a usage object; each that is there fills what those before it left out. */
const PATHS: readonly (readonly string[])[] = [
  ['usage'],
  ['usage_metadata'],
  ['usageMetadata'],
  ['response', 'usage'],
  ['llm_output', 'token_usage'],
];
/** The same in the message that LangChain makes of an answer: its own words, then the provider's. */
const MESSAGE_PATHS: readonly (readonly string[])[] = [
  ['usage_metadata'],
  ['response_metadata', 'token_usage'],
  ['response_metadata', 'usage'],
];
const MESSAGE = ['generations', '0', '0', 'message', 'kwargs'] as const;
const MESSAGE_IDS: readonly (readonly string[])[] = [
  ['response_metadata', 'id'],
  ['id'],
  ['additional_kwargs', 'id'],
];
/** What LangChain calls a message by itself is no id of the provider. */
const OWN_ID = /^(?:run-|lc_)/;
const ID_CHARACTERS_MAX = 128;
/** Under these a wrapper keeps the answer as it came. */
const WRAPPED: readonly string[] = ['raw', 'raw_response'];

export function mayHoldUsage(text: string): boolean {
  return USAGE_WORD.test(text);
}

/** Fills what the draft lacks from the usage in a kept answer. */
export function fillFromAnswer(fact: FactDraft, answer: unknown): void {
  if (!isObject(answer)) return;
  const inner = answerWithin(answer);
  if (inner !== null) fillFromPaths(fact, inner, PATHS);
  fillFromPaths(fact, answer, PATHS);
  fillFromPaths(fact, at(answer, MESSAGE), MESSAGE_PATHS);
}

/** The provider's id of a kept answer, wherever a wrapper put it; '' when it is not there. */
export function responseIdOf(answer: unknown): string {
  const own = responseIdInAnswer(answer);
  if (own !== '' || !isObject(answer)) return own;
  const message = at(answer, MESSAGE);
  for (const path of MESSAGE_IDS) {
    const id = at(message, path);
    if (typeof id !== 'string' || id === '' || id.length > ID_CHARACTERS_MAX) continue;
    if (!OWN_ID.test(id)) return id;
  }
  return responseIdInAnswer(answerWithin(answer));
}

/** The provider's answer inside a wrapper's own; null when there is none. */
function answerWithin(answer: Readonly<Record<string, unknown>>): object | null {
  for (const key of WRAPPED) {
    if (!Object.hasOwn(answer, key)) continue;
    const kept = typeof answer[key] === 'string' ? pythonData(answer[key]) : answer[key];
    if (isObject(kept)) return kept;
  }
  return null;
}

function fillFromPaths(
  fact: FactDraft,
  answer: unknown,
  paths: readonly (readonly string[])[],
): void {
  for (const path of paths) fillFromUsageObject(fact, at(answer, path));
}

function at(answer: unknown, path: readonly string[]): unknown {
  let value: unknown = answer;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
