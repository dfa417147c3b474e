// `node --import @spanledger/instrumentation/hook app.js`: hooks the SDKs and sets up nothing
// else, for programs that start their own OpenTelemetry SDK with `AgentInstrumentation` in it.

import { readConfig } from './config.ts';

const config = readConfig(process.env);

if (!config.disabled) {
  const { start } = await import('./start.ts');
  await start({ ...config, exportsSpans: false });
}
