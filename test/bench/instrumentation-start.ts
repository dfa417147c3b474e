// What the instrumentations add to the start of a program: processes that load a library and say what
// they have used, bare and preloaded in turn, so that others on the machine disturb all alike.

import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { PEERS } from './instrumentation-peers.ts';
import { median, rounded } from './process-cost.ts';

const ROUNDS = 9;
const MS_PER_US = 1000;
const run = promisify(execFile);

/** What a program loads, by the name of the figure. */
const PROGRAMS = {
  nothing: null,
  openai_esm: { name: 'openai', kind: 'esm' },
  openai_cjs: { name: 'openai', kind: 'cjs' },
  google_genai_esm: { name: '@google/genai', kind: 'esm' },
  langchain_esm: { name: '@langchain/core/runnables', kind: 'esm' },
} as const;
type Program = keyof typeof PROGRAMS;
const AGAINST_PEERS: readonly Program[] = ['openai_esm', 'openai_cjs'];

interface Start {
  readonly cpu_ms: number;
  readonly wall_ms: number;
}

export interface StartFigures {
  /** Of the bare program. */
  readonly bare: Readonly<Record<string, Start>>;
  /** Added to it, by who is preloaded. */
  readonly added: Readonly<Record<string, Readonly<Record<string, Start>>>>;
}

const PEER_PRELOAD = fileURLToPath(new URL('./instrumentation-preload.js', import.meta.url));

export async function benchStart(
  folder: string,
  node: string,
  register: string,
  peers: boolean,
): Promise<StartFigures> {
  const who: Record<string, readonly string[]> = { ours: ['--import', register] };
  if (peers) {
    for (const peer of Object.keys(PEERS)) {
      who[peer] = ['--import', `${pathToFileURL(PEER_PRELOAD).href}?${peer}`];
    }
  }
  const bare: Record<string, Start> = {};
  const added: Record<string, Record<string, Start>> = {};
  for (const program of Object.keys(PROGRAMS) as Program[]) {
    const rows = new Map<string, Start[]>();
    for (let round = 0; round < ROUNDS; round++) {
      const none = await start(folder, node, program, []);
      keep(rows, 'bare', none);
      for (const [name, flags] of Object.entries(who)) {
        if (name !== 'ours' && !AGAINST_PEERS.includes(program)) continue;
        const { cpu_ms, wall_ms } = await start(folder, node, program, flags);
        keep(rows, name, { cpu_ms: cpu_ms - none.cpu_ms, wall_ms: wall_ms - none.wall_ms });
      }
    }
    for (const [name, all] of rows) {
      const middle = middleOf(all);
      if (name === 'bare') bare[program] = middle;
      else (added[name] ??= {})[program] = middle;
    }
  }
  return { bare, added };
}

function keep(rows: Map<string, Start[]>, name: string, figures: Start): void {
  const known = rows.get(name);
  if (known === undefined) rows.set(name, [figures]);
  else known.push(figures);
}

function middleOf(all: readonly Start[]): Start {
  return {
    cpu_ms: rounded(median(all.map(({ cpu_ms }) => cpu_ms)), 1),
    wall_ms: rounded(median(all.map(({ wall_ms }) => wall_ms)), 1),
  };
}

const TELL = `{
  const { user, system } = process.cpuUsage();
  process.stdout.write(JSON.stringify([user + system, performance.now()]));
}`;

/** CPU time and time since the process began, when the library has been loaded. */
async function start(
  folder: string,
  node: string,
  program: Program,
  flags: readonly string[],
): Promise<Start> {
  const wanted = PROGRAMS[program];
  const isCommonJs = wanted?.kind === 'cjs';
  const name = JSON.stringify(wanted?.name);
  const load = wanted === null ? '' : isCommonJs ? `require(${name});` : `import ${name};`;
  const code = [`--input-type=${isCommonJs ? 'commonjs' : 'module'}`, '--eval', `${load}${TELL}`];
  // Nothing is sent: no span is made. An endpoint that is not there shows that.
  const env = {
    PATH: process.env['PATH'],
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    BENCH_FOLDER: folder,
  };
  const { stdout } = await run(node, [...flags, ...code], { cwd: folder, env });
  const [cpu_us = NaN, wall_ms = NaN] = JSON.parse(stdout) as number[];
  return { cpu_ms: cpu_us / MS_PER_US, wall_ms };
}

/** Newer Nodes that the tests brought along. */
export function otherNodes(root: string): Record<string, string> {
  const require = createRequire(join(root, 'sdks', 'package.json'));
  const found: Record<string, string> = {};
  for (const major of [22, 24]) {
    try {
      found[`node_${major}`] = join(
        require.resolve(`node-${major}/package.json`),
        '..',
        'bin',
        'node',
      );
    } catch {
      // Optional packages: they exist for some platforms only, once the tests have run.
    }
  }
  return found;
}
