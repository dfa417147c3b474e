// The ways a process ends, and the last spans of each. A finished event loop, process.exit and an
// uncaught error all pass the `exit` event, where nothing asynchronous can happen any more: a
// thread sends while this one waits, at most for the limit. Nothing else is listened to, so exit
// codes, messages and the number of times beforeExit fires are the program's own.

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

export function flushAtExit(options: ExitOptions): void {
  process.on('exit', () => sendLast(options));
  // Signals reach the main thread only.
  if (isMainThread) for (const signal of SIGNALS) flushAtSignal(signal, options);
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
 * A listener changes what a signal does, so it takes itself away again: alone, it sends the last
 * spans and raises the signal anew with its default ending; beside listeners of the program, it
 * steps aside for the moment they run in, because some of them count how many they are.
 */
function flushAtSignal(signal: NodeJS.Signals, options: ExitOptions): void {
  const listener = (): void => {
    process.removeListener(signal, listener);
    if (process.listenerCount(signal) > 0) {
      setImmediate(() => process.prependListener(signal, listener)).unref();
      return;
    }
    sendLast(options);
    process.kill(process.pid, signal);
  };
  process.prependListener(signal, listener);
}
