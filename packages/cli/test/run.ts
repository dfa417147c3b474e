// Runs a command of the table in this process and gives back what a person would see.

import { EXIT_CODES, openTerminal, runCommand } from '../src/index.ts';

export interface Seen {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Seat {
  /** A terminal of this width; without it the output goes into a pipe. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export async function run(args: readonly string[], seat: Seat = {}): Promise<Seen> {
  const out: string[] = [];
  const err: string[] = [];
  const screen = seat.columns === undefined ? {} : { isTTY: true, columns: seat.columns };
  const terminal = openTerminal(
    { ...screen, write: (text) => out.push(text) },
    { ...screen, write: (text) => err.push(text) },
    seat.env ?? {},
  );
  const exit = await runCommand(args, terminal, seat.env ?? {});
  return { code: EXIT_CODES[exit].code, out: out.join(''), err: err.join('') };
}
