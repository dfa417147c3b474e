// Receiving processes beside the service, which goes on settling: connections are given to them in
// turn, and one that dies is replaced. Nothing rests on a worker: what it had acknowledged is stored,
// and what it did not tell of is found by the sweep. With none alive the service receives itself.

import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pause, type Clock } from '../clock.ts';
import type { Config } from '../settings/config.ts';
import type { DirtyTrace } from '../settle/dirty-traces.ts';
import type { Logger } from '../log.ts';
import type { Counts } from '../metrics/metrics.ts';
import { addCounts, countersOf } from '../metrics/metrics.ts';
import { listen } from '../server.ts';
import { within } from '../limits/within.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

// Seen from src as well as from dist: Node runs only the compiled one.
const ENTRY = fileURLToPath(new URL('../../dist/workers/worker-main.js', import.meta.url));
const RESTART_WAIT_MS = 200;
const RESTART_WAIT_MAX_MS = 30_000;

export interface WorkersOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  /** The service's own server: it answers what workers pass on, and all when there is none. */
  readonly server: HttpServer;
  readonly onDirty: (traces: readonly DirtyTrace[]) => void;
  /** Traces became dirty that nobody remembers. */
  readonly onLost: () => void;
}

interface Running {
  readonly child: ChildProcess;
  /** Connections on their way to it, by number: open here too until it says that it has them. */
  readonly given: Map<number, Socket>;
  started: boolean;
  full: boolean;
  counts: Counts | null;
}

export class Workers {
  readonly #options: WorkersOptions;
  readonly #door: Server;
  /** As many as are wanted, at most. */
  readonly #running = new Set<Running>();
  #turn = 0;
  #connections = 0;
  #folder = '';
  #phase: 'starting' | 'ready' | 'draining' = 'starting';
  /** Of workers that have ended. */
  #ended: Counts | null = null;
  #failures = 0;

  constructor(options: WorkersOptions) {
    this.#options = options;
    this.#door = createServer({ pauseOnConnect: true }, (socket) => this.#give(socket));
  }

  /** Workers that take connections. */
  get size(): number {
    return this.#started().length;
  }

  /** Whether one of them refuses requests for lack of room. */
  get full(): boolean {
    return this.#started().some(({ full }) => full);
  }

  /** What all of them counted, also those that have ended. */
  counts(): Counts[] {
    const live = [...this.#running].flatMap(({ counts }) => counts ?? []);
    return this.#ended === null ? live : [this.#ended, ...live];
  }

  /** Opens the door and starts the workers; gives the port. */
  async listen(): Promise<number> {
    const { config, server } = this.#options;
    this.#folder = await mkdtemp(join(tmpdir(), 'spanledger-service-'));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ path: this.#socketPath }, resolve);
    });
    const port = await listen(this.#door, config);
    for (let count = 0; count < config.workers; count++) this.#start();
    return port;
  }

  ready(): void {
    this.#phase = 'ready';
    for (const { child } of this.#running) tell(child, { kind: 'ready' });
  }

  /** Resolves when all have stored what they took and have ended. */
  async drain(): Promise<void> {
    this.#phase = 'draining';
    const ends = [...this.#running].map(({ child }) => ended(child));
    for (const { child } of this.#running) tell(child, { kind: 'drain' });
    const limit_ms = this.#options.config.stop_wait_ms;
    await within(Promise.all(ends), limit_ms).catch(() => {
      for (const { child } of this.#running) child.kill('SIGKILL');
    });
    await Promise.all(ends);
  }

  async close(): Promise<void> {
    // Its end would wait for connections that were given away.
    if (this.#door.listening) this.#door.close();
    this.#options.server.closeIdleConnections();
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true });
  }

  get #socketPath(): string {
    return join(this.#folder, 'service');
  }

  #started(): Running[] {
    return [...this.#running].filter(({ started }) => started);
  }

  #give(socket: Socket): void {
    const started = this.#phase === 'draining' ? [] : this.#started();
    const next = started[this.#turn++ % started.length];
    if (next === undefined) {
      this.#options.server.emit('connection', socket);
      socket.resume();
      return;
    }
    const number = this.#connections++;
    const message: ToWorker = { kind: 'connection', number };
    next.given.set(number, socket);
    // Without keepOpen Node takes the socket away from us, and leaves it open if the worker dies meanwhile.
    next.child.send(message, socket, { keepOpen: true }, (error) => {
      if (error !== null) letGo(next, number);
    });
  }

  #start(): void {
    const { config, log } = this.#options;
    const child = fork(ENTRY, { serialization: 'advanced' });
    const running: Running = { child, given: new Map(), started: false, full: false, counts: null };
    this.#running.add(running);
    child.on('message', (message: FromWorker) => this.#hear(running, message));
    // What cannot be sent any more is the business of the exit that follows.
    child.on('error', (error) => log.warn({ reason: error.message }, 'receiving process'));
    void ended(child).then(() => this.#replace(running));
    tell(child, { kind: 'begin', config, socket_path: this.#socketPath });
    if (this.#phase === 'ready') tell(child, { kind: 'ready' });
  }

  #hear(running: Running, message: FromWorker): void {
    const { log, onDirty, onLost } = this.#options;
    switch (message.kind) {
      case 'started':
        running.started = true;
        this.#failures = 0;
        log.info({ worker: running.child.pid }, 'receiving process started');
        return;
      case 'taken':
        letGo(running, message.number);
        return;
      case 'dirty':
        if (message.lost) onLost();
        onDirty(message.traces);
        return;
      case 'counts':
        running.counts = message.counts;
        running.full = message.full;
    }
  }

  async #replace(running: Running): Promise<void> {
    const { clock, log, onLost } = this.#options;
    this.#running.delete(running);
    // Their callers come again.
    for (const number of running.given.keys()) letGo(running, number);
    if (running.counts !== null) {
      this.#ended = addCounts(this.#ended, countersOf(running.counts));
    }
    if (this.#phase === 'draining') return;
    const { pid, exitCode, signalCode } = running.child;
    log.error(
      { worker: pid, exit_code: exitCode, signal: signalCode },
      'a receiving process ended; starting another',
    );
    onLost();
    await pause(clock, Math.min(RESTART_WAIT_MS * 2 ** this.#failures++, RESTART_WAIT_MAX_MS));
    // The service may have begun to stop meanwhile.
    if (!this.#draining) this.#start();
  }

  get #draining(): boolean {
    return this.#phase === 'draining';
  }
}

/** Closes what this process holds of a connection; where a worker has it, that stays open. */
function letGo({ given }: Running, number: number): void {
  given.get(number)?.destroy();
  given.delete(number);
}

function tell(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message);
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
