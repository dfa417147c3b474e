// Makes a fresh clone runnable: installs when the lock file asks for something that is not there, then
// builds what changed. Only Node built-ins, because nothing is installed when it first runs.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleInstrumentation } from './bundle-instrumentation.mjs';
import { main, runQuietly, StepError } from './step.mjs';

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const NODE_MIN = [20, 19];
/** The embedded ClickHouse unpacks to 570 MB; its archive in npm's cache and the rest come on top. */
const DISK_MIN_BYTES = 1.5e9;
const SHOWN_LINES = 15;

const inRoot = (...names) => path.join(ROOT, ...names);
/** What is installed: the project itself, and the clients that only the tests need. */
const PROJECT = ROOT;
const SDKS = inRoot('sdks');

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  throw new StepError(
    `cannot run on Node ${process.versions.node}: ${NODE_MIN.join('.')} or newer is needed`,
    'install a current Node (nodejs.org, nvm or your package manager) and run the command again',
  );
}

function checkDisk() {
  const { bavail, bsize } = fs.statfsSync(ROOT);
  const free = bavail * bsize;
  if (free >= DISK_MIN_BYTES) return;
  const gigabytes = (bytes) => (bytes / 1e9).toFixed(1);
  throw new StepError(
    `cannot install: ${gigabytes(free)} GB free, ${gigabytes(DISK_MIN_BYTES)} GB needed`,
    'free some space on this disk and run the command again',
  );
}

/** The stamp names the lock file and the platform, because some packages are native. */
function stampText(lock) {
  const hash = createHash('sha256').update(lock).digest('hex');
  return `${hash} ${process.platform} ${process.arch}\n`;
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Somebody may have installed by hand. npm writes what it installed into node_modules, last of all, so
 * an install that was broken off has no such file. Optional packages of other platforms are not there.
 */
function installedAgreesWith(folder, lock) {
  const installed = readIfThere(path.join(folder, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  const there = JSON.parse(installed).packages;
  return Object.entries(JSON.parse(lock).packages).every(([place, wanted]) => {
    if (place === '') return true;
    const found = there[place];
    return found ? found.version === wanted.version : wanted.optional === true;
  });
}

const lockOf = (folder) => fs.readFileSync(path.join(folder, 'package-lock.json'), 'utf8');
const stampOf = (folder) => path.join(folder, 'node_modules', '.install-stamp');

export function needsInstall(folder = PROJECT) {
  const lock = lockOf(folder);
  if (readIfThere(stampOf(folder)) === stampText(lock)) return false;
  if (!installedAgreesWith(folder, lock)) return true;
  fs.writeFileSync(stampOf(folder), stampText(lock));
  return false;
}

/** npm tells us where it lives when it started us; otherwise the one on the PATH is used. */
function npmCommand() {
  const own = process.env.npm_execpath;
  if (own && path.basename(own) === 'npm-cli.js') return { command: process.execPath, args: [own] };
  return { command: 'npm', args: [] };
}

const INSTALL_FAILURES = [
  [
    /\b(ENOTFOUND|ENOTCACHED|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/,
    'no answer from the npm registry',
    'check the network, the proxy settings and `npm config get registry`, then run the command again',
  ],
  [
    /\bENOSPC\b/,
    'the disk is full',
    'free some space (1.5 GB is enough) and run the command again',
  ],
  [
    /\b(EACCES|EPERM|EROFS)\b/,
    'no permission to write',
    'check who owns this folder and the npm cache (`npm config get cache`)',
  ],
  [
    /\bE(401|403)\b/,
    'the npm registry refused the request',
    'check `npm config get registry` and the login for it',
  ],
  [
    /\b(E404|ETARGET)\b/,
    'the npm registry does not have a package of the lock file',
    'check `npm config get registry`: a mirror may be incomplete',
  ],
  [
    /in sync/,
    'package.json and package-lock.json disagree',
    'run `npm install` once and commit package-lock.json',
  ],
];

function installError(output) {
  const known = INSTALL_FAILURES.find(([pattern]) => pattern.test(output));
  const lines = output.trimEnd().split('\n');
  const errors = lines.filter((line) => /^npm (error|ERR!) \S/.test(line));
  const shown = (errors.length > 0 ? errors.slice(0, SHOWN_LINES) : lines.slice(-SHOWN_LINES)).join(
    '\n',
  );
  if (known) return new StepError(`cannot install: ${known[1]}`, known[2], shown);
  return new StepError(
    'cannot install: npm ci failed',
    'read the lines above, then run `npm ci` by hand',
    shown,
  );
}

async function install(folder) {
  checkDisk();
  const { command, args } = npmCommand();
  const result = await runQuietly(
    'installing',
    command,
    [...args, 'ci', '--no-audit', '--no-fund'],
    { cwd: folder },
  );
  if (result.code !== 0) throw installError(result.output);
  fs.writeFileSync(stampOf(folder), stampText(lockOf(folder)));
}

/** Builds a project and what it references; without a name, all of the root's. */
export async function buildProject(...names) {
  const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  const result = await runQuietly('building', process.execPath, [tsc, '-b', ...names], {
    cwd: ROOT,
  });
  if (result.code === 0) return bundleInstrumentation();
  throw new StepError('cannot build', 'mend the errors above', result.output);
}

/** npm links commands when it installs, and our command's file is only there once it is built. */
function linkCommand() {
  const { bin, name } = JSON.parse(
    fs.readFileSync(inRoot('packages', 'cli', 'package.json'), 'utf8'),
  );
  for (const [command, file] of Object.entries(bin)) {
    const link = inRoot('node_modules', '.bin', command);
    fs.chmodSync(inRoot('packages', 'cli', file), 0o755);
    fs.rmSync(link, { force: true });
    fs.symlinkSync(path.join('..', name, file), link);
  }
}

export async function prepare() {
  checkNode();
  if (needsInstall()) await install(PROJECT);
  await buildProject();
  linkCommand();
}

/** The clients of providers and frameworks that the instrumentation is tested with, and newer Nodes. */
export async function prepareSdks() {
  if (needsInstall(SDKS)) await install(SDKS);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(prepare);
