// One line a file, for people; what is wrong, missing or not made stands beneath it. Then one line a
// provider.

import { styleText } from 'node:util';
import type { Comparison, Result } from './comparison.ts';

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<Result, Style>> = {
  exact: 'green',
  free: 'dim',
  not_carried: 'yellow',
  not_made: 'dim',
  contradiction: 'red',
};

/** What a file is, when its exchanges are several things: the first of these that one of them is. */
const ORDER: readonly Result[] = ['contradiction', 'not_carried', 'exact', 'free', 'not_made'];

/** The result of all exchanges of a file together. */
export function resultOf(exchanges: readonly Comparison[]): Result {
  return ORDER.find((result) => exchanges.some((one) => one.result === result)) ?? 'not_made';
}

/** `exchanges` are those of one file. */
export function linesOf(exchanges: readonly Comparison[], coloured: boolean): string {
  const style = (how: Style, text: string): string => (coloured ? styleText(how, text) : text);
  const result = resultOf(exchanges);
  const figures = `${said(exchanges, 'input')}/${said(exchanges, 'output')}`;
  const sdks = [...new Set(exchanges.map(({ sdk }) => sdk))].filter((sdk) => sdk !== '');
  const head = `${style(STYLES[result], shown(result).padEnd(13))} ${exchanges[0]?.file}  ${figures}`;
  const notes = new Map<string, number>();
  for (const one of exchanges.filter((each) => each.notes.length > 0)) {
    const note = `${shown(one.result)}: ${one.request}: ${one.notes.join('; ')}`;
    notes.set(note, (notes.get(note) ?? 0) + 1);
  }
  const beneath = [...notes].map(([note, times]) => {
    const often = times === 1 ? '' : ` (${times} times)`;
    return `\n    ${style(note.startsWith('contradiction') ? 'red' : 'dim', note + often)}`;
  });
  return `${head}, ${sdks.join(' ') || 'no SDK'}${beneath.join('')}`;
}

const shown = (result: Result): string => result.replace('_', ' ');

function said(exchanges: readonly Comparison[], side: 'input' | 'output'): string {
  return `${sum(exchanges, 'counted', side)} of ${sum(exchanges, 'told', side)}`;
}

function sum(
  exchanges: readonly Comparison[],
  whose: 'told' | 'counted',
  side: 'input' | 'output',
): number {
  return exchanges.reduce((total, one) => total + (one[whose][side] ?? 0), 0);
}

export const HEAD = [
  'Provider', 'Exchanges', 'Exact', 'Bill nothing', 'Not carried', 'Not made', 'Contradictions', 'Tokens told', 'Tokens counted',
] as const; // prettier-ignore

/** One row a host, and one for all: the columns of `HEAD`. */
export function summaryRows(all: readonly Comparison[]): readonly (readonly string[])[] {
  const sorted = [...byHost(all)].sort(([, a], [, b]) => b.length - a.length);
  return [...sorted, ['all', all] as const].map(([host, exchanges]) => rowOf(host, exchanges));
}

function byHost(all: readonly Comparison[]): Map<string, readonly Comparison[]> {
  const groups = new Map<string, Comparison[]>();
  for (const one of all) {
    const known = groups.get(one.host);
    if (known === undefined) groups.set(one.host, [one]);
    else known.push(one);
  }
  return groups;
}

function rowOf(host: string, exchanges: readonly Comparison[]): readonly string[] {
  const of = (result: Result): string =>
    String(exchanges.filter((one) => one.result === result).length);
  const tokens = (whose: 'told' | 'counted'): string =>
    (sum(exchanges, whose, 'input') + sum(exchanges, whose, 'output')).toLocaleString('en');
  return [
    host,
    String(exchanges.length),
    of('exact'),
    of('free'),
    of('not_carried'),
    of('not_made'),
    of('contradiction'),
    tokens('told'),
    tokens('counted'),
  ];
}

/** The summary as text in columns. */
export function summaryOf(all: readonly Comparison[]): string {
  const rows = [HEAD, ...summaryRows(all)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return rows.map(line).join('\n');
}
