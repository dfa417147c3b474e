// The rules of CONTRIBUTING.md that a machine can check, run over the repository's files. Exceptions
// are listed below by rule and path with a reason, and fail when they are no longer needed.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BOUNDARY_RULES } from './tidy/boundaries.ts';
import { LEFTOVER_RULES } from './tidy/leftovers.ts';
import { MANIFEST_RULES } from './tidy/manifests.ts';
import { SIZE_AND_NAME_RULES } from './tidy/sizes-and-names.ts';
import { readTree, type Finding } from './tidy/tree.ts';

interface Exception {
  readonly rule: string;
  readonly path: string;
  readonly reason: string;
}

const EXCEPTIONS: readonly Exception[] = [
  {
    rule: 'environment',
    path: 'packages/instrumentation/src/adapters/claude-environment.ts',
    reason: 'what the child process inherits is what holds when it is started',
  },
  {
    rule: 'environment',
    path: 'packages/embedded-clickhouse/src/server-process.ts',
    reason: 'the child gets PATH and nothing else of the environment',
  },
  {
    rule: 'vendors',
    path: 'scripts/bench-instrumentations.mjs',
    reason: 'it installs them, to measure what they cost',
  },
  {
    rule: 'disabled-tests',
    path: 'packages/instrumentation/test/matrix/matrix.ts',
    reason:
      'a cell that cannot run, as of a client on a Node too old for it, is told with its reason',
  },
];

const RULES = [...SIZE_AND_NAME_RULES, ...BOUNDARY_RULES, ...MANIFEST_RULES, ...LEFTOVER_RULES];
const tree = readTree(path.join(import.meta.dirname, '..'));

const show = (finding: Finding) => `${finding.path}:${finding.line} ${finding.message}`;

describe.each(RULES)('$name', ({ name, why, check, broken }) => {
  const found = check(tree);
  const excepted = EXCEPTIONS.filter((exception) => exception.rule === name);

  it('holds', () => {
    const open = found.filter((finding) => !excepted.some(({ path }) => path === finding.path));
    expect(open.map(show), why).toEqual([]);
  });

  it('has no stale exception', () => {
    const stale = excepted.filter(({ path }) => !found.some((finding) => finding.path === path));
    expect(stale).toEqual([]);
  });

  it('can fail', () => {
    expect(check(new Map(Object.entries(broken)))).not.toEqual([]);
  });
});

it('names each rule once, and excepts only from rules that exist', () => {
  const names = RULES.map((rule) => rule.name);
  expect(new Set(names).size).toBe(names.length);
  for (const { rule } of EXCEPTIONS) expect(names).toContain(rule);
});
