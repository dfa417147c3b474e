// `npm run bench [-- --json FILE] [-- --only ingest,settle]`: every figure of one machine in one run.
// Figures are reported, never judged: no benchmark fails a build.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { BenchContext } from './context.ts';
import { Database } from './database.ts';
import { benchDisk } from './disk.ts';
import { benchConversation } from './conversation.ts';
import { benchFreshness } from './freshness.ts';
import { benchGrowth } from './growth.ts';
import { benchIngest } from './ingest.ts';
import { benchInstrumentation } from './instrumentation.ts';
import { installPeers, type Peers } from './peers.ts';
import { benchSettle } from './settle.ts';
import { benchWorkers } from './workers.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const NO_PEERS: Peers = {
  collector: { command: null, version: null, reason: 'not asked for' },
  rotel: { command: null, version: null, reason: 'not asked for' },
};
const BYTES_PER_GIB = 1024 ** 3;
const MS_PER_MINUTE = 60_000;
/** As the shell says of a program that Ctrl-C ended. */
const BROKEN_OFF = 130;

/** When a case was taken, how long it took, and how busy the machine was at its end. */
interface Taken {
  readonly on: string;
  readonly minutes: number;
  readonly load: number;
}

type Bench = (context: BenchContext) => Promise<Record<string, unknown>>;

const BENCHES: Readonly<Record<string, { readonly run: Bench; readonly peers: boolean }>> = {
  ingest: { run: benchIngest, peers: true },
  conversation: { run: benchConversation, peers: false },
  settle: { run: () => Promise.resolve({ settle: benchSettle() }), peers: false },
  growth: { run: benchGrowth, peers: false },
  disk: { run: benchDisk, peers: true },
  workers: { run: benchWorkers, peers: false },
  freshness: {
    run: async () => {
      const freshness = await benchFreshness();
      return { freshness_p95_ms: freshness.p95_ms, freshness };
    },
    peers: false,
  },
  instrumentation: {
    run: async ({ root, progress }) => ({
      instrumentation: await benchInstrumentation(root, progress),
    }),
    peers: false,
  },
};

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string', default: Object.keys(BENCHES).join(',') },
    against: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    stored: { type: 'string', default: '1000000,10000000' },
    folder: { type: 'string', default: tmpdir() },
    keep: { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
    'no-variants': { type: 'boolean', default: false },
  },
});
const chosen = values.only.split(',');
for (const name of chosen) {
  if (name in BENCHES) continue;
  throw new Error(`cannot run bench "${name}": known are ${Object.keys(BENCHES).join(', ')}`);
}

// What was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => process.exit(BROKEN_OFF));
}

function progress(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

const wantsPeers = !values['no-peers'] && chosen.some((name) => BENCHES[name]?.peers);
const peers = wantsPeers ? await installPeers(ROOT) : NO_PEERS;
for (const [name, { reason }] of Object.entries(peers)) {
  if (wantsPeers && reason !== null) progress(`skips ${name}: ${reason}`);
}
const context: BenchContext = {
  root: ROOT,
  peers,
  against: values.against ?? null,
  rounds: Number(values.rounds),
  variants: !values['no-variants'],
  stored: values.stored.split(',').map(Number),
  folder: values.folder,
  progress,
};
const results: Record<string, unknown> = values.keep ? earlier(values.json) : {};
const taken = (results['taken'] ?? {}) as Record<string, Taken>;
Object.assign(results, { machine: await machine(), taken });
if (wantsPeers) results['peers'] = versions(peers);
for (const name of chosen) {
  progress(name);
  const begun = performance.now();
  add((await BENCHES[name]?.run(context)) ?? {});
  const minutes = Math.round((performance.now() - begun) / MS_PER_MINUTE);
  taken[name] = { on: new Date().toISOString().slice(0, 10), minutes, load: loadavg()[0] ?? 0 };
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
print(results);

/** Two cases may tell of one thing: what both say of it is kept side by side. */
function add(found: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(found)) {
    const there = results[name];
    const both = isRecord(there) && isRecord(value);
    results[name] = both ? { ...there, ...value } : value;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an earlier run wrote, for runs that take some cases only. */
function earlier(file: string | undefined): Record<string, unknown> {
  if (file === undefined || !existsSync(file)) return {};
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

async function machine(): Promise<Record<string, unknown>> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory_gib: Math.round(totalmem() / BYTES_PER_GIB),
    system: `${type()} ${release()}`,
    node: process.version,
    clickhouse: await clickHouseVersion(),
  };
}

async function clickHouseVersion(): Promise<string> {
  const database = await Database.start();
  try {
    return await database.value<string>('version()');
  } finally {
    await database.stop();
  }
}

function versions({ collector, rotel }: Peers): Record<string, string> {
  const of = ({ version, reason }: Peers['rotel']): string => version ?? `skipped: ${reason}`;
  return { collector: of(collector), rotel: of(rotel) };
}

/** One line a figure, nested names joined by dots. */
function print(value: unknown, name = ''): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) print(inner, name ? `${name}.${key}` : key);
    return;
  }
  const shown = typeof value === 'number' ? value.toLocaleString('en-US') : String(value);
  process.stdout.write(`${name.padEnd(60)} ${shown.padStart(12)}\n`);
}
