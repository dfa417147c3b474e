// The ways a process ends, and the last spans of each. A finished event loop, process.exit and an
// uncaught error all pass the `exit` event, where nothing asynchronous can happen any more: a
// thread sends while this one waits, at most for the limit. `beforeExit` is left alone, which would
// fire twice for the program if we did anything in it. SIGKILL from outside cannot be caught.

import { constants } from 'node:os';
import { isMainThread, Worker } from 'node:worker_threads';
import type { LastRequests } from './exit-sender.ts';
import { leaveAll } from '../context/open-work.ts';
import type { Destination } from './otlp-request.ts';
import { safely, warnOnce } from '../safely.ts';

export interface LastRequest {
  to: Destination;
  bytes: Uint8Array;
}

export interface ExitOptions {
  limit_ms: number;
  /** Everything not yet delivered. */
  remaining(): LastRequest[];
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
  const listeners = new Map(
    SIGNALS.map((signal) => [signal as NodeJS.Signals, endAtSignal(signal)]),
  );
  flushAtOwnKill(options, listeners);
}

function sendLast(options: ExitOptions): void {
  safely('the last spans', () => {
    leaveAll();
    const requests = options.remaining();
    if (requests.length > 0) waitForThread(options.limit_ms, requests);
  });
}

function waitForThread(limit_ms: number, last: readonly LastRequest[]): void {
  const done = new SharedArrayBuffer(4);
  const requests = last.map(({ to, bytes }) => ({ to: { ...to, timeout_ms: limit_ms }, bytes }));
  const workerData: LastRequests = { requests, done };
  const thread = new Worker(new URL('./exit-sender.js', import.meta.url), {
    workerData,
    execArgv: [],
    env: { SPANLEDGER_DISABLED: 'true' },
    stdout: true,
    stderr: true,
  });
  thread.unref();
  Atomics.wait(new Int32Array(done), 0, 0, limit_ms);
  const outcome = new Int32Array(done)[0];
  const url = last.map(({ to }) => to.url).join(' and ');
  if (outcome === 0) warnOnce('exit', `no answer from ${url} within ${limit_ms} ms`);
  else if (outcome === 2) warnOnce('exit', `the last spans did not reach ${url}`);
}

/**
 * A program that ends itself by a signal, as the last act of a clean-up too, is gone before its
 * next line. With our listener it would live on, and with nothing left to do end with code 0. So
 * where ours is the only listener it goes first: that is the last moment, and nothing announces it.
 */
function flushAtOwnKill(
  options: ExitOptions,
  listeners: ReadonlyMap<NodeJS.Signals, () => void>,
): void {
  const kill = process.kill;
  process.kill = (pid, signal) => {
    const name = hitsThisProcess(pid)
      ? ENDING_NAMES.get(signal === 0 ? 0 : signal || 'SIGTERM')
      : undefined;
    if (name === undefined) return kill.call(process, pid, signal);
    const ours = listeners.get(name);
    const listening = ours !== undefined && process.listeners(name).includes(ours);
    if (process.listenerCount(name) > (listening ? 1 : 0)) return kill.call(process, pid, signal);
    sendLast(options);
    if (listening) process.removeListener(name, ours);
    try {
      return kill.call(process, pid, signal);
    } finally {
      // Still here: the signal was not sent.
      if (listening) process.prependListener(name, ours);
    }
  };
}

/** 0 is the group of processes that this one belongs to. */
function hitsThisProcess(pid: unknown): boolean {
  return pid === process.pid || pid === 0 || pid === String(process.pid);
}

/**
 * A listener changes what a signal does, so it takes itself away again: alone, it raises
 * the signal anew, now with its default ending (and the spans go out on that way); beside
 * listeners of the program, it steps aside for the moment they run in, because some of them count
 * how many they are.
 */
function endAtSignal(signal: NodeJS.Signals): () => void {
  const listener = (): void => {
    process.removeListener(signal, listener);
    if (process.listenerCount(signal) > 0) {
      setImmediate(() => process.prependListener(signal, listener)).unref();
      return;
    }
    process.kill(process.pid, signal);
  };
  process.prependListener(signal, listener);
  return listener;
}
