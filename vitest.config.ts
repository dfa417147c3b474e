// How the suite runs. Tests start real child processes, so what the developer's shell says about
// OpenTelemetry, providers, keys or ClickHouse is removed here: they inherit a clean environment.

import { defineConfig } from 'vitest/config';

const FOREIGN = /^(OTEL_|OPENAI_|ANTHROPIC_|SPANLEDGER_|CLICKHOUSE_|NODE_OPTIONS$)/;

const LEDGER = ['packages/ledger/test/**/*.test.ts'];
const ALL = ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'grafana/test/**/*.test.ts'];
const NOT_OURS = '**/node_modules/**';

for (const name of Object.keys(process.env)) {
  if (FOREIGN.test(name)) delete process.env[name];
}

export default defineConfig({
  test: {
    environment: 'node',
    globalSetup: ['scripts/bundle-instrumentation.mjs'],
    // Many test files start a ClickHouse (300 MB) and wait for it: three at a time fill two cores.
    maxWorkers: 3,
    // Against what hangs, not what is slow: a machine that does other work beside keeps these, too.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    projects: [
      // The ledger is pure, so its test files can share what they load: a third of their time.
      { extends: true, test: { name: 'ledger', include: LEDGER, isolate: false } },
      { extends: true, test: { name: 'rest', include: ALL, exclude: [...LEDGER, NOT_OURS] } },
    ],
  },
});
