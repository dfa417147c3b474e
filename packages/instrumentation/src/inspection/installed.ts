// Which packages a project's program can load: its own dependencies and theirs, found as Node finds
// them, and each copy once, whatever tree the package manager made.

import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** Far beyond real projects; a tree that goes on is said to be cut. */
const PACKAGES_LIMIT = 20_000;

export interface Installed {
  readonly name: string;
  readonly version: string;
  /** The real folder, links followed. */
  readonly folder: string;
  /** A folder from which this copy is what the name means. */
  readonly seenFrom: string;
  /** The project itself asks for it, or it lies in the project's own folder of packages. */
  readonly direct: boolean;
}

export interface Tree {
  readonly packages: readonly Installed[];
  readonly scripts: Readonly<Record<string, string>>;
  /** True when there were more packages than are read. */
  readonly cut: boolean;
}

interface Manifest {
  readonly version?: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: object;
  readonly devDependencies?: object;
  readonly optionalDependencies?: object;
  readonly peerDependencies?: object;
}

export function installedIn(project: string): Tree {
  const own = readManifest(project) ?? {};
  const found = new Map<string, Installed>();
  const open: { name: string; from: string; direct: boolean }[] = [];
  const ask = (from: string, manifest: Manifest, direct: boolean): void => {
    for (const name of dependenciesOf(manifest, direct)) open.push({ name, from, direct });
  };
  for (const name of [...dependenciesOf(own, true), ...packagesIn(project)]) {
    open.push({ name, from: project, direct: true });
  }
  for (let next = open.shift(); next && found.size < PACKAGES_LIMIT; next = open.shift()) {
    const folder = find(next.name, next.from);
    if (folder === null || found.has(folder)) continue;
    const manifest = readManifest(folder) ?? {};
    const version = typeof manifest.version === 'string' ? manifest.version : '';
    const { name, from: seenFrom, direct } = next;
    found.set(folder, { name, version, folder, seenFrom, direct });
    ask(folder, manifest, false);
  }
  return { packages: [...found.values()], scripts: own.scripts ?? {}, cut: open.length > 0 };
}

function dependenciesOf(manifest: Manifest, direct: boolean): string[] {
  const { dependencies, optionalDependencies, peerDependencies, devDependencies } = manifest;
  const asked = { ...dependencies, ...optionalDependencies, ...peerDependencies };
  return Object.keys(direct ? { ...asked, ...devDependencies } : asked);
}

/** What lies in the project's own folder, also when its manifest does not say so. */
function packagesIn(project: string): string[] {
  const modules = path.join(project, 'node_modules');
  return list(modules).flatMap((name) =>
    name.startsWith('@')
      ? list(path.join(modules, name)).map((inner) => `${name}/${inner}`)
      : [name],
  );
}

/** The folder of a package as seen from a folder: the nearest one upwards. */
export function find(name: string, from: string): string | null {
  for (let at = from; ; at = path.dirname(at)) {
    const folder = path.join(at, 'node_modules', name);
    try {
      readFileSync(path.join(folder, 'package.json'));
      return realpathSync(folder);
    } catch {
      if (path.dirname(at) === at) return null;
    }
  }
}

export function readManifest(folder: string): Manifest | null {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return null;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}
