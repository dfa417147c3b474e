// What the tidy rules look at: the repository's files as path and text, and the shape of a rule.
// Rules are pure functions of a tree, so each can be shown a small tree that breaks it.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Paths relative to the root, with `/`; the text of binary files is empty. */
export type Tree = ReadonlyMap<string, string>;

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export interface Rule {
  readonly name: string;
  /** Shown with every finding: what the rule protects. */
  readonly why: string;
  readonly check: (tree: Tree) => Finding[];
  /** The smallest tree that breaks the rule, so that the rule itself is tested. */
  readonly broken: Readonly<Record<string, string>>;
}

/** Tracked files and those that are about to be; never what .gitignore leaves out. */
export function readTree(root: string): Tree {
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const tree = new Map<string, string>();
  for (const name of listed.split('\0')) {
    const file = path.join(root, name);
    if (name === '' || !existsSync(file)) continue;
    const bytes = readFileSync(file);
    tree.set(name, bytes.includes(0) ? '' : bytes.toString('utf8'));
  }
  return tree;
}

const DATA = /(^|\/)(fixtures|recordings|generated|golden)\//;

export const isData = (name: string) => DATA.test(name);
export const isCode = (name: string) => /\.(ts|mjs)$/.test(name) && !isData(name);
export const isTest = (name: string) => /(^|\/)(test|sdks)\//.test(name);
/** Code that ships or builds: packages, grafana, scripts. */
export const isSource = (name: string) =>
  isCode(name) && !isTest(name) && /^(packages|grafana|scripts)\//.test(name);

export function roomOf(name: string): string | undefined {
  return /^(?:packages\/)?([^/]+)\//.exec(name)?.[1];
}

export function filesOf(tree: Tree, keep: (name: string) => boolean): [string, string][] {
  return [...tree].filter(([name]) => keep(name));
}

/** One finding per line that matches; comment lines count unless the caller removed them. */
export function linesMatching(
  name: string,
  text: string,
  pattern: RegExp,
  message: string,
): Finding[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      pattern.test(line)
        ? [{ path: name, line: index + 1, message: `${message}: ${line.trim().slice(0, 120)}` }]
        : [],
    );
}

/** Blanks out comments but keeps every line where it was. Good enough for lint, not a parser. */
export function withoutComments(text: string): string {
  const blank = (comment: string) => comment.replace(/[^\n]/g, ' ');
  return text
    .replace(/\/\*[\s\S]*?\*\//g, blank)
    .replace(/(^|[\s;{(,])\/\/.*$/gm, (all) => blank(all));
}

export interface Import {
  readonly specifier: string;
  readonly line: number;
  readonly dynamic: boolean;
  readonly typeOnly: boolean;
}

const IMPORT =
  /\b(?:(?:import|export)(\s+type)?\s[^'"`;()]*?\sfrom\s*|(?<![-'"])import\s*(\()?\s*)['"]([^'"\n]+)['"]/g;

export function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  return [...code.matchAll(IMPORT)].map((match) => ({
    specifier: match[3] ?? '',
    line: code.slice(0, match.index).split('\n').length,
    dynamic: match[2] !== undefined,
    typeOnly: match[1] !== undefined,
  }));
}
