// `--watch`: asks the same again and again until it is interrupted; in place where a person looks, one
// answer after the other where a program does.

import { setTimeout as pause } from 'node:timers/promises';
import type { CommandOption } from './command.ts';
import type { Exit } from './exit-code.ts';
import { Failure } from './failure.ts';
import { listenForSignals } from './signals.ts';
import type { Terminal } from './terminal.ts';

const WAIT_MS = 2_000;
const HOME_AND_CLEAR = '\u001b[H\u001b[2J';

export const WATCH_OPTION: CommandOption = {
  flags: '--watch',
  meaning: `ask again every ${WAIT_MS / 1_000} seconds, until Ctrl-C`,
};

/** Runs it until the first Ctrl-C, and ends as the last turn did. A failure ends it, too. */
export async function watch(
  terminal: Terminal,
  turn: (terminal: Terminal) => Promise<Exit>,
): Promise<Exit> {
  const signals = listenForSignals();
  const looked_at = Number.isFinite(terminal.width);
  try {
    for (;;) {
      const lines: string[] = [];
      const exit = await turn({ ...terminal, print: (text) => void lines.push(text) });
      const time = terminal.paint('quiet', `${new Date().toISOString().slice(11, 19)} UTC`);
      terminal.print(
        looked_at ? `${HOME_AND_CLEAR}${time}\n\n${lines.join('\n')}` : lines.join('\n'),
      );
      const called_off = await pause(WAIT_MS, false, { signal: signals.asked }).catch(() => true);
      if (called_off) return exit;
    }
  } finally {
    signals.release();
  }
}

export function cannotWatch(command: string): Failure {
  return new Failure(
    'wrong_use',
    'invalid_watch',
    `cannot watch what changes something: "${command}"`,
    'leave out --watch',
  );
}
