// Runs one step of the tooling as a child process: silent while it is quick, a line of progress once
// it takes more than two seconds, and the end of its output when it fails.

import { spawn } from 'node:child_process';

const QUIET_MS = 2000;
const PLAIN_EVERY_MS = 5000;
const OUTPUT_LIMIT_BYTES = 200_000;

/** A failure that a person can act on: what failed, then the next step. */
export class StepError extends Error {
  constructor(message, nextStep, output = '') {
    super(message);
    this.name = 'StepError';
    this.nextStep = nextStep;
    this.output = output;
  }
}

/** Shows elapsed seconds: in place on a terminal, as a plain line now and then elsewhere. */
export function startProgress(label, stream = process.stderr) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  let shown = false;
  let timer;
  const show = () => {
    shown = true;
    stream.write(stream.isTTY ? `\r${label} … ${seconds()} s ` : `${label} … ${seconds()} s\n`);
  };
  const first = setTimeout(() => {
    show();
    timer = setInterval(show, stream.isTTY ? 1000 : PLAIN_EVERY_MS);
  }, QUIET_MS);
  return (outcome) => {
    clearTimeout(first);
    clearInterval(timer);
    if (shown)
      stream.write(`${stream.isTTY ? '\r' : ''}${label}: ${outcome} after ${seconds()} s\n`);
  };
}

/** Runs a command and keeps its output back; resolves with the exit code and the output's end. */
export function runQuietly(label, command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const stopProgress = startProgress(label);
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-OUTPUT_LIMIT_BYTES);
    };
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', (cause) => {
      stopProgress('failed');
      reject(
        new StepError(
          `cannot start ${command}: ${cause.message}`,
          `check that ${command} is on the PATH`,
        ),
      );
    });
    child.on('close', (code, signal) => {
      stopProgress(code === 0 ? 'done' : 'failed');
      resolve({ code: code ?? 1, signal, output });
    });
  });
}

/** Runs a command on this terminal; resolves with its exit code. */
export function runHere(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' });
    // The terminal sends Ctrl-C to the whole group: the child ends by itself and we report its code.
    const wait = () => {};
    process.on('SIGINT', wait);
    const pass = () => child.kill('SIGTERM');
    process.on('SIGTERM', pass);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', pass);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

/** Runs a script's main function; a StepError becomes a readable message and exit code 1. */
export async function main(run) {
  try {
    process.exitCode = (await run(process.argv.slice(2))) ?? process.exitCode ?? 0;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    if (error.output) process.stderr.write(`${error.output.trimEnd()}\n\n`);
    process.stderr.write(`${error.message}\nNext step: ${error.nextStep}\n`);
    process.exitCode = 1;
  }
}
