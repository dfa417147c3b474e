// Asks the instrumentation that a project would be started with what it finds there: in a process of
// its own, beneath the preload, with the environment that the program would have.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Failure } from './failure.ts';
import type { Check } from './local-checks.ts';
import type { Environment } from './settings.ts';

const PACKAGE = '@spanledger/instrumentation';
const OUTPUT_LIMIT_BYTES = 1_000_000;

export interface ProjectCheck extends Check {
  /** Such as "libraries"; checks of one section stand together. */
  readonly section: string;
}

export interface ProjectQuestion {
  readonly folder: string;
  /** False: nothing of the project is loaded. */
  readonly run: boolean;
  readonly limit_ms: number;
  readonly env: Environment;
}

/** Lines of the process: a finding, or what it loads now. */
type Line = ProjectCheck | { readonly loading: string };

export async function inspectProject(question: ProjectQuestion): Promise<ProjectCheck[]> {
  const { folder } = question;
  const theirs = resolveFrom(path.join(folder, 'program.cjs'));
  const found = theirs ?? resolveFrom(import.meta.url);
  if (found === null) {
    throw new Failure(
      'failed',
      'package_missing',
      `cannot find ${PACKAGE} in ${folder}`,
      `install it there: npm install ${PACKAGE}`,
    );
  }
  const installed: ProjectCheck[] =
    theirs === null
      ? [
          {
            section: 'settings',
            name: 'package',
            state: 'bad',
            found: `${PACKAGE} is not installed in ${folder}; looked with the one beside this command`,
            next_step: `npm install ${PACKAGE}`,
          },
        ]
      : [];
  return [...installed, ...(await ask(found, question))];
}

interface Doors {
  readonly register: string;
  readonly inspection: string;
}

function resolveFrom(place: string): Doors | null {
  const { resolve } = createRequire(place);
  try {
    return {
      register: resolve(`${PACKAGE}/register`),
      inspection: resolve(`${PACKAGE}/inspection`),
    };
  } catch {
    return null;
  }
}

function ask(
  doors: Doors,
  { folder, run, limit_ms, env }: ProjectQuestion,
): Promise<ProjectCheck[]> {
  // The flag lets the process ask where an import of a project's file would lead.
  const flags = ['--experimental-import-meta-resolve', '--import', doors.register];
  const child = spawn(
    process.execPath,
    [...flags, doors.inspection, folder, run ? 'run' : 'no-run'],
    {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      timeout: limit_ms,
      // Any other signal waits for a library that never comes back.
      killSignal: 'SIGKILL',
    },
  );
  const [told, said] = [collect(child.stdio[3]), collect(child.stderr)];
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const lines = told()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Line);
      const checks = lines.filter((line): line is ProjectCheck => 'section' in line);
      resolve([...checks, ...ending(lines, code, signal, said()), ...warnings(said())]);
    });
  });
}

function collect(stream: unknown): () => string {
  let text = '';
  (stream as NodeJS.ReadableStream | null)?.on('data', (part: Buffer) => {
    if (text.length < OUTPUT_LIMIT_BYTES) text += part.toString();
  });
  return () => text;
}

/** A process that did not come to its end was ended by what it loaded, or by the time. */
function ending(
  lines: readonly Line[],
  code: number | null,
  signal: NodeJS.Signals | null,
  said: string,
): ProjectCheck[] {
  const last = lines.at(-1);
  const loading = last !== undefined && 'loading' in last ? last.loading : null;
  if (loading === null && code === 0) return [];
  const how = signal === null ? `the process ended with ${code}` : `the time was over (${signal})`;
  const why = said.split('\n').find((line) => /Error\b/.test(line)) ?? '';
  return [
    {
      section: 'libraries',
      name: loading ?? 'inspection',
      state: 'bad',
      found: `${loading === null ? '' : 'while it was loaded '}${how}${why === '' ? '' : `: ${why.trim().slice(0, 200)}`}`,
      next_step: 'judge by versions alone: --no-run; or give it longer: --wait 60',
    },
  ];
}

/** What the instrumentation itself says on standard error, as it would to the program's user. */
function warnings(said: string): ProjectCheck[] {
  const ours = /^spanledger: (.*)$/gm;
  return [...said.matchAll(ours)].map(([, text = '']) => ({
    section: 'runtime',
    name: 'warning',
    state: 'doubt',
    found: text,
    next_step: 'said by the instrumentation when it started',
  }));
}
