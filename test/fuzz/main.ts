// `npm run fuzz -- --inputs N --seed S`: hostile inputs for the readers, in worker processes. Exit code
// 1 when a law was broken; each such input is saved small, and can be judged again.

import { writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Block } from '@spanledger/ledger';
import { loadInput, Result } from './findings.ts';
import { runPool } from './pool.ts';
import { judgeAgain } from './run.ts';

const HELP = `npm run fuzz -- [--inputs N] [--seed S] [--first NUMBER] [--workers W] [--json FILE] [--save DIR]
npm run fuzz -- --replay FILE

  --inputs   how many inputs (default 20000)
  --seed     the same seed makes the same inputs (default 1)
  --first    the number of the first input (default 0)
  --json     writes the result there, and every minute what is known so far
  --save     where inputs that break a law are kept
  --replay   judges one saved input again`;

const CORPUS = path.join(import.meta.dirname, '../../../packages/ledger/test/fixtures/otlp');
const PROGRESS_MS = 60_000;

const { values } = parseArgs({
  options: {
    ...{ inputs: { type: 'string' }, seed: { type: 'string' }, first: { type: 'string' } },
    ...{ workers: { type: 'string' }, json: { type: 'string' }, save: { type: 'string' } },
    ...{ replay: { type: 'string' }, help: { type: 'boolean' } },
  },
});

if (values.help) console.log(HELP);
else if (values.replay !== undefined) replay(values.replay);
else await fuzz();

function replay(file: string): void {
  const { seed, input } = loadInput(file);
  const fault = judgeAgain(input, seed, new Block());
  console.log(fault === null ? 'every law holds' : `${fault.law}\n${fault.detail}`);
  process.exitCode = fault === null ? 0 : 1;
}

async function fuzz(): Promise<void> {
  const seed = whole(values.seed, 1);
  const from = whole(values.first, 0);
  const to = from + whole(values.inputs, 20_000);
  const result = new Result(seed, to - from);
  const write = (): void => {
    if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
    process.stderr.write(`fuzz: ${result.inputs} of ${result.wanted}, ${result.faults} faults\n`);
  };
  const progress = setInterval(write, PROGRESS_MS);
  await runPool({
    corpus: CORPUS,
    workers: whole(values.workers, Math.max(1, availableParallelism() - 1)),
    first: { seed, from, to, save: values.save ?? path.join(tmpdir(), 'spanledger-fuzz') },
    onBatch: (batch) => result.add(batch),
  });
  clearInterval(progress);
  result.ended_at = new Date().toISOString();
  write();
  for (const { law, number, file, detail } of result.findings) {
    console.log(`${law}: input ${number}, ${file}\n${detail}\n`);
  }
  console.log(`${result.inputs} inputs, ${result.faults} faults; slowest:`, result.slowest);
  process.exitCode = result.faults === 0 ? 0 : 1;
}

function whole(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^\d{1,12}$/.test(text)) throw new Error(`expected a whole number, not "${text}"`);
  return Number(text);
}
