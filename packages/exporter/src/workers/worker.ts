// A receiving process from inside: the write half of the pipeline, and nothing of the settle half.
// Traces that got facts are told to the service, which settles; so is what was counted.

import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '@spanledger/store';
import { pause, systemClock } from '../clock.ts';
import type { Config } from '../settings/config.ts';
import { Connections } from '../limits/connections.ts';
import { checkHost } from '../receive/host.ts';
import { createLogger } from '../log.ts';
import { Metrics } from '../metrics/metrics.ts';
import { PassOn } from '../receive/pass-on.ts';
import { takeRequest } from '../pipeline.ts';
import { PriceSource } from '../price-source.ts';
import { Readiness } from '../routes/readiness.ts';
import { Receiver } from '../receive/receive.ts';
import { CLOSE_WAIT_MS, closeServer, createHttpServer } from '../server.ts';
import { createStages, type Stages } from '../stages.ts';
import { within } from '../limits/within.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

export interface Worker {
  ready(): void;
  take(socket: Socket): void;
  /** Finishes what was taken and tells of it. */
  stop(): Promise<void>;
}

type Tell = (message: FromWorker) => boolean;

/** Traces of requests that end together go in one message, and a settlement waits no longer. */
const DIRTY_WAIT_MS = 5;
/** In a message; more follow in the next. */
const DIRTY_TOLD_MAX = 10_000;
const COUNTS_WAIT_MS = 1_000;
/** Connections that were handed over are not counted by the server itself. */
const CLOSE_STEP_MS = 10;

interface Parts {
  readonly stages: Stages;
  readonly readiness: Readiness;
  readonly receiver: Receiver;
  readonly server: Server;
  readonly connections: Connections;
  readonly passOn: PassOn;
  readonly teller: Teller;
}

export async function startWorker(
  { config, socket_path }: ToWorker & { kind: 'begin' },
  tell: Tell,
): Promise<Worker> {
  const parts = await wire(config, socket_path, tell);
  const { server, stages, readiness, teller } = parts;
  // Node watches over slow heads and bodies only where it listens, which is nobody's door here.
  const folder = await mkdtemp(join(tmpdir(), 'spanledger-worker-'));
  await new Promise<void>((resolve) => server.listen({ path: join(folder, 'none') }, resolve));
  teller.start();
  tell({ kind: 'started' });
  let stopped: Promise<void> | null = null;
  return {
    ready: () => {
      // A key that cannot be read now is asked for again, when it is needed.
      void stages.keys.start().catch(() => undefined);
      readiness.ready();
    },
    take: (socket) => {
      server.emit('connection', socket);
      socket.resume();
    },
    stop: () => (stopped ??= stop(parts, folder)),
  };
}

async function wire(config: Config, socket_path: string, tell: Tell): Promise<Parts> {
  const log = createLogger(config.log, process.stderr.isTTY);
  const metrics = new Metrics();
  const { url, user, password, database, wait_ms, answer_bytes_max } = config.clickhouse;
  const store = openStore({
    ...{ url, user, password, database, answer_bytes_max },
    requestLimit_ms: wait_ms,
  });
  // Nothing is priced here, so no price file is watched.
  const unused = { ...config.prices, file: '', clock: systemClock, log, onReload: () => undefined };
  const prices = await PriceSource.open(unused);
  const stages = createStages({ config, store, clock: systemClock, log, metrics, prices });
  const readiness = new Readiness();
  const receiver = new Receiver({
    limits: config.receive,
    metrics,
    log,
    checkHost: (request) => checkHost(config.keys, request),
    checkOpen: () => readiness.check(),
    take: (request, signal) => takeRequest(stages, request, signal),
  });
  const teller = new Teller(stages, () => receiver.full, tell);
  stages.wake = () => teller.wake();
  const connections = new Connections(config.receive, systemClock, (reason) =>
    metrics.count('spanledger_ended_connections_total', { reason }),
  );
  metrics.source('spanledger_in_flight_requests', () => receiver.in_flight);
  metrics.source('spanledger_discarding_requests', () => receiver.discards);
  metrics.source('spanledger_connections', () => connections.size);
  const passOn = new PassOn(socket_path, config.receive.retry_after_s);
  const rest = passOn.handle.bind(passOn);
  const server = createHttpServer(config, receiver, rest, connections, metrics);
  return { stages, readiness, receiver, server, connections, passOn, teller };
}

/** Tells the service what became dirty, soon, and what was counted, now and then. */
class Teller {
  readonly #stages: Stages;
  readonly #full: () => boolean;
  readonly #tell: Tell;
  #callOffDirty: (() => void) | null = null;
  #callOffCounts: (() => void) | null = null;
  #lost = 0;

  constructor(stages: Stages, full: () => boolean, tell: Tell) {
    this.#stages = stages;
    this.#full = full;
    this.#tell = tell;
  }

  start(): void {
    this.#callOffCounts = this.#stages.clock.after(COUNTS_WAIT_MS, () => {
      this.#tellCounts();
      this.start();
    });
  }

  wake(): void {
    this.#callOffDirty ??= this.#stages.clock.after(DIRTY_WAIT_MS, () => {
      this.#callOffDirty = null;
      this.#tellDirty();
    });
  }

  /** The last of both. */
  stop(): void {
    this.#callOffDirty?.();
    this.#callOffCounts?.();
    while (this.#stages.dirty.size > 0) this.#tellDirty();
    this.#tellCounts();
  }

  #tellDirty(): void {
    const { dirty } = this.#stages;
    const lost = dirty.overflowed > this.#lost;
    this.#lost = dirty.overflowed;
    const traces = dirty.take(DIRTY_TOLD_MAX);
    if (traces.length > 0 || lost) this.#tell({ kind: 'dirty', traces, lost });
    if (dirty.size > 0) this.wake();
  }

  #tellCounts(): void {
    const counts = this.#stages.metrics.counts();
    this.#tell({ kind: 'counts', counts, full: this.#full() });
  }
}

async function stop(parts: Parts, folder: string): Promise<void> {
  const { stages, readiness, receiver, server, connections, passOn, teller } = parts;
  const { config, clock, grouper, log, store, keys } = stages;
  readiness.drain();
  keys.stop();
  const drained = receiver.idle().then(() => grouper.drain());
  await within(drained, config.stop_wait_ms).catch((error: unknown) =>
    log.warn({ reason: (error as Error).message }, 'not all that was on its way is stored'),
  );
  teller.stop();
  const begun = clock.now();
  while (connections.size > 0 && clock.now() - begun < CLOSE_WAIT_MS) {
    server.closeIdleConnections();
    await pause(clock, CLOSE_STEP_MS);
  }
  await closeServer(server);
  connections.stop();
  passOn.stop();
  await store.close();
  await rm(folder, { recursive: true, force: true });
}
