// What a run found: faults with the input that shows each, counts, and the slowest input.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Telling } from './corpus.ts';
import type { Input, Kind } from './inputs.ts';
import type { Fault } from './laws.ts';

export interface Slow {
  readonly number: number;
  readonly kind: Kind;
  readonly bytes: number;
  readonly cpu_ms: number;
}

export interface Finding extends Fault {
  readonly number: number;
  /** Where the input lies, made small. */
  readonly file: string;
}

/** What a worker tells of a batch. */
export interface Batch {
  readonly inputs: number;
  readonly kinds: Readonly<Partial<Record<Kind, number>>>;
  readonly findings: readonly Finding[];
  readonly slowest: Slow | null;
}

/** Findings that are listed; beyond it they are counted. */
const LISTED_MAX = 200;

/** A run as a whole, so far. */
export class Result {
  readonly seed: number;
  readonly wanted: number;
  readonly started_at = new Date().toISOString();
  ended_at: string | null = null;
  inputs = 0;
  faults = 0;
  readonly kinds: Record<string, number> = {};
  slowest: Slow | null = null;
  readonly findings: Finding[] = [];

  constructor(seed: number, wanted: number) {
    this.seed = seed;
    this.wanted = wanted;
  }

  add({ inputs, kinds, findings, slowest }: Batch): void {
    this.inputs += inputs;
    for (const [kind, count] of Object.entries(kinds)) {
      this.kinds[kind] = (this.kinds[kind] ?? 0) + count;
    }
    this.faults += findings.length;
    this.findings.push(...findings.slice(0, Math.max(0, LISTED_MAX - this.findings.length)));
    if (slowest !== null && slowest.cpu_ms > (this.slowest?.cpu_ms ?? 0)) this.slowest = slowest;
  }
}

interface Saved extends Fault {
  readonly seed: number;
  readonly number: number;
  readonly kind: Kind;
  readonly tellings: readonly Telling[];
  readonly sent: readonly {
    readonly signal: Input['sent'][number]['signal'];
    readonly encoding: Input['sent'][number]['encoding'];
    readonly records: number | null;
    readonly base64: string;
  }[];
}

export function saveInput(folder: string, seed: number, input: Input, fault: Fault): string {
  mkdirSync(folder, { recursive: true });
  const { number, kind, tellings } = input;
  const sent = input.sent.map(({ signal, encoding, records, bytes }) => {
    return { signal, encoding, records, base64: Buffer.from(bytes).toString('base64') };
  });
  const saved: Saved = { ...fault, seed, number, kind, tellings, sent };
  const file = path.join(folder, `${seed}-${number}.json`);
  writeFileSync(file, `${JSON.stringify(saved, null, 2)}\n`);
  return file;
}

export function loadInput(file: string): { readonly seed: number; readonly input: Input } {
  const { seed, number, kind, tellings, sent } = JSON.parse(readFileSync(file, 'utf8')) as Saved;
  const bodies = sent.map(({ base64, ...one }) => ({
    ...one,
    bytes: new Uint8Array(Buffer.from(base64, 'base64')),
  }));
  return { seed, input: { number, kind, tellings, sent: bodies } };
}
