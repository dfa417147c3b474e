// Tidy rules about dependencies: declared, used, explained, and locked so that a clean install works
// on every platform and names no registry.

import {
  filesOf,
  importsOf,
  isSource,
  linesMatching,
  type Finding,
  type Rule,
  type Tree,
} from './tree.ts';

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

const ROOMS = /^(packages\/[^/]+|grafana)\/package\.json$/;

function manifestsOf(tree: Tree): [string, Manifest][] {
  return filesOf(tree, (name) => ROOMS.test(name)).map(([name, text]) => [
    name,
    JSON.parse(text) as Manifest,
  ]);
}

const shipped = (manifest: Manifest) => ({
  ...manifest.dependencies,
  ...manifest.optionalDependencies,
});

/** `@scope/name/sub` and `name/sub` are parts of a package. */
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

function sourcesOf(tree: Tree, manifestPath: string): [string, string][] {
  const folder = `${manifestPath.slice(0, -'package.json'.length)}src/`;
  return filesOf(tree, (name) => isSource(name) && name.startsWith(folder));
}

function undeclared(tree: Tree): Finding[] {
  return manifestsOf(tree).flatMap(([manifestPath, manifest]) => {
    const atRuntime = { ...shipped(manifest), ...manifest.peerDependencies };
    return sourcesOf(tree, manifestPath).flatMap(([path, text]) =>
      importsOf(text).flatMap(({ specifier, line, typeOnly }) => {
        const wanted = packageOf(specifier);
        if (/^(\.|node:)/.test(specifier) || wanted === manifest.name || wanted in atRuntime)
          return [];
        if (typeOnly && wanted in (manifest.devDependencies ?? {})) return [];
        return [{ path, line, message: `${wanted} is not in ${manifestPath}` }];
      }),
    );
  });
}

function unused(tree: Tree): Finding[] {
  const rooms = manifestsOf(tree).map(([, manifest]) => manifest);
  // Whoever depends on a package installs the peers that it asks for.
  const peersOf = (manifest: Manifest) =>
    rooms
      .filter(({ name }) => name !== undefined && name in shipped(manifest))
      .flatMap(({ peerDependencies }) => Object.keys(peerDependencies ?? {}));
  return manifestsOf(tree).flatMap(([path, manifest]) => {
    const sources = sourcesOf(tree, path);
    if (sources.length === 0) return [];
    const peers = peersOf(manifest);
    return Object.keys(shipped(manifest)).flatMap((name) =>
      peers.includes(name) ||
      // By name anywhere, because optional and native packages are resolved by a string.
      sources.some(
        ([, text]) => text.includes(name) || text.includes(name.replace(/-(linux|darwin)-.*$/, '')),
      )
        ? []
        : [{ path, line: 1, message: `nothing in src uses ${name}` }],
    );
  });
}

function unexplained(tree: Tree): Finding[] {
  const text = tree.get('CONTRIBUTING.md') ?? '';
  const names = manifestsOf(tree).flatMap(([, manifest]) => Object.keys(shipped(manifest)));
  return [...new Set(names)]
    .filter((name) => !name.startsWith('@spanledger/') && !text.includes(`\`${name}\``))
    .map((name) => ({
      path: 'CONTRIBUTING.md',
      line: 1,
      message: `no line says why ${name} is there`,
    }));
}

interface Lock {
  readonly packages?: Record<string, Manifest & { readonly link?: boolean }>;
}

/** npm ci refuses a lock file that leaves out the optional packages of other platforms. */
function unlocked(tree: Tree): Finding[] {
  const path = 'package-lock.json';
  const { packages = {} } = JSON.parse(tree.get(path) ?? '{}') as Lock;
  const locked = new Set(Object.keys(packages).map((place) => place.split('node_modules/').at(-1)));
  return Object.entries(packages).flatMap(([place, entry]) =>
    Object.keys(entry.optionalDependencies ?? {}).flatMap((name) =>
      locked.has(name)
        ? []
        : [{ path, line: 1, message: `${place} may need ${name}, which is not locked` }],
    ),
  );
}

/** What the documentation tells people to type exists, and what exists is documented. */
function scripts(tree: Tree): Finding[] {
  const { scripts: there = {} } = JSON.parse(tree.get('package.json') ?? '{}') as {
    scripts?: Record<string, string>;
  };
  const missing = filesOf(tree, (name) => name.endsWith('.md')).flatMap(([path, text]) =>
    [...text.matchAll(/npm run ([a-z]+)/g)].flatMap(([said, name = '']) =>
      name in there ? [] : [{ path, line: 1, message: `"${said}" does not exist` }],
    ),
  );
  const guide = tree.get('CONTRIBUTING.md') ?? '';
  const silent = Object.keys(there)
    .filter((name) => !new RegExp(`\\| \`npm (run )?${name}\``).test(guide))
    .map((name) => ({
      path: 'CONTRIBUTING.md',
      line: 1,
      message: `does not name the script ${name}`,
    }));
  return [...missing, ...silent];
}

export const MANIFEST_RULES: readonly Rule[] = [
  {
    name: 'declared-dependencies',
    why: 'a package works when it is installed alone',
    check: undeclared,
    broken: {
      'packages/store/package.json': '{ "name": "@spanledger/store" }',
      'packages/store/src/clickhouse/ask.ts': "// x\nimport { z } from 'zod';\n",
    },
  },
  {
    name: 'used-dependencies',
    why: 'nobody installs what is not used',
    check: unused,
    broken: {
      'packages/store/package.json': '{ "dependencies": { "zod": "4.6.7" } }',
      'packages/store/src/clickhouse/ask.ts': '// x\n',
    },
  },
  {
    name: 'explained-dependencies',
    why: 'every runtime dependency has its reason in CONTRIBUTING.md',
    check: unexplained,
    broken: { 'packages/store/package.json': '{ "dependencies": { "zod": "4.6.7" } }' },
  },
  {
    name: 'documented-scripts',
    why: 'the documentation and package.json name the same commands',
    check: scripts,
    broken: { 'package.json': '{ "scripts": {} }', 'README.md': '# x\n\nnpm run nothing\n' },
  },
  {
    name: 'complete-lock',
    why: 'a clean install works on every platform',
    check: unlocked,
    broken: {
      'package-lock.json':
        '{ "packages": { "node_modules/a": { "optionalDependencies": { "a-x64": "1" } } } }',
    },
  },
  {
    name: 'neutral-lock',
    why: 'the lock file names no registry',
    check: (tree) =>
      linesMatching(
        'package-lock.json',
        tree.get('package-lock.json') ?? '',
        /"resolved": *"(https?|file|git)/,
        'omit-lockfile-registry-resolved is in .npmrc',
      ),
    broken: {
      'package-lock.json': '{ "packages": { "a": { "resolved": "https://example.com/a.tgz" } } }',
    },
  },
];
