// Installs the instrumentations that `npm run bench` compares ours with into .cache/bench, from npm's
// registry, each version pinned, and gives each of them a copy of the client of its own.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './prepare.mjs';
import { main, runQuietly } from './step.mjs';

const CLIENT = 'openai';
const PACKAGES = {
  [CLIENT]: '6.49.0',
  '@opentelemetry/instrumentation-openai': '0.21.0',
  '@traceloop/instrumentation-openai': '0.27.0',
  '@arizeai/openinference-instrumentation-openai': '4.2.7',
  '@google/genai': '2.32.0',
  '@langchain/core': '1.4.0',
  '@opentelemetry/api': '1.9.1',
  '@opentelemetry/exporter-trace-otlp-proto': '0.223.0',
  '@opentelemetry/instrumentation': '0.223.0',
  '@opentelemetry/sdk-trace-node': '2.12.0',
};
/** Ours lies among installed packages, where hooks look; the others are patched by hand. */
const COPIES = ['bare', 'ours/node_modules', 'official', 'traceloop'];

/** The folder, and each package's version; or why there is none. */
export async function installInstrumentations() {
  const manifest = JSON.stringify({ private: true, dependencies: PACKAGES }, null, 2);
  const stamp = createHash('sha256').update(manifest).digest('hex').slice(0, 16);
  const folder = path.join(ROOT, '.cache', 'bench', `instrumentations-${stamp}`);
  const done = path.join(folder, 'done');
  if (!fs.existsSync(done)) {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'package.json'), manifest);
    const { code, output } = await runQuietly(
      'installing other instrumentations',
      'npm',
      ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'],
      { cwd: folder },
    );
    if (code !== 0) {
      const reason = `installing them failed: ${output.trimEnd().split('\n').at(-1)}`;
      return { folder: null, versions: {}, reason };
    }
    for (const copy of COPIES) {
      const to = path.join(folder, 'copies', copy, CLIENT);
      fs.cpSync(path.join(folder, 'node_modules', CLIENT), to, { recursive: true });
    }
    fs.writeFileSync(done, '');
  }
  return { folder, versions: PACKAGES, reason: null };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    process.stdout.write(`${JSON.stringify(await installInstrumentations(), null, 2)}\n`);
  });
}
