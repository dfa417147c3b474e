// Worker processes that take ranges of inputs. One that dies or does not end is replaced, and its
// range is run again input by input until the guilty one is known.

import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Batch } from './findings.ts';
import type { Range } from './run.ts';

/** Inputs that a worker takes at once. */
const RANGE_INPUTS = 500;
/** Wall time after which a range, or one input of it, counts as endless. */
const RANGE_LIMIT_MS = 300_000;
const INPUT_LIMIT_MS = 60_000;
const HEAP_MB = 768;

export interface PoolOptions {
  readonly corpus: string;
  readonly workers: number;
  readonly first: Range;
  readonly onBatch: (batch: Batch) => void;
}

export async function runPool({ corpus, workers, first, onBatch }: PoolOptions): Promise<void> {
  let next = first.from;
  const work = async (): Promise<void> => {
    const worker = new Worker(corpus);
    while (next < first.to) {
      const from = next;
      next = Math.min(first.to, from + RANGE_INPUTS);
      onBatch(await finish(worker, { ...first, from, to: next }));
    }
    worker.stop();
  };
  await Promise.all(Array.from({ length: workers }, work));
}

/** A range to its end, whatever the worker does. */
async function finish(worker: Worker, range: Range): Promise<Batch> {
  const whole = await worker.run(range, RANGE_LIMIT_MS);
  if (typeof whole !== 'string') return whole;
  const findings: Batch['findings'][number][] = [];
  for (let number = range.from; number < range.to; number++) {
    const one = await worker.run({ ...range, from: number, to: number + 1 }, INPUT_LIMIT_MS);
    if (typeof one !== 'string') findings.push(...one.findings);
    else findings.push({ law: 'time and memory are bounded', detail: one, number, file: '' });
  }
  return { inputs: range.to - range.from, kinds: {}, findings, slowest: null };
}

class Worker {
  readonly #corpus: string;
  #child: ChildProcess | null = null;

  constructor(corpus: string) {
    this.#corpus = corpus;
  }

  /** What was found, or why nothing can be said. */
  run(range: Range, limit_ms: number): Promise<Batch | string> {
    const child = (this.#child ??= this.#start());
    return new Promise((resolve) => {
      const end = (outcome: Batch | string): void => {
        clearTimeout(timer);
        child.removeAllListeners();
        if (typeof outcome === 'string') this.stop();
        resolve(outcome);
      };
      const timer = setTimeout(() => end(`no end after ${limit_ms} ms`), limit_ms);
      child.once('message', (batch: Batch) => end(batch));
      child.once('exit', (code, signal) => end(`the process ended: ${code ?? signal}`));
      child.send(range);
    });
  }

  stop(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }

  #start(): ChildProcess {
    const file = path.join(import.meta.dirname, 'worker-main.js');
    return fork(file, [this.#corpus], { execArgv: [`--max-old-space-size=${HEAP_MB}`] });
  }
}
