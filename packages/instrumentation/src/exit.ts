// The ways a process ends, and the last spans of each. A finished event loop, process.exit and an
// uncaught error all pass the `exit` event, where nothing asynchronous can happen any more: a
// thread sends while this one waits, at most for the limit. `beforeExit` is left alone, which would
// fire twice for the program if we did anything in it. SIGKILL from outside cannot be caught.

import { constants } from 'node:os';
import { isMainThread, Worker } from 'node:worker_threads';
import type { LastRequest } from './exit-sender.ts';
import { leaveAll } from './open-work.ts';
import type { Destination } from './otlp-request.ts';
import { safely, warnOnce } from './safely.ts';

export interface ExitOptions {
  to: Destination;
  limit_ms: number;
  /** The bytes of everything not yet delivered; null when there is nothing. */
  remaining(): Uint8Array | null;
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const ENDING = [...SIGNALS, 'SIGKILL', 'SIGQUIT', 'SIGABRT'] as const;
/** By name and by number: `kill -9` is as common as `SIGKILL`. */
const ENDING_NAMES: ReadonlyMap<unknown, NodeJS.Signals> = new Map<unknown, NodeJS.Signals>([
  ...ENDING.map((name) => [name, name] as const),
  ...ENDING.map((name) => [constants.signals[name], name] as const),
]);

export function flushAtExit(options: ExitOptions): void {
  process.on('exit', () => sendLast(options));
  // Signals reach the main thread only.
  if (!isMainThread) return;
  for (const signal of SIGNALS) endAtSignal(signal);
  flushAtOwnKill(options);
}

function sendLast(options: ExitOptions): void {
  safely('the last spans', () => {
    leaveAll();
    const bytes = options.remaining();
    if (bytes !== null) waitForThread(options, bytes);
  });
}

function waitForThread({ to, limit_ms }: ExitOptions, bytes: Uint8Array): void {
  const done = new SharedArrayBuffer(4);
  const request: LastRequest = { to: { ...to, timeout_ms: limit_ms }, bytes, done };
  const thread = new Worker(new URL('./exit-sender.js', import.meta.url), {
    workerData: request,
    execArgv: [],
    env: { SPANLEDGER_DISABLED: 'true' },
    stdout: true,
    stderr: true,
  });
  thread.unref();
  Atomics.wait(new Int32Array(done), 0, 0, limit_ms);
  const outcome = new Int32Array(done)[0];
  if (outcome === 0) warnOnce('exit', `no answer from ${to.url} within ${limit_ms} ms`);
  else if (outcome === 2) warnOnce('exit', `the last spans did not reach ${to.url}`);
}

/**
 * Programs that clean up at a signal often end by raising it again themselves, once theirs is the
 * only listener left: that is the last moment, and nothing announces it.
 */
function flushAtOwnKill(options: ExitOptions): void {
  const kill = process.kill;
  process.kill = (pid, signal = 'SIGTERM') => {
    const name = pid === process.pid ? ENDING_NAMES.get(signal) : undefined;
    if (name !== undefined && process.listenerCount(name) === 0) sendLast(options);
    return kill.call(process, pid, signal);
  };
}

/**
 * A listener changes what a signal does, so it takes itself away again: alone, it raises
 * the signal anew, now with its default ending (and the spans go out on that way); beside
 * listeners of the program, it steps aside for the moment they run in, because some of them count
 * how many they are.
 */
function endAtSignal(signal: NodeJS.Signals): void {
  const listener = (): void => {
    process.removeListener(signal, listener);
    if (process.listenerCount(signal) > 0) {
      setImmediate(() => process.prependListener(signal, listener)).unref();
      return;
    }
    process.kill(process.pid, signal);
  };
  process.prependListener(signal, listener);
}
