// `node --import @spanledger/instrumentation/register agent.js`: everything, from one flag.

import { readConfig } from './config.ts';

const config = readConfig(process.env);

if (!config.disabled) {
  const { start } = await import('./start.ts');
  await start(config);
}
