// What files held and the account does not: refused spans and log records, entries that are no
// requests. Each is said with its place and reason, so that no input is lost in silence.

import type { Account, Refusal, Refused } from '@spanledger/ledger';
import { plural } from './figures.ts';
import { printable } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface Loss {
  readonly file: string;
  readonly line: number | null;
  readonly what: keyof Refused;
  readonly reason: string;
  readonly count: number;
}

/** More lines than this are counted and not listed. */
const LISTED_MAX = 20;
const ONE: Readonly<Record<keyof Refused, string>> = {
  spans: 'span',
  logs: 'log record',
  points: 'data point',
  entries: 'entry',
};
const MEANINGS: Readonly<Record<string, string>> = {
  not_otlp: 'not an OTLP request (not_otlp)',
  cut_off: 'the last line is cut off (cut_off)',
};

export function lossOf({ request, what, reason, count }: Refusal): Loss {
  return { file: request.file, line: request.line, what, reason, count };
}

/** The account with the entries that are none of its requests. */
export function withEntries(account: Account, losses: readonly Loss[]): Account {
  const entries: Record<string, number> = {};
  for (const { what, reason, count } of losses) {
    if (what === 'entries') entries[reason] = (entries[reason] ?? 0) + count;
  }
  if (Object.keys(entries).length === 0) return account;
  return { ...account, refused: { ...account.refused, entries } };
}

export function renderLosses(terminal: Terminal, losses: readonly Loss[]): void {
  for (const { file, line, what, reason, count } of losses.slice(0, LISTED_MAX)) {
    const place = line === null ? file : `${file} line ${line}`;
    const lost = what === 'entries' ? 'not used' : `${plural(count, ONE[what])} refused`;
    terminal.note(
      `${terminal.paint('doubt', 'warning')} ${printable(place)}: ${lost}: ${MEANINGS[reason] ?? reason}`,
    );
  }
  const more = losses.length - LISTED_MAX;
  if (more > 0)
    terminal.note(
      `${terminal.paint('doubt', 'warning')} and ${plural(more, 'more line')} like these`,
    );
}
