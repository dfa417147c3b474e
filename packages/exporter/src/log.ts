// The log of the service: one JSON object a line, or short readable lines on a terminal. Headers,
// bodies and settings are never logged, so no secret can be.

import { destination, pino, stdTimeFunctions, type Logger } from 'pino';
import type { Config } from './settings/config.ts';

export type { Logger };

interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg?: string;
  readonly [field: string]: unknown;
}

const STDERR = 2;
const COLOURS: Readonly<Record<string, string>> = {
  fatal: '\x1b[31m',
  error: '\x1b[31m',
  warn: '\x1b[33m',
  info: '\x1b[32m',
};
const PLAIN = '\x1b[0m';

/** Logs go to standard error: standard output belongs to whoever started the service. */
export function createLogger(config: Config['log'], terminal: boolean): Logger {
  const options = {
    level: config.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
  };
  const output = destination({ dest: STDERR, sync: true });
  const readable = config.format === 'text' || (config.format === 'auto' && terminal);
  if (!readable) return pino(options, output);
  return pino(options, { write: (line: string) => output.write(readableLine(line, terminal)) });
}

function readableLine(json: string, coloured: boolean): string {
  const { level, time, msg = '', ...fields } = JSON.parse(json) as Line;
  const colour = coloured ? (COLOURS[level] ?? '') : '';
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${readableValue(value)}`);
  const clock = time.slice(11, 23);
  return `${clock} ${colour}${level.padEnd(5)}${colour && PLAIN} ${msg}${rest.join('')}\n`;
}

function readableValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'message' in value)
    return String(value.message);
  return JSON.stringify(value);
}
