// Tidy rules about files as such: how long they are, what they are called, how they begin.
// The length of functions is oxlint's (max-lines-per-function in .oxlintrc.json).

import { filesOf, isCode, isSource, linesMatching, type Finding, type Rule } from './tree.ts';

const LINES_MAX = 300;

/** The files that are the map of the service stay short enough to be read in one go. */
const MAPS: Readonly<Record<string, number>> = {
  'packages/exporter/src/pipeline.ts': 60,
  'packages/exporter/src/main.ts': 100,
};

const SAYS_NOTHING = /^(utils?|helpers?|common|shared|misc|types)$/;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const at = (path: string, message: string): Finding => ({ path, line: 1, message });
const lineCount = (text: string) => text.split('\n').length - 1;
const stem = (name: string) => (name.split('/').at(-1) ?? '').replace(/\..*$/, '');

export const SIZE_AND_NAME_RULES: readonly Rule[] = [
  {
    name: 'file-length',
    why: `a source file holds one idea in at most ${LINES_MAX} lines; a map file fewer`,
    check: (tree) =>
      filesOf(tree, isSource).flatMap(([name, text]) => {
        const max = MAPS[name] ?? LINES_MAX;
        const count = lineCount(text);
        return count > max ? [at(name, `${count} lines, at most ${max}`)] : [];
      }),
    broken: { 'packages/store/src/clickhouse/insert.ts': '// x\n'.repeat(LINES_MAX + 1) },
  },
  {
    name: 'names',
    why: 'a file or folder is named by the noun it holds, in kebab-case',
    check: (tree) =>
      filesOf(tree, isCode).flatMap(([name]) => {
        const parts = name.split('/').map((part) => part.replace(/\..*$/, ''));
        const empty = parts.find((part) => SAYS_NOTHING.test(part));
        if (empty !== undefined) return [at(name, `"${empty}" says nothing: name what it holds`)];
        return KEBAB.test(stem(name)) ? [] : [at(name, 'not kebab-case')];
      }),
    broken: { 'packages/store/src/utils.ts': '' },
  },
  {
    name: 'flat-folders',
    why: 'the file list of a package is its index: at most one level of folders inside src',
    check: (tree) =>
      filesOf(tree, isSource).flatMap(([name]) =>
        /\/src\/[^/]+\/[^/]+\//.test(name) ? [at(name, 'deeper than src/folder/file')] : [],
      ),
    broken: { 'packages/store/src/a/b/c.ts': '' },
  },
  {
    name: 'header',
    why: 'a file says in its first lines what lives there',
    check: (tree) =>
      filesOf(tree, isCode).flatMap(([name, text]) =>
        /^(#!.*\n)?(\/\/|\/\*)/.test(text) ? [] : [at(name, 'no header comment')],
      ),
    broken: { 'packages/store/src/clickhouse/insert.ts': 'export const x = 1;\n' },
  },
  {
    name: 'door',
    why: 'the door of a package is a list of names',
    check: (tree) =>
      filesOf(tree, isSource).flatMap(([name, text]) =>
        linesMatching(name, text, /^\s*export \*/, 'name each export'),
      ),
    broken: { 'packages/store/src/index.ts': "// x\nexport * from './insert.ts';\n" },
  },
];
