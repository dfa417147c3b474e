// What codes mean, one after another, each with what can be done about it.

import type { DoubtMeaning } from '@spanledger/ledger';
import { NO_USAGE } from './answers.ts';
import { printable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

const INDENT = '  ';

export type Meanings = Readonly<Record<string, Pick<DoubtMeaning, 'means' | 'remedy'>>>;

/** '' where there is nothing to explain. */
export function renderMeanings(terminal: Terminal, meanings: Meanings): string {
  const { paint, width } = terminal;
  const told = new Set<string>();
  const lines: string[] = [];
  for (const [code, { means, remedy }] of Object.entries(meanings)) {
    const name = code.replace(/^(usage|cost):/, '');
    // That the cost is unknown because the usage is says no more than the usage reason.
    if (name === NO_USAGE || told.has(name)) continue;
    told.add(name);
    const text = remedy === '' ? means : `${means}; to do: ${remedy}`;
    const room = width - 2 * INDENT.length;
    const [first = '', ...rest] = wrap(printable(`${name}: ${text}`), room);
    lines.push(INDENT + paint('doubt', first.slice(0, name.length)) + first.slice(name.length));
    for (const line of rest) lines.push(INDENT + INDENT + line);
  }
  return lines.join('\n');
}
