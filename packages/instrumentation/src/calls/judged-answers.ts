// Verdicts on answers, made where the text is: so they can leave the process while the text stays. Off
// unless SPANLEDGER_QUALITY asks for them.

import type { Attributes } from '@opentelemetry/api';
import { judgeAnswer } from './answer-quality.ts';
import { TOOL_CALLS_COUNT } from '../own-attributes.ts';
import {
  QUALITY_ERRORS,
  QUALITY_SCORE,
  QUALITY_VALID,
  QUALITY_WARNINGS,
  QUALITY_WORDS,
} from '../run-attributes.ts';
import { safely } from '../safely.ts';

/** The text on its way to its verdict: no attribute, so it cannot leave with them. */
const TEXT = Symbol('the text of an answer');

interface WithText extends Attributes {
  [TEXT]?: string;
}

let judging = false;

export function setAnswerJudging(on: boolean): void {
  judging = on;
}

export function judgesAnswers(): boolean {
  return judging;
}

/** `make` is called only when verdicts are wanted. */
export function keepAnswer(attributes: Attributes, make: () => unknown): void {
  if (!judging) return;
  const text = make();
  if (typeof text === 'string') (attributes as WithText)[TEXT] = text;
}

/** Once the answer is whole. What calls tools need say nothing. */
export function putVerdict(attributes: WithText, json: boolean): void {
  const text = attributes[TEXT];
  if (text === undefined) return;
  delete attributes[TEXT];
  if (text === '' && attributes[TOOL_CALLS_COUNT] !== undefined) return;
  safely('a verdict', () => {
    const { score, valid, errors, warnings, metrics } = judgeAnswer(text, { json });
    attributes[QUALITY_SCORE] = score;
    attributes[QUALITY_VALID] = valid;
    attributes[QUALITY_WORDS] = metrics.word_count;
    if (errors.length > 0) attributes[QUALITY_ERRORS] = [...errors];
    if (warnings.length > 0) attributes[QUALITY_WARNINGS] = [...warnings];
  });
}
