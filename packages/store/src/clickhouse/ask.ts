// Asks a question: fills in what a parameter cannot hold (names from closed lists only), sends the
// rest as typed parameters, and reads the rows.

import { readFile } from 'node:fs/promises';
import { SpanledgerError } from '@spanledger/ledger';
import { BILL_COLUMNS, BILL_SQL, CHANGED_SQL, SIGNED_COLUMNS } from '../bills/bill-columns.ts';
import type { Connection } from './connection.ts';
import { readNative } from './native-reader.ts';
import { ROWS_MAX, type Question } from '../usage/question.ts';
import { TOKEN_SUMS_SQL } from '../usage/planning-questions.ts';
import { QUESTIONS, readGrouping, type QuestionName, type Questions } from '../usage/questions.ts';
import { periodSource } from '../bills/period-source.ts';
import { LAST_S } from '../settle/trace-hours.ts';
import { MEASURES_SQL } from '../usage/usage-row.ts';

const FOLDER = new URL('../../questions/', import.meta.url);
/** The step of a question that shows its period as one: as coarse as any. */
const WHOLE_S = 0;

const texts = new Map<QuestionName, Promise<string>>();

function textOf(name: QuestionName): Promise<string> {
  let text = texts.get(name);
  if (text === undefined) {
    text = readText(name);
    texts.set(name, text);
  }
  return text;
}

/** What a question may begin with, because others begin so, too: `$name` stands for its file. */
const PARTS = ['executions', 'tool_calls'] as const;

async function readText(name: string): Promise<string> {
  let text = await readFile(new URL(`${name}.sql`, FOLDER), 'utf8');
  for (const part of PARTS) {
    if (!text.includes(`$${part}`)) continue;
    const shared = await readFile(new URL(`parts/${part}.sql`, FOLDER), 'utf8');
    text = text.replace(`$${part}`, () => shared.trimEnd());
  }
  return text;
}

/** The widest of what questions take; each takes its own part of it. */
interface AnyParameters {
  readonly org: string;
  readonly trace?: string;
  readonly from_s?: number;
  readonly to_s?: number;
  readonly step_s?: number;
  readonly by?: readonly string[];
  readonly limit?: number;
}

export async function ask<Name extends QuestionName>(
  connection: Connection,
  name: Name,
  parameters: Questions[Name]['parameters'],
): Promise<Questions[Name]['row'][]> {
  const question = QUESTIONS[name];
  const given: AnyParameters = parameters;
  const { source, step_s, from_s, to_s } = periodOf(given);
  const grouping = readGrouping(given.by ?? []);
  const sql = (await textOf(name))
    .replace('$columns', (question.columns ?? []).map((column) => column.name).join(', '))
    .replace('$group', grouping.map((dimension) => `u.${dimension} AS ${dimension},`).join(' '))
    .replace('$measures', MEASURES_SQL)
    .replace('$bill', BILL_SQL)
    .replace('$token_sums', TOKEN_SUMS_SQL)
    .replaceAll('$subject', grouping[0] === undefined ? "''" : `u.${grouping[0]}`)
    .replaceAll('$sums', BILL_COLUMNS)
    .replaceAll('$signed', SIGNED_COLUMNS)
    .replace('$changed', CHANGED_SQL)
    .replace('$table', source)
    .replace('$order', grouping.join(', ') || '1');
  const limit = readLimit(given.limit);
  const asked = { org: given.org, trace: given.trace ?? '', from_s, to_s, step_s, limit };
  const values = { ...asked, ...question.values, ...ownOf(question.own, parameters) };
  const { answer } = question;
  if (answer === 'native') return readNative(await connection.native(sql, values));
  return (await connection.rows(sql, values)).map((row) => answer(row));
}

function ownOf(
  names: NonNullable<Question<unknown>['own']> = {},
  given: object,
): Record<string, unknown> {
  const own = Object.entries(names).map(([name, otherwise]) => [
    name,
    (given as Readonly<Record<string, unknown>>)[name] ?? otherwise,
  ]);
  return Object.fromEntries(own) as Record<string, unknown>;
}

function periodOf(given: AnyParameters): {
  source: string;
  from_s: number;
  to_s: number;
  step_s: number;
} {
  const from_s = readSeconds('from_s', given.from_s ?? 0);
  const to_s = readSeconds('to_s', given.to_s ?? LAST_S);
  const step_s = readSeconds('step_s', given.step_s ?? 60);
  const source = periodSource(from_s, to_s, given.step_s ?? WHOLE_S);
  return { source, from_s: from_s - (from_s % 60), to_s, step_s };
}

function readSeconds(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= LAST_S) return value;
  throw new SpanledgerError('invalid_parameter', `${name}: ${value}; seconds since 1970`);
}

function readLimit(value: number = ROWS_MAX): number {
  if (Number.isInteger(value) && value >= 1 && value <= ROWS_MAX) return value;
  throw new SpanledgerError('invalid_parameter', `limit: ${value}; allowed: 1 to ${ROWS_MAX}`);
}
