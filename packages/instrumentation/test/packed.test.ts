// What `npm pack` puts into the package: all that its entries, their types and their chunks name, the
// licences of what is bundled, and nothing else.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { PACKAGE } from './child.ts';

interface Manifest {
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const read = (file: string): string => readFileSync(join(PACKAGE, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const installed = { ...manifest.dependencies, ...manifest.peerDependencies };
let packed: string[] = [];

beforeAll(async () => {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: PACKAGE });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  packed = files.map(({ path }) => path);
});

const NAMED =
  /(?:\bfrom|\bimport|\bimport\(|require\d*\(|createRequire\d*\([^()]*\)\()\s*["']([^"'\n]+)["']/g;

/** The files and packages that a file names; those of Node are left out. */
function namedIn(file: string): string[] {
  const names = [...read(file).matchAll(NAMED)].map(([, name = '']) => name);
  return names.filter((name) => !name.startsWith('node:') && !builtinModules.includes(name));
}

/** From an entry on, each file once. */
function reached(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const name of namedIn(entry)) {
    if (!name.startsWith('.')) continue;
    const file = posix.join(posix.dirname(entry), name).replace(/(?<!\.d)\.ts$/, '.d.ts');
    reached(file, seen);
  }
  return seen;
}

test('each entry finds its files and packages', () => {
  const entries = Object.values(manifest.exports).flatMap((ways) => Object.values(ways));
  const files = entries.flatMap((entry) => [...reached(posix.normalize(entry))]);
  expect(files.filter((file) => !packed.includes(file))).toEqual([]);
  const packages = files.flatMap(namedIn).filter((name) => !name.startsWith('.'));
  expect([...new Set(packages)].filter((name) => !(name in installed))).toEqual([]);
});

test('it holds declarations, the bundle, and the licences of what is in it', () => {
  const kinds = packed.map((file) => file.replace(/^dist\/.*\.d\.ts$/, 'types'));
  const others = kinds.filter(
    (file) => file !== 'types' && !/^dist\/bundle\/[\w-]+\.js$/.test(file),
  );
  const licences = 'dist/bundle/LICENSES.txt';
  expect(others.toSorted()).toEqual(['LICENSE', 'README.md', licences, 'package.json']);
  for (const name of ['core', 'resources', 'sdk-trace-base', 'context-async-hooks']) {
    expect(read(licences)).toContain(`@opentelemetry/${name} 2.12.0 (Apache-2.0)`);
  }
});
