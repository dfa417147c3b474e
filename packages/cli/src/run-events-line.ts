// The events that a run told while it went on, as one line: they explain no figure, and would be most
// of the lines of a tree.

import type { ExplainedSpan } from '@spanledger/ledger';
import { plural } from './figures.ts';

const RUN_EVENT = /^spanledger\.execution\.(.+)$/;
const BEGUN = 'start';
const ENDED = 'end';
const WORDS: Readonly<Record<string, string>> = {
  status: 'change of status',
  budget_stopped: 'stop by a budget',
};

export interface Sifted {
  /** What is shown as lines of its own. */
  readonly spans: readonly ExplainedSpan[];
  /** Those of runs of which no span is there, by the id of their span. */
  readonly runs: ReadonlyMap<string, readonly ExplainedSpan[]>;
}

export function siftRunEvents(records: readonly ExplainedSpan[]): Sifted {
  const runs = new Map<string, ExplainedSpan[]>();
  const spans = records.filter((record) => {
    if (!isRunEvent(record)) return true;
    const those = runs.get(record.span_id) ?? [];
    those.push(record);
    runs.set(record.span_id, those);
    return false;
  });
  return { spans, runs };
}

/** Such as `told while it ran: started, 3 stages, 1 log, ended`; what has a span has ended. */
export function runEventsLine(events: readonly ExplainedSpan[], spanIsThere: boolean): string {
  const counts = new Map<string, number>();
  for (const { name } of events) {
    const word = wordOf(name);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const begun = counts.delete(BEGUN) ? ['started'] : [];
  const ended = counts.delete(ENDED) || spanIsThere ? ['ended'] : ['no end yet'];
  // Each stage tells its beginning and its end.
  counts.delete('stage end');
  const between = [...counts].map(([word, number]) => several(number, word));
  return `told while it ran: ${[...begun, ...between, ...ended].join(', ')}`;
}

function isRunEvent({ name, signal, counted, children }: ExplainedSpan): boolean {
  return signal !== 'span' && !counted && children.length === 0 && RUN_EVENT.test(name);
}

function several(number: number, word: string): string {
  const [first = '', ...rest] = word.split(' ');
  return [plural(number, first), ...rest].join(' ');
}

function wordOf(name: string): string {
  const word = RUN_EVENT.exec(name)?.[1] ?? name;
  return WORDS[word] ?? word.replaceAll('_', ' ');
}
