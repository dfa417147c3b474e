// `npm run fuzz`: prepares the clone, builds, and puts hostile inputs through the readers; passes its
// arguments on.

import path from 'node:path';
import { buildProject, prepare, ROOT } from './prepare.mjs';
import { main, runHere } from './step.mjs';

await main(async (args) => {
  await prepare();
  await buildProject('test');
  const fuzz = path.join(ROOT, 'test', 'dist', 'fuzz', 'main.js');
  return runHere(process.execPath, ['--enable-source-maps', fuzz, ...args], { cwd: ROOT });
});
