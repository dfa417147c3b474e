// One thing as names and values, each on its line; a value that is too long goes on beneath itself.

import { printable } from './table.ts';
import type { Style, Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

export interface RecordLine {
  readonly name: string;
  readonly value: string;
  readonly style?: Style;
}

const GAP = 2;

export function renderRecord(terminal: Terminal, lines: readonly RecordLine[]): string {
  const width = Math.max(...lines.map(({ name }) => printable(name).length)) + GAP;
  return lines
    .flatMap(({ name, value, style }) =>
      wrap(printable(value), terminal.width - width).map((part, at) => {
        const before = at === 0 ? printable(name) : '';
        const painted = style === undefined ? part : terminal.paint(style, part);
        return terminal.paint('quiet', before) + ' '.repeat(width - before.length) + painted;
      }),
    )
    .join('\n');
}
