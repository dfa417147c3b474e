// `npm run bench [-- --json FILE] [-- --only ingest,settle]`: every figure of one machine in one run.
// Figures are reported, never judged: no benchmark fails a build.

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchFreshness } from './freshness.ts';
import { benchIngest } from './ingest.ts';
import { benchInstrumentation } from './instrumentation.ts';
import { benchSettle } from './settle.ts';

const BENCHES = ['settle', 'ingest', 'freshness', 'instrumentation'] as const;
type BenchName = (typeof BENCHES)[number];

function progress(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

const RUN: Record<BenchName, () => Promise<Record<string, unknown>>> = {
  settle: () => Promise.resolve({ settle: benchSettle() }),
  ingest: () => benchIngest(progress),
  freshness: async () => {
    const freshness = await benchFreshness();
    return { freshness_p95_ms: freshness.p95_ms, freshness };
  },
  instrumentation: async () => ({ instrumentation: await benchInstrumentation() }),
};

function chosen(only: string | undefined): readonly BenchName[] {
  if (only === undefined) return BENCHES;
  return only.split(',').map((name) => {
    const bench = BENCHES.find((one) => one === name);
    if (!bench) throw new Error(`cannot run bench "${name}": known are ${BENCHES.join(', ')}`);
    return bench;
  });
}

const { values } = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string' } },
});
const results: Record<string, unknown> = {
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version },
};
for (const name of chosen(values.only)) {
  progress(name);
  Object.assign(results, await RUN[name]());
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
print(results);

/** One line a figure, nested names joined by dots. */
function print(value: unknown, name = ''): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) print(inner, name ? `${name}.${key}` : key);
    return;
  }
  const shown = typeof value === 'number' ? value.toLocaleString('en-US') : String(value);
  process.stdout.write(`${name.padEnd(44)} ${shown.padStart(12)}\n`);
}
