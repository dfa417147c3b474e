// Our package as npm lays it beside a newer OpenTelemetry: the program's API, of which there is one
// copy, and what our sender is made of below our own folder.

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { DIST, PACKAGE, sdkFolder } from '../child.ts';

export interface Installation {
  /** Where the program's own packages are found from. */
  folder: string;
  register: string;
}

const API = '@opentelemetry/api';
let made: Installation | null = null;

/** Made on first use, and taken away by `removeInstallation`. */
export function installation(line: 'otel-3'): Installation {
  made ??= install(line);
  return made;
}

export function removeInstallation(): void {
  if (made !== null) rmSync(made.folder, { recursive: true });
  made = null;
}

function install(line: string): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'spanledger-matrix-'));
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  place(join(sdkFolder(line), 'package.json'), join(folder, 'node_modules'), new Set());
  const ours = join(folder, 'node_modules', '@spanledger', 'instrumentation');
  const shipped = join(ours, relative(PACKAGE, DIST));
  cpSync(DIST, shipped, { recursive: true });
  cpSync(join(PACKAGE, 'package.json'), join(ours, 'package.json'));
  place(join(PACKAGE, 'package.json'), join(ours, 'node_modules'), new Set([API]));
  return { folder, register: join(shipped, 'register.js') };
}

interface Manifest {
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/**
 * Puts what a package depends on into one folder. What may load the API is copied, so that it finds the
 * copy beside it; the rest is linked.
 */
function place(manifest: string, to: string, there: Set<string>): void {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    if (there.has(name)) continue;
    there.add(name);
    const from = folderOf(name, manifest);
    const at = join(to, name);
    mkdirSync(dirname(at), { recursive: true });
    if (name.startsWith('@opentelemetry/') && !name.endsWith('semantic-conventions')) {
      cpSync(from, at, { recursive: true, filter: (file) => !file.endsWith('.map') });
      rmSync(join(at, 'node_modules'), { recursive: true, force: true });
      place(join(from, 'package.json'), to, there);
    } else symlinkSync(from, at);
  }
}

/** Up from the folder of `manifest`, as Node looks. */
function folderOf(name: string, manifest: string): string {
  const places = createRequire(manifest).resolve.paths(name) ?? [];
  for (const each of places) {
    try {
      readFileSync(join(each, name, 'package.json'));
      return join(each, name);
    } catch {
      continue;
    }
  }
  throw new Error(`${name} is not installed for ${manifest}`);
}
