// `npm run test:matrix`: prepares the clone and the clients, builds, and runs the scenarios of every
// client in every cell of the acceptance matrix; `npm test` runs a cut of the same.

import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildProject, prepare, prepareSdks, ROOT } from './prepare.mjs';
import { main, runHere } from './step.mjs';

const HELP = `npm run test:matrix -- [--only TEXT] [--json FILE]

Runs the scenarios of every client, version by version, as ES module and CommonJS, on Node 20, 22 and 24,
beside no OpenTelemetry, API 1.9 with SDK 2 and API 1.10 with SDK 3: with the instrumentation and without,
the program must see and send the same, and each call must leave one ended span. A line for each cell:

  green  nothing differs
  red    something does; it stands beneath; exit code 1
  hole   the cell cannot run, and why

A cell is called CLIENT KIND NODE SET-UP: openai-7 mjs node-24 sdk-3-before

  --only TEXT  cells whose name holds TEXT
  --json FILE  writes what was found to FILE, cell by cell; cells that it holds and that do not run stay.
               docs/compatibility.md is made from test/matrix/results.json by npm run generate`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  only: { type: 'string' },
  json: { type: 'string' },
};

function read(args) {
  try {
    return { ...parseArgs({ args, options: OPTIONS }).values, problem: '' };
  } catch (error) {
    return { problem: error.message };
  }
}

/** The files that declare cells; what else they test has names of another form. */
function filesWithCells() {
  const folder = path.join('packages', 'instrumentation', 'test');
  return fs
    .readdirSync(path.join(ROOT, folder))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join(folder, name))
    .filter((file) => fs.readFileSync(path.join(ROOT, file), 'utf8').includes('testMatrix({'));
}

const escaped = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

await main(async (args) => {
  const { help, only = '', json, problem } = read(args);
  if (help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  if (problem !== '') {
    process.stderr.write(`${problem}\n\n${HELP}\n`);
    return 2;
  }
  await prepare();
  await prepareSdks();
  await buildProject('test');
  process.env.TEST_MATRIX = only;
  if (json !== undefined) process.env.TEST_MATRIX_RESULTS = path.resolve(json);
  const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const reporter = path.join(ROOT, 'test', 'dist', 'matrix', 'reporter.js');
  const cells = ` node-\\d+ .*`;
  const pattern = only === '' ? cells : `^(?=.*${cells})(?=.*${escaped(only)})`;
  const options = [
    '--no-file-parallelism',
    '--passWithNoTests',
    `--reporter=${reporter}`,
    '-t',
    pattern,
  ];
  return runHere(process.execPath, [vitest, 'run', ...options, ...filesWithCells()], { cwd: ROOT });
});
