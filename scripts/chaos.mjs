// `npm run chaos`: prepares the clone, builds, and runs the product while everything around it fails;
// passes its arguments on.

import path from 'node:path';
import { buildProject, prepare, ROOT } from './prepare.mjs';
import { main, runHere } from './step.mjs';

await main(async (args) => {
  await prepare();
  await buildProject('test');
  const chaos = path.join(ROOT, 'test', 'dist', 'chaos', 'main.js');
  return runHere(process.execPath, ['--enable-source-maps', chaos, ...args], { cwd: ROOT });
});
