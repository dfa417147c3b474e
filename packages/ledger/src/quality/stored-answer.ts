// A verdict on the answer of one call from what is stored of it: the agent's own, which saw the whole
// text, or ours on the text that was kept. Without either there is none.

import {
  ANSWER_EVENTS,
  ANSWER_NAMES,
  ANSWER_PARTS,
  EVENT_NAMES,
  JSON_ASKED,
  TOOL_CALL_PARTS,
  type AnswerForm,
} from '../dialects/answer-names.ts';
import { pythonData } from '../reading/python-repr.ts';
import { judgeAnswer } from './answer-quality.ts';
import { isPlainData, saidIn, type Said } from './answer-text.ts';

/** The attributes of a call's record that match `ANSWER_PATTERN`, and its events. */
export interface StoredAnswer {
  readonly values: Readonly<Record<string, string>>;
  readonly events: readonly { readonly name: string; readonly values: StoredAnswer['values'] }[];
  /** Bodies of log records of this call, as text. */
  readonly bodies: readonly string[];
  readonly finish_reasons: readonly string[];
}

export interface Verdict {
  /** Who judged: the agent where the text was, or we the text that was kept. */
  readonly source: 'agent' | 'content';
  /** Why there is no verdict though something is stored; '' where there is one. */
  readonly reason: '' | 'tool_calls' | 'unreadable';
  /** From 0 to 1; null without a verdict. */
  readonly score: number | null;
  readonly valid: boolean | null;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly words: number | null;
}

const OWN = 'spanledger.quality.';

/** Null where nothing is stored that could be judged. */
export function verdictOn(stored: StoredAnswer): Verdict | null {
  const own = ownVerdict(stored.values);
  if (own !== null) return own;
  const readings = readingsOf(stored);
  if (readings.length === 0) return null;
  const known = readings.filter((reading) => reading !== null);
  if (known.length === 0) return none('unreadable');
  const text = known.find((reading) => reading.text.trim() !== '')?.text ?? '';
  const called =
    known.some(({ tool_calls }) => tool_calls) || stored.finish_reasons.some(isToolCall);
  if (text === '' && called) return none('tool_calls');
  const { score, valid, errors, warnings, metrics } = judgeAnswer(text, { json: asked(stored) });
  const words = metrics.word_count;
  return { source: 'content', reason: '', score, valid, errors, warnings, words };
}

/** Some emitters tell of tools in the reason alone, in the ledger's word or a provider's. */
function isToolCall(reason: string): boolean {
  return /^(?:tool|function)/.test(reason);
}

function none(reason: 'tool_calls' | 'unreadable'): Verdict {
  const nothing = { score: null, valid: null, errors: [], warnings: [], words: null };
  return { source: 'content', reason, ...nothing };
}

function ownVerdict(values: StoredAnswer['values']): Verdict | null {
  const said = values[`${OWN}score`];
  const score = Number(said);
  if (said === undefined || said === '' || !(score >= 0 && score <= 1)) return null;
  const words = values[`${OWN}words`];
  return {
    ...{ source: 'agent', reason: '', score },
    valid: values[`${OWN}valid`] === 'true',
    errors: listOf(values[`${OWN}errors`]),
    warnings: listOf(values[`${OWN}warnings`]),
    words: words !== undefined && /^\d{1,9}$/.test(words) ? Number(words) : null,
  };
}

function listOf(text: string | undefined): string[] {
  const list = dataOf(text ?? '[]');
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
}

/** Every place that holds an answer, in the order of trust; null for one that cannot be read. */
function readingsOf({ values, events, bodies }: StoredAnswer): (Said | null)[] {
  const readings: (Said | null)[] = [];
  const parts = Object.keys(values).filter((key) => ANSWER_PARTS.some((like) => like.test(key)));
  if (parts.length > 0 || toolsWereCalled(values)) {
    const texts = parts
      .map((key) => values[key] ?? '')
      .map((text) => (text === 'null' ? '' : text));
    readings.push({ text: texts.filter(Boolean).join('\n'), tool_calls: toolsWereCalled(values) });
  }
  for (const { name, form } of ANSWER_NAMES) {
    const value = values[name];
    if (value !== undefined) readings.push(read(value, form));
  }
  for (const event of events) {
    if (!ANSWER_EVENTS.includes(event.name)) continue;
    for (const name of EVENT_NAMES) {
      const value = event.values[name];
      if (value !== undefined) readings.push(read(value, 'data'));
    }
  }
  // Some records of this kind have their event's name as the body.
  for (const body of bodies) if (/^\s*[[{]/.test(body)) readings.push(read(body, 'data'));
  return readings;
}

function toolsWereCalled(values: StoredAnswer['values']): boolean {
  return Object.keys(values).some(
    (key) =>
      TOOL_CALL_PARTS.some((like) => like.test(key)) && !/^(?:0|\[\])?$/.test(values[key] ?? ''),
  );
}

function read(value: string, form: AnswerForm): Said | null {
  if (form === 'text') return { text: value, tool_calls: false };
  const data = dataOf(value);
  if (data === undefined) return null;
  if (form === 'last') return Array.isArray(data) ? saidIn(data.slice(-1)) : null;
  return isPlainData(data) ? { text: value, tool_calls: false } : saidIn(data);
}

/** What looks like data and is none was cut off: `undefined`. Anything else that is none is the text. */
function dataOf(value: string): unknown {
  const text = value.trim();
  if (!/^[[{"]/.test(text)) return value;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const printed = /^[[{]/.test(text) ? pythonData(text) : null;
    if (printed !== null) return printed;
    return /^(?:\[\s*\{|\{\s*["']|\[\s*")/.test(text) ? undefined : value;
  }
}

function asked({ values }: StoredAnswer): boolean {
  return JSON_ASKED.some(([name, like]) => like.test(values[name] ?? ''));
}
