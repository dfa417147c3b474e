// What stands where there is nothing to show: what was looked for, when, and what to try next.

import type { Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

const LABEL = 'next  ';
const USUAL =
  'look further back with --last 30d; "spanledger doctor" says whether anything arrives';

/** `what` as in "No execution", `words` as in "in the last 24h". */
export function nothing(
  terminal: Terminal,
  what: string,
  words: string,
  next_step = USUAL,
): string {
  const next = wrap(terminal.hint(next_step), terminal.width - LABEL.length).map(
    (line, at) => (at === 0 ? terminal.paint('quiet', LABEL) : ' '.repeat(LABEL.length)) + line,
  );
  return [`${what} ${words}.`, ...next].join('\n');
}
