// `npm run demo`: prepares the clone, then becomes the command `spanledger demo` in this same process,
// so that signals, terminal and exit code are the command's own.

import path from 'node:path';
import { prepare, ROOT } from './prepare.mjs';
import { main } from './step.mjs';

await main(async (args) => {
  await prepare();
  const command = path.join(ROOT, 'packages', 'cli', 'dist', 'main.js');
  process.argv = [process.argv[0], command, 'demo', ...args];
  await import(command);
});
