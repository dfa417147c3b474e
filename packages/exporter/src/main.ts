// The service as a process: environment in, a signal stops it. All it does is in exporter.ts.

import { ERRORS, SpanledgerError } from '@spanledger/ledger';
import { readConfig } from './settings/config.ts';
import { startExporter } from './exporter.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves at the first signal; a second one does not wait for the work to end. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let signals = 0;
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (++signals > 1) process.exit(1);
        resolve();
      });
    }
  });
}

async function run(): Promise<void> {
  const stop = signalled();
  const exporter = await startExporter(readConfig(process.env));
  await stop;
  await exporter.stop();
}

run().then(
  () => process.exit(0),
  (error: unknown) => {
    const next = error instanceof SpanledgerError ? `\n  ${ERRORS[error.code].next_step}` : '';
    process.stderr.write(`spanledger: ${error instanceof Error ? error.message : error}${next}\n`);
    process.exit(1);
  },
);
