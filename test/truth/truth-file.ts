// What a provider really served while an emitter was captured, from `NAME.truth.json` beside
// `NAME.json`. The format is described in packages/ledger/test/fixtures/otlp/python/README.md.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The classes that a truth file tells; `cached` and `cache_write` lie inside `input`. */
export const CLASSES = ['input', 'cached', 'cache_write', 'output', 'reasoning'] as const;
export type Class = (typeof CLASSES)[number];
/** Tokens by class; null where the ledger does not know. */
export type Figures = Record<Class, number | null>;

/** One HTTP request that the provider answered. */
export interface ServedCall extends Record<Class, number> {
  readonly model: string;
  readonly status: number;
  /** Whether the answer held its usage, so that a client could have known it. */
  readonly usage_sent: boolean;
  readonly response_id: string | null;
  readonly start_ns: bigint | null;
  readonly end_ns: bigint | null;
}

export interface Truth {
  readonly emitter: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly scenario: string;
  readonly double: boolean;
  /** Served with a status of success: what must be billed, each once. */
  readonly served: readonly ServedCall[];
  /** Answered with an error: billed nothing. */
  readonly refused: readonly ServedCall[];
}

export interface Capture {
  /** Path of the OTLP file without its extension, relative to the folder that was asked for. */
  readonly name: string;
  readonly otlp_file: string;
  readonly truth: Truth;
}

const ENDING = '.truth.json';

/** The names of everything below a folder that has a truth file, sorted. */
export function namesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length))
    .sort();
}

/** Throws where the capture is missing or its truth cannot be read. */
export function captureOf(folder: string, name: string): Capture {
  const otlp_file = path.join(folder, `${name}.json`);
  if (!statSync(otlp_file, { throwIfNoEntry: false })) {
    throw new Error(`${name}${ENDING} has no capture beside it: ${name}.json is missing`);
  }
  return { name, otlp_file, truth: readTruth(path.join(folder, `${name}${ENDING}`)) };
}

/** Every capture below a folder. */
export function capturesIn(folder: string): Capture[] {
  return namesIn(folder).map((name) => captureOf(folder, name));
}

function readTruth(file: string): Truth {
  const said = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown> | null;
  const calls = said?.['provider_calls'];
  if (!said || !Array.isArray(calls)) throw new Error(`${file}: "provider_calls" must be a list`);
  const all = calls.map((call, index) =>
    servedCall(call as Record<string, unknown>, `${file}: provider_calls[${index}]`),
  );
  return {
    emitter: text(said['emitter']) ?? '',
    versions: (said['versions'] ?? {}) as Record<string, string>,
    scenario: text(said['scenario']) ?? '',
    double: said['double'] === true,
    served: all.filter(isSuccess),
    refused: all.filter((call) => !isSuccess(call)),
  };
}

const isSuccess = ({ status }: ServedCall): boolean => status >= 200 && status < 300;

function servedCall(said: Record<string, unknown> | null, place: string): ServedCall {
  if (!said) throw new Error(`${place} must be an object`);
  const figures = Object.fromEntries(
    CLASSES.map((name) => [name, count(said[name], `${place}.${name}`)]),
  ) as Record<Class, number>;
  return {
    ...figures,
    model: text(said['model']) ?? '',
    status: count(said['status'], `${place}.status`),
    usage_sent: said['usage_sent'] === true,
    response_id: text(said['response_id']),
    start_ns: nanoseconds(said['start_unix_nano']),
    end_ns: nanoseconds(said['end_unix_nano']),
  };
}

function count(value: unknown, place: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`${place} must be a whole number, but is ${JSON.stringify(value)}`);
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

const nanoseconds = (value: unknown): bigint | null =>
  typeof value === 'string' && /^\d+$/.test(value) ? BigInt(value) : null;
