// Coverage: how much of what was counted is known, and the reasons for the rest.

import { meaningsOf } from '@spanledger/ledger';
import { NO_USAGE } from './answers.ts';
import { count } from './figures.ts';
import { renderMeanings, type Meanings } from './glossary.ts';
import { labelledLine, type Part } from './labelled-line.ts';
import { printable } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface Coverage {
  readonly calls: number;
  readonly with_usage: number;
  readonly priced: number;
  /** How many calls each reason holds for; the service writes `usage:` or `cost:` before it. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Doubts that take something from the figures; an account has them among its reasons. */
  readonly doubts?: Readonly<Record<string, number>>;
  /** What the reasons and doubts mean; a service tells, of an account this version knows. */
  readonly meanings?: Meanings;
  /** Spans that name GenAI and that no dialect claims, by scope; a service tells, an account does not. */
  readonly unclaimed_spans?: Readonly<Record<string, number>>;
}

export function renderCoverage(terminal: Terminal, coverage: Coverage): string {
  const { calls, with_usage, priced } = coverage;
  const part = (known: number, what: string): Part => ({
    text: `${count(known)} of ${count(calls)} ${what}`,
    style: known === calls ? 'good' : 'doubt',
  });
  return labelledLine(terminal, 'Coverage', [
    part(with_usage, 'calls with usage'),
    part(priced, 'priced'),
    ...reasonsOf(coverage.reasons),
    ...doubtsOf(coverage),
    ...unclaimedOf(coverage),
  ]);
}

function doubtsOf({ doubts = {} }: Coverage): Part[] {
  return Object.entries(doubts).map(([doubt, places], at) => ({
    text: `${at === 0 ? 'doubts: ' : ''}${count(places)} × ${printable(doubt)}`,
    style: 'doubt',
  }));
}

/** Coverage, and beneath it what each of its words means. */
export function renderCoverageExplained(terminal: Terminal, coverage: Coverage): string {
  const { reasons, doubts = {}, meanings } = coverage;
  const codes = [...Object.keys(reasons), ...Object.keys(doubts)];
  const glossary = renderMeanings(terminal, meanings ?? meaningsOf(codes));
  return [renderCoverage(terminal, coverage), glossary].filter(Boolean).join('\n');
}

/** What may hold calls that are not in the ledger. */
function unclaimedOf({ unclaimed_spans = {} }: Coverage): Part[] {
  return Object.entries(unclaimed_spans).map(([scope, spans]) => ({
    text: `${count(spans)} ${UNCLAIMED} from ${printable(scope) || 'no scope'}`,
    style: 'doubt',
  }));
}

export const UNCLAIMED = 'unclaimed GenAI spans';

/** True where the price file can help: what has tokens has no price. */
export function lacksPrices({ reasons }: Coverage): boolean {
  return Object.entries(reasons).some(
    ([key, calls]) => calls > 0 && key.startsWith('cost:') && !OF_USAGE.has(key.slice(5)),
  );
}

const OF_USAGE = new Set([NO_USAGE, 'partial_usage']);

/** What lacks usage, then what lacks a cost although its usage is known. */
function reasonsOf(reasons: Coverage['reasons']): Part[] {
  const told = Object.entries(reasons).map(([key, calls]) => {
    const [, about = '', reason = key] = /^(usage|cost):(.*)$/.exec(key) ?? [];
    return { about, reason, calls };
  });
  const repeated = ({ about, reason, calls }: (typeof told)[number]) =>
    about === 'cost' && (reason === NO_USAGE || reasons[`usage:${reason}`] === calls);
  const shown = told.filter((one) => one.reason !== NO_USAGE && !repeated(one));
  return ['usage', 'cost', ''].flatMap((about) =>
    shown
      .filter((one) => one.about === about)
      .map(({ reason, calls }, at): Part => {
        const label = at === 0 && about !== '' ? `${about}: ` : '';
        return { text: `${label}${count(calls)} × ${printable(reason)}`, style: 'doubt' };
      }),
  );
}
