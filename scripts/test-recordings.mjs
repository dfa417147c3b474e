// `npm run test:recordings -- DIR`: prepares the clone and the SDKs, builds, and replays recorded
// exchanges through the real SDKs; passes its arguments on.

import path from 'node:path';
import { buildProject, prepare, prepareSdks, ROOT } from './prepare.mjs';
import { main, runHere } from './step.mjs';

await main(async (args) => {
  await prepare();
  await prepareSdks();
  await buildProject('test');
  const replay = path.join(ROOT, 'test', 'dist', 'replay', 'main.js');
  return runHere(process.execPath, ['--enable-source-maps', replay, ...args], { cwd: ROOT });
});
