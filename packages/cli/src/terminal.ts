// Where the command writes: results to standard output, progress and errors to standard error.
// Colours only where a person looks, and never with NO_COLOR.

import { styleText } from 'node:util';
import { runnable } from './runnable.ts';

/** Few styles, each with one meaning. */
export type Style =
  'heading' | 'agent' | 'model' | 'tool' | 'quiet' | 'good' | 'doubt' | 'bad' | 'money';

const FORMATS = {
  heading: ['bold'],
  agent: ['bold', 'magenta'],
  model: ['cyan'],
  tool: ['yellow'],
  quiet: ['dim'],
  good: ['green'],
  doubt: ['yellow'],
  bad: ['bold', 'red'],
  money: ['bold'],
} as const;

export interface Terminal {
  /** Columns that a line may take: no end of them where no person looks, so that nothing is cut. */
  readonly width: number;
  /** One or more lines of the result. */
  print(text: string): void;
  /** A line about the work itself, for people only. */
  note(text: string): void;
  paint(style: Style, text: string): string;
  /** A hint whose commands can be typed as they stand. */
  hint(text: string): string;
}

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const USUAL = 80;
const NARROWEST = 60;

export function openTerminal(
  out: Stream,
  err: Stream,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const colour = out.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const otherwise = out.isTTY === true ? Number(env['COLUMNS']) || USUAL : Infinity;
  return {
    // Asked each time: a window that is watched may change.
    get width() {
      return Math.max(NARROWEST, out.columns || otherwise);
    },
    print: (text) => void out.write(`${text}\n`),
    note: (text) => void err.write(`${text}\n`),
    paint: (style, text) =>
      colour && text.trim() !== ''
        ? styleText([...FORMATS[style]], text, { validateStream: false })
        : text,
    hint: (text) => runnable(text, env['PATH']),
  };
}
