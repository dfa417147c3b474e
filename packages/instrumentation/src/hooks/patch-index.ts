// Finds the patch points of a file from where it lies, before anything of it is read: nearly all files
// that a program loads are none of ours.

import { readFileSync } from 'node:fs';
import { satisfies } from './version-range.ts';
import type { PatchPoint } from './patch-point.ts';

/** A file of a library that is to be patched, and where. */
export interface PatchedFile {
  readonly library: string;
  readonly version: string;
  /** Within the package, with forward slashes. */
  readonly path: string;
  /** Where it lies. */
  readonly name: string;
  readonly points: readonly PatchPoint[];
}

const PACKAGES = '/node_modules/';

export class PatchIndex {
  readonly #byLibrary = new Map<string, PatchPoint[]>();
  /** Versions by folder of a package: as many as there are copies of the libraries. */
  readonly #versions = new Map<string, string>();

  constructor(points: readonly PatchPoint[]) {
    for (const point of points) {
      const known = this.#byLibrary.get(point.module.name);
      if (known === undefined) this.#byLibrary.set(point.module.name, [point]);
      else known.push(point);
    }
  }

  /** Null for a file of nobody's, or of a version that is not known. */
  find(file: string): PatchedFile | null {
    const slashed = file.includes('\\') ? file.replaceAll('\\', '/') : file;
    const at = slashed.lastIndexOf(PACKAGES);
    if (at < 0) return null;
    const begin = at + PACKAGES.length;
    let end = slashed.indexOf('/', begin);
    if (slashed[begin] === '@') end = slashed.indexOf('/', end + 1);
    const library = slashed.slice(begin, end);
    const all = this.#byLibrary.get(library);
    if (all === undefined || end < 0) return null;
    const path = slashed.slice(end + 1);
    const here = all.filter(({ module }) => liesAt(module.filePath, path));
    if (here.length === 0) return null;
    const version = this.#versionOf(file.slice(0, end));
    const points = here.filter(({ module }) => satisfies(version, module.versionRange));
    return points.length === 0 ? null : { library, version, path, name: file, points };
  }

  /** A package without a version that can be read is taken for one that nobody knows. */
  #versionOf(folder: string): string {
    const known = this.#versions.get(folder);
    if (known !== undefined) return known;
    const { version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as {
      version: string;
    };
    this.#versions.set(folder, version);
    return version;
  }
}

function liesAt(wanted: string | RegExp, path: string): boolean {
  return typeof wanted === 'string' ? wanted === path : wanted.test(path);
}
