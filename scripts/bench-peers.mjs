// Installs what `npm run bench` compares with into .cache/bench, from package registries: the Go
// collector through its official builder, and Rotel. Where a toolchain is missing the peer is skipped.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './prepare.mjs';
import { main, runQuietly } from './step.mjs';

const CACHE = path.join(ROOT, '.cache', 'bench');
const COLLECTOR_VERSION = 'v0.161.0';
const PROVIDER_VERSION = 'v1.67.0';
const ROTEL_VERSION = '0.0.1a15';

/** Every module is pinned: "latest" is another version for each of them. */
const MANIFEST = `dist:
  name: otelcol-bench
  output_path: ./collector
  version: ${COLLECTOR_VERSION.slice(1)}
receivers:
  - gomod: go.opentelemetry.io/collector/receiver/otlpreceiver ${COLLECTOR_VERSION}
processors:
  - gomod: go.opentelemetry.io/collector/processor/batchprocessor ${COLLECTOR_VERSION}
exporters:
  - gomod: github.com/open-telemetry/opentelemetry-collector-contrib/exporter/clickhouseexporter ${COLLECTOR_VERSION}
providers:
  - gomod: go.opentelemetry.io/collector/confmap/provider/envprovider ${PROVIDER_VERSION}
  - gomod: go.opentelemetry.io/collector/confmap/provider/fileprovider ${PROVIDER_VERSION}
`;

/** A toolchain's own word for its version, or null where there is none. */
function toolVersion(command, ...args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

async function step(label, command, args, options) {
  const { code, output } = await runQuietly(label, command, args, options);
  if (code === 0) return null;
  const lines = output.trimEnd().split('\n');
  return `${label} failed: ${lines.at(-1)}`;
}

const skipped = (reason) => ({ command: null, version: null, reason });

async function collector() {
  const go = toolVersion('go', 'version');
  if (go === null) return skipped('no Go toolchain on this machine: install Go to compare');
  const stamp = createHash('sha256').update(MANIFEST).update(go).digest('hex').slice(0, 16);
  const command = path.join(CACHE, `otelcol-${stamp}`);
  const version = `${COLLECTOR_VERSION}, ${go.split(' ')[2]}`;
  if (fs.existsSync(command)) return { command, version, reason: null };
  const builder = path.join(CACHE, 'bin', 'builder');
  if (!fs.existsSync(builder)) {
    const failed = await step(
      'installing the collector builder',
      'go',
      ['install', `go.opentelemetry.io/collector/cmd/builder@${COLLECTOR_VERSION}`],
      { env: { ...process.env, GOBIN: path.dirname(builder) } },
    );
    if (failed) return skipped(failed);
  }
  fs.writeFileSync(path.join(CACHE, 'builder.yaml'), MANIFEST);
  const failed = await step('building the collector', builder, ['--config=builder.yaml'], {
    cwd: CACHE,
    env: { ...process.env, CGO_ENABLED: '0' },
  });
  if (failed) return skipped(failed);
  fs.renameSync(path.join(CACHE, 'collector', 'otelcol-bench'), command);
  return { command, version, reason: null };
}

/** The agent inside the Python package; the folder between them names a Python version. */
function rotelAgent(folder) {
  const library = path.join(folder, 'lib');
  if (!fs.existsSync(library)) return undefined;
  return fs
    .readdirSync(library)
    .map((python) => path.join(library, python, 'site-packages', 'rotel', 'rotel-agent'))
    .find((file) => fs.existsSync(file));
}

async function rotel() {
  if (toolVersion('python3', '--version') === null) {
    return skipped('no Python on this machine: install Python 3 to compare');
  }
  const folder = path.join(CACHE, `rotel-${ROTEL_VERSION}`);
  if (rotelAgent(folder) === undefined) {
    const pip = path.join(folder, 'bin', 'pip');
    const failed =
      (await step('making a place for Rotel', 'python3', ['-m', 'venv', folder])) ??
      (await step('installing Rotel', pip, ['install', `rotel==${ROTEL_VERSION}`]));
    if (failed) return skipped(failed);
  }
  const command = rotelAgent(folder);
  if (command === undefined) return skipped('the Rotel package has no agent for this platform');
  return { command, version: ROTEL_VERSION, reason: null };
}

/** Installs what is missing; answers each peer's command and version, or why it is skipped. */
export async function installPeers() {
  fs.mkdirSync(CACHE, { recursive: true });
  return { collector: await collector(), rotel: await rotel() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    process.stdout.write(`${JSON.stringify(await installPeers(), null, 2)}\n`);
  });
}
