// A line with a label before it and several parts in it, continued below where it does not fit.

import type { Style, Terminal } from './terminal.ts';

export interface Part {
  readonly text: string;
  readonly style?: Style;
}

const LABEL_WIDTH = 11;
const BETWEEN = ' · ';

export function labelledLine(terminal: Terminal, label: string, parts: readonly Part[]): string {
  const lines = [terminal.paint('heading', label) + ' '.repeat(LABEL_WIDTH - label.length)];
  let room = terminal.width - LABEL_WIDTH;
  let first = true;
  for (const { text, style } of parts) {
    const painted = style ? terminal.paint(style, text) : text;
    const needed = text.length + (first ? 0 : BETWEEN.length);
    if (needed > room && !first) {
      lines.push(' '.repeat(LABEL_WIDTH) + painted);
      room = terminal.width - LABEL_WIDTH - text.length;
    } else {
      lines.push(`${lines.pop()}${first ? '' : BETWEEN}${painted}`);
      room -= needed;
    }
    first = false;
  }
  return lines.join('\n');
}
