// How a fresh clone becomes runnable: when npm is asked to install and when not, and what a person
// reads when it cannot. npm is a stand-in program here, because a broken network cannot be had to order.

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const SCRIPTS = path.join(import.meta.dirname, '..', 'scripts');

/** Writes down that it was called, says what it is told to say, and "installs" a compiler. */
const NPM = `
const fs = require('node:fs');
fs.appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
const output = process.env.NPM_SAYS;
if (output) { console.error(output); process.exit(1); }
fs.mkdirSync('node_modules/typescript/bin', { recursive: true });
fs.mkdirSync('node_modules/.bin', { recursive: true });
fs.writeFileSync('node_modules/typescript/bin/tsc', "if (process.env.TSC_SAYS) { console.log(process.env.TSC_SAYS); process.exit(2); }");
`;

const lockOf = (version: string) =>
  JSON.stringify({
    packages: {
      '': { name: 'clone' },
      'node_modules/here': { version },
      'node_modules/of-another-platform': { version: '1.0.0', optional: true },
    },
  });

let clone = '';

beforeEach(() => {
  clone = realpathSync(mkdtempSync(path.join(tmpdir(), 'spanledger-clone-')));
  cpSync(SCRIPTS, path.join(clone, 'scripts'), { recursive: true });
  mkdirSync(path.join(clone, 'packages', 'cli', 'dist'), { recursive: true });
  write(
    'packages/cli/package.json',
    '{ "name": "@spanledger/cli", "bin": { "spanledger": "./dist/main.js" } }',
  );
  write('packages/cli/dist/main.js', '#!/usr/bin/env node\nconsole.log("it runs");\n');
  write('package-lock.json', lockOf('1.0.0'));
  write('npm-cli.js', NPM);
});

afterEach(() => rmSync(clone, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(path.join(clone, name), text);
}

function prepare(says: Record<string, string> = {}) {
  const env = { PATH: process.env['PATH'], npm_execpath: path.join(clone, 'npm-cli.js'), ...says };
  const { status, stderr } = spawnSync(process.execPath, ['scripts/prepare.mjs'], {
    cwd: clone,
    env,
    encoding: 'utf8',
  });
  return { status, stderr };
}

function installs(): number {
  const calls = path.join(clone, 'npm-calls');
  return existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n').length : 0;
}

it('installs once, silently when it is quick', () => {
  expect(prepare()).toEqual({ status: 0, stderr: '' });
  expect(prepare()).toEqual({ status: 0, stderr: '' });
  expect(readFileSync(path.join(clone, 'npm-calls'), 'utf8')).toBe('ci --no-audit --no-fund\n');
});

it('installs again when the lock file changes', () => {
  prepare();
  write('package-lock.json', lockOf('2.0.0'));
  prepare();
  expect(installs()).toBe(2);
});

it('does not install over an install by hand that agrees with the lock file', () => {
  prepare();
  rmSync(path.join(clone, 'node_modules', '.install-stamp'));
  write(
    'node_modules/.package-lock.json',
    '{ "packages": { "node_modules/here": { "version": "1.0.0" } } }',
  );
  prepare();
  expect(installs()).toBe(1);
});

it.each([
  ['another version', '{ "packages": { "node_modules/here": { "version": "0.9.0" } } }'],
  ['a package missing', '{ "packages": {} }'],
])('installs over an install by hand with %s', (_name, installed) => {
  prepare();
  rmSync(path.join(clone, 'node_modules', '.install-stamp'));
  write('node_modules/.package-lock.json', installed);
  prepare();
  expect(installs()).toBe(2);
});

it('tries again after an install that failed', () => {
  expect(prepare({ NPM_SAYS: 'npm error code ENOTFOUND' }).status).toBe(1);
  expect(prepare().status).toBe(0);
  expect(installs()).toBe(2);
});

it.each([
  ['npm error code ENOTFOUND', 'no answer from the npm registry', 'check the network'],
  ['npm ERR! code EAI_AGAIN', 'no answer from the npm registry', 'check the network'],
  ['npm error code ENOSPC', 'the disk is full', 'free some space'],
  ['npm error code EACCES', 'no permission to write', 'check who owns'],
  ['npm error code E403', 'refused the request', 'npm config get registry'],
  ['npm error code E404', 'does not have a package', 'npm config get registry'],
  ['npm error `npm ci` can only install when they are in sync', 'disagree', 'npm install'],
  ['npm error code EWHATEVER', 'npm ci failed', 'npm ci'],
])('says what to do after %s', (says, cause, nextStep) => {
  const { status, stderr } = prepare({ NPM_SAYS: says });
  expect(status).toBe(1);
  expect(stderr).toContain(says);
  expect(stderr).toMatch(new RegExp(`cannot install: .*${cause}`));
  expect(stderr).toMatch(new RegExp(`Next step: .*${nextStep}`));
});

it('shows the errors of the compiler', () => {
  const { status, stderr } = prepare({ TSC_SAYS: 'a.ts(1,1): error TS1: no' });
  expect(status).toBe(1);
  expect(stderr).toContain('error TS1');
  expect(stderr).toContain('cannot build');
});
it('links the command, so that npx finds it', () => {
  prepare();
  const command = path.join(clone, 'node_modules', '.bin', 'spanledger');
  mkdirSync(path.join(clone, 'node_modules', '@spanledger'), { recursive: true });
  cpSync(
    path.join(clone, 'packages', 'cli'),
    path.join(clone, 'node_modules', '@spanledger', 'cli'),
    { recursive: true },
  );
  expect(spawnSync(command, { encoding: 'utf8' }).stdout).toBe('it runs\n');
});
