// `npm run check`: everything a machine can say about the code without running it. All steps run, then
// the failing ones are listed, each with the command that mends or repeats it.

import path from 'node:path';
import { prepare, ROOT } from './prepare.mjs';
import { main, runQuietly } from './step.mjs';

const bin = (...names) => path.join(ROOT, 'node_modules', ...names);

const STEPS = [
  {
    name: 'types',
    args: [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.test.json'],
    mend: 'mend the type errors above',
  },
  {
    name: 'lint',
    args: [bin('oxlint', 'bin', 'oxlint'), '--deny-warnings', '--report-unused-disable-directives'],
    mend: 'npx oxlint --fix, then mend the rest',
  },
  {
    name: 'format',
    args: [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'],
    mend: 'npm run format',
  },
  {
    name: 'generated files',
    args: [path.join(ROOT, 'scripts', 'generate.mjs'), '--check'],
    mend: 'npm run generate, and commit what it writes',
  },
  {
    name: 'tidy',
    args: [bin('vitest', 'vitest.mjs'), 'run', 'test/tidy.test.ts'],
    mend: 'mend the findings above; the rules are in CONTRIBUTING.md',
  },
];

await main(async () => {
  await prepare();
  const failed = [];
  for (const step of STEPS) {
    const result = await runQuietly(step.name, process.execPath, step.args, { cwd: ROOT });
    process.stdout.write(`${result.code === 0 ? 'ok    ' : 'FAILED'} ${step.name}\n`);
    if (result.code === 0) continue;
    process.stdout.write(`${result.output.trimEnd()}\n\n`);
    failed.push(step);
  }
  for (const step of failed) process.stdout.write(`${step.name}: ${step.mend}\n`);
  return failed.length === 0 ? 0 : 1;
});
