// Tells a person who waits what is being waited for: nothing below two seconds, then a line every
// few seconds with the time so far.

import type { Terminal } from './terminal.ts';

const FIRST_LINE_MS = 2_000;
const NEXT_LINE_MS = 5_000;

export async function withProgress<T>(
  terminal: Terminal,
  what: string | (() => string),
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const say = (): void => {
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    const now = typeof what === 'string' ? what : what();
    terminal.note(terminal.paint('quiet', `… ${now} (${seconds} s)`));
    timer = setTimeout(say, NEXT_LINE_MS);
  };
  let timer = setTimeout(say, FIRST_LINE_MS);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
