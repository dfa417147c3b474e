// `npm run test:recordings -- DIR…`: replays recorded exchanges through the real SDKs and compares the
// ledger with what the answers tell. Exit code 0 without contradiction, 1 with one, 2 for a wrong
// command line or a file that cannot be read.

import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Comparison } from './comparison.ts';
import { replay } from './replay.ts';
import { linesOf, summaryOf } from './report.ts';

const HELP = `npm run test:recordings -- DIR… [--json] [--only TEXT] [--seed N] [--sdk NAME]…

Replays every exchange of the recordings below DIR through the real JavaScript SDK of its provider, with
--import @spanledger/instrumentation/register, and compares the ledger with what the recorded answer
tells: every class of token, model, finish reasons, errors.

  exact          the ledger holds all that the answer tells, and nothing else
  bill nothing   a request without billed tokens (free), and none are counted
  not carried    the ledger lacks something and says why
  not made       no JavaScript SDK can make the exchange; the reason stands beneath
  contradiction  the ledger is wrong; exit code 1

Figures are input/output tokens counted, of those that the answers tell.

  --only TEXT    only files whose path holds TEXT
  --seed N       other places where the bodies are cut on their way
  --sdk NAME     a folder of sdks/ that goes before newer ones of the same client: openai-4
  --json         the comparisons as one JSON object`;

/** This file lies in test/replay, or built in test/dist/replay. */
const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = HERE.slice(0, HERE.lastIndexOf(`${path.sep}test${path.sep}`));

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const { values, positionals, problem } = read(args);
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (problem !== '') {
    console.error(`${problem}\n\n${HELP}`);
    return 2;
  }
  const found: Comparison[] = [];
  const problems: string[] = [];
  let unreadable = 0;
  for (const folder of positionals) {
    const replayed = await replay(folder, {
      root: ROOT,
      seed: Number(values.seed ?? 1),
      takes: (file) => file.includes(values.only ?? ''),
      sdks: values.sdk ?? [],
    });
    found.push(...replayed.comparisons);
    problems.push(...replayed.problems);
    unreadable += replayed.unreadable.length;
    for (const { file, problem } of replayed.unreadable)
      console.error(`unreadable    ${file}  ${problem}`);
    if (!values.json) print(replayed.comparisons);
  }
  if (values.json) console.log(JSON.stringify({ exchanges: found, problems }, null, 2));
  else console.log(`\n${summaryOf(found)}`);
  for (const problem of new Set(problems)) console.error(problem);
  if (found.some(({ result }) => result === 'contradiction')) return 1;
  return found.length === 0 || unreadable > 0 || problems.length > 0 ? 2 : 0;
}

function print(comparisons: readonly Comparison[]): void {
  const files = new Set(comparisons.map(({ file }) => file));
  for (const file of files) {
    const exchanges = comparisons.filter((one) => one.file === file);
    console.log(linesOf(exchanges, process.stdout.isTTY));
  }
}

interface CommandLine {
  readonly values: {
    readonly help?: boolean;
    readonly json?: boolean;
    readonly only?: string;
    readonly seed?: string;
    readonly sdk?: string[];
  };
  readonly positionals: readonly string[];
  readonly problem: string;
}

function read(args: string[]): CommandLine {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean' },
        only: { type: 'string' },
        seed: { type: 'string' },
        sdk: { type: 'string', multiple: true },
      },
    });
    const wrong = positionals.find(
      (name) => !statSync(name, { throwIfNoEntry: false })?.isDirectory(),
    );
    return { values, positionals, problem: problemOf(positionals, wrong, values.seed) };
  } catch (error) {
    return { values: {}, positionals: [], problem: (error as Error).message };
  }
}

function problemOf(
  folders: readonly string[],
  wrong: string | undefined,
  seed: string | undefined,
): string {
  if (folders.length === 0) return 'no folder was given';
  if (wrong !== undefined) return `${wrong} is no folder`;
  return seed === undefined || /^\d+$/.test(seed) ? '' : `--seed ${seed} is no whole number`;
}
