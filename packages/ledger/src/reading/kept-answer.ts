// Answers of providers that emitters keep whole, as JSON or as what Python printed: where in them
// the usage lies that their own attributes leave out.

import type { FactDraft } from '../dialect.ts';
import { pythonData } from './python-repr.ts';
import { fillFromUsageObject, isObject } from './usage-object.ts';

/** Words in a text without which reading it as data would be for nothing. */
const USAGE_WORD = /usage/i;

/** Paths to the usage object, the most exact words first. */
const PATHS: readonly (readonly string[])[] = [
  ['usage'],
  ['usage_metadata'],
  ['usageMetadata'],
  ['response', 'usage'],
  ['llm_output', 'token_usage'],
  ['generations', '0', '0', 'message', 'kwargs', 'response_metadata', 'token_usage'],
  ['generations', '0', '0', 'message', 'kwargs', 'usage_metadata'],
];
/** Under these a wrapper keeps the answer as it came. */
const WRAPPED: readonly string[] = ['raw', 'raw_response'];

export function mayHoldUsage(text: string): boolean {
  return USAGE_WORD.test(text);
}

/** Fills what the draft lacks from the usage in a kept answer; true when a figure was found. */
export function fillFromAnswer(fact: FactDraft, answer: unknown): boolean {
  if (!isObject(answer)) return false;
  const inner = answerWithin(answer);
  if (inner !== null && fillFromPaths(fact, inner)) return true;
  return fillFromPaths(fact, answer);
}

/** The provider's answer inside a wrapper's own; null when there is none. */
export function answerWithin(answer: Readonly<Record<string, unknown>>): object | null {
  for (const key of WRAPPED) {
    if (!Object.hasOwn(answer, key)) continue;
    const kept = typeof answer[key] === 'string' ? pythonData(answer[key]) : answer[key];
    if (isObject(kept)) return kept;
  }
  return null;
}

function fillFromPaths(fact: FactDraft, answer: object): boolean {
  return PATHS.some((path) => fillFromUsageObject(fact, at(answer, path)));
}

function at(answer: object, path: readonly string[]): unknown {
  let value: unknown = answer;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
