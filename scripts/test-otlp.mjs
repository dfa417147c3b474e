// `npm run test:otlp -- DIR`: prepares the clone, builds, and compares the ledger of captures with
// what the provider served; passes its arguments on.

import path from 'node:path';
import { buildProject, prepare, ROOT } from './prepare.mjs';
import { main, runHere } from './step.mjs';

await main(async (args) => {
  await prepare();
  await buildProject('test');
  const truth = path.join(ROOT, 'test', 'dist', 'truth', 'main.js');
  return runHere(process.execPath, ['--enable-source-maps', truth, ...args], { cwd: ROOT });
});
