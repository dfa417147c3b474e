// What can be said of an answer by looking at its text alone: whether there is one, whether it is an
// error or a refusal in place of one, its length, its JSON, and whether it takes itself back.

import { ERRORS, REFUSALS, SELF_CORRECTIONS } from './quality-phrases.ts';

export interface AnswerQuality {
  /** The mean of the checks, from 0 to 1. */
  readonly score: number;
  /** False when there is an error among them. */
  readonly valid: boolean;
  readonly errors: readonly QualityError[];
  readonly warnings: readonly QualityWarning[];
  /** Each check that applies: 1 for passed, 0 for failed. */
  readonly checks: Readonly<Partial<Record<QualityCheck, 0 | 1>>>;
  readonly metrics: {
    /** In scripts without spaces every character counts. */
    readonly word_count: number;
    readonly character_count: number;
  };
}

export type QualityError = 'empty' | 'error_pattern' | 'refusal' | 'invalid_json';
export type QualityWarning = 'too_short' | 'too_long' | 'self_correction';
export type QualityCheck =
  'not_empty' | 'no_error_pattern' | 'no_refusal' | 'length' | 'json' | 'no_self_correction';

export interface QualityOptions {
  /** JSON was asked for: its length is its own, and prose around it is a mistake. */
  readonly json?: boolean;
}

const WORDS_MIN = 5;
const WORDS_MAX = 5000;
/** What is beyond is not looked at. */
const TEXT_LIMIT_CHARS = 64 * 1024;
/** A refusal stands at the start; later the same words quote or advise. */
const OPENING_CHARS = 240;
/** An answer that begins with an error and goes on for longer explains one. */
const ERROR_WORDS_MAX = 60;

const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}][\p{L}\p{N}\p{M}'_-]*/gu;
/** An error as programs print it: a class, a status, or an object with an error. */
const PRINTED_ERROR =
  /^(?:[\w.]*(?:error|exception): |(?:http[/\d. ]*)?[45]\d\d [a-z]+(?: [a-z]+){0,3}[.!]?$|\{\s*"error"\s*:)/;

/** Code and what is quoted is not what the answer says by itself. */
const QUOTED =
  /```[^]*?(?:```|$)|`[^`\n]*`|"[^"\n]{0,200}"|“[^”\n]{0,200}”|„[^“”\n]{0,200}[“”]|«[^»\n]{0,200}»|「[^」\n]{0,200}」/g;

const all = (phrases: Readonly<Record<string, readonly string[]>>): readonly string[] =>
  Object.values(phrases).flat();
const REFUSAL = all(REFUSALS);
const ERROR = all(ERRORS);
const SELF_CORRECTION = all(SELF_CORRECTIONS);

/** Pure, linear in the text, and quiet about what the text says. */
export function judgeAnswer(answer: string, { json = false }: QualityOptions = {}): AnswerQuality {
  const whole = answer.slice(0, TEXT_LIMIT_CHARS).trim();
  const text = whole.replaceAll('’', "'").toLowerCase();
  const word_count = text.match(WORD)?.length ?? 0;
  const metrics = { word_count, character_count: answer.length };
  if (text === '') return verdictOf({ not_empty: 0 }, metrics, word_count);
  const prose = text.replace(QUOTED, '""').trim();
  const checks: Partial<Record<QualityCheck, 0 | 1>> = {
    not_empty: 1,
    no_error_pattern: pass(!isError(text, word_count)),
    no_refusal: pass(!says(prose.slice(0, OPENING_CHARS), REFUSAL)),
  };
  if (json) {
    if (answer.length <= TEXT_LIMIT_CHARS) checks.json = pass(isJson(whole));
  } else {
    checks.length = pass(word_count >= WORDS_MIN && word_count <= WORDS_MAX);
    checks.no_self_correction = pass(!says(prose, SELF_CORRECTION));
  }
  return verdictOf(checks, metrics, word_count);
}

const ERROR_OF = [
  ['not_empty', 'empty'],
  ['no_error_pattern', 'error_pattern'],
  ['no_refusal', 'refusal'],
  ['json', 'invalid_json'],
] as const;

function verdictOf(
  checks: AnswerQuality['checks'],
  metrics: AnswerQuality['metrics'],
  words: number,
): AnswerQuality {
  const values = Object.values(checks);
  const errors = ERROR_OF.filter(([check]) => checks[check] === 0).map(([, name]) => name);
  const warnings: QualityWarning[] = [];
  if (checks.length === 0) warnings.push(words < WORDS_MIN ? 'too_short' : 'too_long');
  if (checks.no_self_correction === 0) warnings.push('self_correction');
  const score = values.reduce((sum: number, value) => sum + value, 0) / values.length;
  return { score, valid: errors.length === 0, errors, warnings, checks, metrics };
}

function pass(good: boolean): 0 | 1 {
  return good ? 1 : 0;
}

function isError(text: string, words: number): boolean {
  if (words > ERROR_WORDS_MAX) return false;
  return PRINTED_ERROR.test(text) || ERROR.some((phrase) => text.startsWith(phrase));
}

/** Letters of scripts whose words have spaces between them. */
const LETTER = /[\p{Script=Latin}\p{Script=Cyrillic}]/u;

/** One of these, where a word begins. None depends on which language the answer is in. */
function says(text: string, phrases: readonly string[]): boolean {
  return phrases.some((phrase) => {
    for (let at = text.indexOf(phrase); at !== -1; at = text.indexOf(phrase, at + 1)) {
      if (at === 0 || !LETTER.test(text[at - 1] ?? '') || !LETTER.test(phrase[0] ?? ''))
        return true;
    }
    return false;
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
