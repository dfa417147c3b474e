// `npm run test:otlp -- DIR…`: compares the ledger of every capture below the folders with what the
// provider served. Exit code 0 without contradiction, 1 with one, 2 for a wrong command line or a file
// that cannot be read.

import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compare, type Comparison } from './comparison.ts';
import { lineOf, summaryOf } from './report.ts';
import { captureOf, namesIn } from './truth-file.ts';

const HELP = `npm run test:otlp -- DIR… [--json] [--only TEXT]

Compares the ledger of each NAME.json that has a NAME.truth.json below DIR with what the provider
served: never above it in any class, each served call one call, and a reason for all that is missing.

  exact          input and output of every call that told its usage
  less           the capture does not carry all of it; the ledger says why
  contradiction  the ledger is wrong; exit code 1
  unreadable     a file of the pair is missing or broken; the others are compared, exit code 2

Figures are input/output tokens counted, of those that a client could have known.

  --only TEXT    only captures whose name holds TEXT
  --json         the comparisons as one JSON list`;

process.exitCode = main(process.argv.slice(2));

function main(args: string[]): number {
  const { values, positionals, problem } = read(args);
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (problem !== '') {
    console.error(`${problem}\n\n${HELP}`);
    return 2;
  }
  const only = values.only ?? '';
  const found: Comparison[] = [];
  let unreadable = 0;
  const pairs = positionals.flatMap((folder) => namesIn(folder).map((name) => ({ folder, name })));
  for (const { folder, name } of pairs.filter((pair) => pair.name.includes(only))) {
    try {
      const one = compare(captureOf(folder, name));
      found.push(one);
      if (!values.json) console.log(lineOf(one, process.stdout.isTTY));
    } catch (error) {
      unreadable++;
      console.error(`unreadable    ${name}  ${(error as Error).message}`);
    }
  }
  console.log(values.json ? JSON.stringify(found, null, 2) : `\n${summaryOf(found)}`);
  if (found.some(({ result }) => result === 'contradiction')) return 1;
  if (found.length + unreadable === 0) {
    console.error(`no NAME.truth.json below ${positionals.join(', ')}`);
  }
  return found.length === 0 || unreadable > 0 ? 2 : 0;
}

interface CommandLine {
  readonly values: { readonly help?: boolean; readonly json?: boolean; readonly only?: string };
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
      },
    });
    const wrong = positionals.find(
      (name) => !statSync(name, { throwIfNoEntry: false })?.isDirectory(),
    );
    const problem =
      positionals.length === 0
        ? 'no folder was given'
        : wrong === undefined
          ? ''
          : `${wrong} is no folder`;
    return { values, positionals, problem };
  } catch (error) {
    return { values: {}, positionals: [], problem: (error as Error).message };
  }
}
