// `npm run bench`: prepares the clone, builds the benchmarks and runs them; passes its arguments on.

import path from 'node:path';
import { buildProject, prepare, ROOT } from './prepare.mjs';
import { main, runHere } from './step.mjs';

await main(async (args) => {
  await prepare();
  await buildProject('test');
  const bench = path.join(ROOT, 'test', 'dist', 'bench', 'main.js');
  return runHere(process.execPath, ['--enable-source-maps', bench, ...args], { cwd: ROOT });
});
