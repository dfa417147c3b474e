// Tidy rules about what must not stay behind: marks, disabled tests, names of a developer's machine,
// files that nothing uses, links that lead nowhere.

import path from 'node:path';
import {
  filesOf,
  importsOf,
  isCode,
  isData,
  isSource,
  isTest,
  linesMatching,
  type Finding,
  type Rule,
  type Tree,
} from './tree.ts';

// The patterns are put together from pieces, because this file is checked like every other one.
const word = (...pieces: string[]) => pieces.join('');
const MARK = new RegExp(
  `\\b(${[word('TO', 'DO'), word('FIX', 'ME'), word('X', 'XX'), word('HA', 'CK')].join('|')})\\b`,
);
const DISABLED = new RegExp(`\\.(${['only', 'skip', 'todo', 'skipIf'].join('|')})\\(`);
const MACHINE = new RegExp(
  [
    word('(?<![\\w.])/(wo', 'rk|ro', 'ot|Us', 'ers)/'),
    word('(?<![\\w.])/ho', 'me/(?!node/)'),
    word('\\.\\./sha', 'red/'),
    word('registry\\.', '[a-z]+\\.'),
    word('proxy\\.', 'golang\\.'),
    word('npm', 'mirror'),
  ].join('|'),
);

const isText = (name: string) => name !== 'package-lock.json' && !name.endsWith('.svg');

function deadFiles(tree: Tree): Finding[] {
  const code = filesOf(tree, isCode);
  const reached = new Set(
    code.flatMap(([name, text]) =>
      importsOf(text).map(({ specifier }) => path.posix.join(path.posix.dirname(name), specifier)),
    ),
  );
  const manifests = filesOf(tree, (name) => name.endsWith('package.json')).map(([, text]) => text);
  return code
    .filter(([name]) => /\/src\//.test(name) && !isTest(name) && !name.endsWith('.d.ts'))
    .filter(([name]) => !/\/src\/(index|main|generate)\.ts$/.test(name) && !reached.has(name))
    .filter(([name]) => {
      const built = name.replace('/src/', '/dist/').replace(/\.ts$/, '.js');
      const short = built.split('/').slice(-2).join('/');
      const started = `${path.posix.basename(built)}'`;
      return (
        !manifests.some((text) => text.includes(short)) &&
        !code.some(([, text]) => text.includes(started))
      );
    })
    .map(([name]) => ({ path: name, line: 1, message: 'nothing imports or starts this file' }));
}

/**
 * A fixture is used when a test or a source names it, its name without endings, or its folder, or puts
 * its name together from a part of it.
 */
function orphanFixtures(tree: Tree): Finding[] {
  const code = filesOf(tree, isCode)
    .map(([, text]) => text)
    .join('\n');
  return filesOf(tree, isData).flatMap(([name]) => {
    if (/(^|\/)(generated\/|README\.md$|LICENSE)/.test(name)) return [];
    const parts = name.split('/');
    const inside = parts.slice(parts.findIndex((part) => isData(`${part}/`)) + 1);
    const stem = (parts.at(-1) ?? '').replace(/\..*$/, '');
    const composed = [...stem].some(
      (_, end) => end > 2 && code.includes(`${stem.slice(0, end)}\${`),
    );
    const named = composed || [stem, ...inside].some((part) => part !== '' && code.includes(part));
    return named ? [] : [{ path: name, line: 1, message: 'no test or source names this fixture' }];
  });
}

/** A link, or a path of ours between backticks, said from the root or its package. */
const LINK = /\]\(([^)#\s]+)(?:#[^)]*)?\)|`((?:packages|test|scripts|grafana|docs)\/[\w./-]+)`/g;

function brokenLinks(tree: Tree): Finding[] {
  const folders = new Set(
    [...tree.keys()].flatMap((name) =>
      name.split('/').map((_, i, all) => all.slice(0, i).join('/')),
    ),
  );
  return filesOf(tree, (name) => name.endsWith('.md') && !isData(name)).flatMap(([name, text]) =>
    text.split('\n').flatMap((line, index) =>
      [...line.matchAll(LINK)].flatMap(([, link, spoken = '']) => {
        const target = link ?? spoken;
        if (/^[a-z]+:/.test(target)) return [];
        const near = path.posix.join(path.posix.dirname(name), target);
        const places = (link === undefined ? [target, near] : [near]).map((place) =>
          place.replace(/\/$/, ''),
        );
        return places.some((place) => tree.has(place) || folders.has(place))
          ? []
          : [{ path: name, line: index + 1, message: `${target} does not exist` }];
      }),
    ),
  );
}

export const LEFTOVER_RULES: readonly Rule[] = [
  {
    name: 'marks',
    why: 'what is left to do is an issue, not a comment',
    check: (tree) =>
      filesOf(tree, (name) => !isData(name) && isText(name)).flatMap(([name, text]) =>
        linesMatching(name, text, MARK, 'left behind'),
      ),
    broken: { 'packages/store/src/clickhouse/ask.ts': `// ${word('TO', 'DO')} later\n` },
  },
  {
    name: 'disabled-tests',
    why: 'a test runs or is deleted',
    check: (tree) =>
      filesOf(tree, (name) => isCode(name) && isTest(name)).flatMap(([name, text]) =>
        linesMatching(name, text, DISABLED, 'disabled or alone'),
      ),
    broken: { 'test/a.test.ts': `// x\nit${'.'}only('x', () => {});\n` },
  },
  {
    name: 'machine-names',
    why: 'the repository knows nothing of the machine or network it was written on',
    check: (tree) =>
      filesOf(tree, isText).flatMap(([name, text]) =>
        linesMatching(name, text, MACHINE, 'a machine or host'),
      ),
    broken: { 'README.md': `see ${word('/ro', 'ot/')}notes\n` },
  },
  {
    name: 'dead-files',
    why: 'every file is reached from a door or a test',
    check: deadFiles,
    broken: { 'packages/store/src/old.ts': '// x\n' },
  },
  {
    name: 'orphan-fixtures',
    why: 'every fixture belongs to a test',
    check: orphanFixtures,
    broken: { 'test/fixtures/nobody/lost.json': '{}' },
  },
  {
    name: 'links',
    why: 'a link in the documentation leads somewhere',
    check: brokenLinks,
    broken: { 'README.md': '# x\n\n[y](docs/nowhere.md)\n' },
  },
  {
    name: 'built-in-names',
    why: 'a module of Node is imported by its node: name',
    check: (tree) =>
      filesOf(tree, (name) => isCode(name) && (isSource(name) || isTest(name))).flatMap(
        ([name, text]) =>
          importsOf(text).flatMap(({ specifier, line }) =>
            /^(fs|path|os|http|https|net|url|util|crypto|zlib|stream|events|child_process)(\/|$)/.test(
              specifier,
            )
              ? [{ path: name, line, message: `write node:${specifier}` }]
              : [],
          ),
      ),
    broken: { 'packages/store/src/clickhouse/ask.ts': "// x\nimport fs from 'fs';\n" },
  },
];
