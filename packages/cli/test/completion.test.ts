// Completion of commands and options: bash's is asked in a real bash, the others name what the table has.

import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/index.ts';
import { run } from './run.ts';

/** What bash would offer behind these words. */
function offered(script: string, words: readonly string[]): string[] {
  const asked = `${script}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length - 1}
_spanledger; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', asked], { encoding: 'utf8' }).trim().split('\n');
}

describe('in bash', () => {
  it.each([
    [['spanledger', 'time'], ['timeline']],
    [
      ['spanledger', 'executions', '--s'],
      ['--since', '--status'],
    ],
    [['spanledger', 'budgets', '--st'], ['--stop']],
    [['spanledger', 'nothing', '--s'], ['']],
  ])('%j offers %j', async (words, expected) => {
    const { code, out } = await run(['completion', 'bash']);
    expect(code).toBe(0);
    expect(offered(out, words)).toEqual(expected);
  });
});

it.each(['bash', 'zsh', 'fish'])('for %s names every command', async (shell) => {
  const { out } = await run(['completion', shell]);
  for (const { name } of COMMANDS) expect(out).toContain(name);
});

it('for another shell is wrong use', async () => {
  expect(await run(['completion', 'tcsh'])).toMatchObject({ code: 2, out: '' });
});
