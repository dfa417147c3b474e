// Wires the service, listens, and stops in reverse: refuse, drain, settle, roll up, close.

import type { Server } from 'node:http';
import { openStore } from '@spanledger/store';
import { createApp, waysInto } from './routes/app.ts';
import { openClickHouse, type ClickHouseSource } from './clickhouse-source.ts';
import { systemClock } from './clock.ts';
import type { Config } from './settings/config.ts';
import { AlertLoop } from './alerts/alert-loop.ts';
import { Connections } from './limits/connections.ts';
import { AnswerJudge } from './settle/answer-judge.ts';
import { DeletionWorker } from './settle/deletion-worker.ts';
import { DriftCheck } from './settle/drift-check.ts';
import { Health } from './routes/health.ts';
import { checkHost } from './receive/host.ts';
import { createLogger, type Logger } from './log.ts';
import { Metrics } from './metrics/metrics.ts';
import { openTables } from './open-tables.ts';
import { runJob, takeRequest } from './pipeline.ts';
import { PriceSource } from './price-source.ts';
import { Readiness } from './routes/readiness.ts';
import { Readers } from './keys/readers.ts';
import { Receiver, SIGNAL_PATHS } from './receive/receive.ts';
import { createRoutes } from './routes/routes.ts';
import { closeServer, createHttpServer, listen } from './server.ts';
import { SettleLoop } from './settle/settle-loop.ts';
import { Sweep } from './settle/settle-traces.ts';
import { createStages, reportJob, type Stages } from './stages.ts';
import { within } from './limits/within.ts';
import { Workers } from './workers/workers.ts';

export interface Exporter {
  /** Where it listens, as a sender on this machine reaches it. */
  readonly url: string;
  readonly port: number;
  readonly clickhouse_url: string;
  /** Every way in, as in `POST /v1/traces`. */
  readonly ways: readonly string[];
  /** A page for SQL in a browser; null where it would need a secret that is not the asker's. */
  readonly play_url: string | null;
  /** Refuses what comes from now on, finishes and settles what was taken, and closes. */
  stop(): Promise<void>;
}

interface Parts {
  readonly stages: Stages;
  readonly readiness: Readiness;
  readonly receiver: Receiver;
  readonly loop: SettleLoop;
  readonly drift: DriftCheck;
  readonly alerts: AlertLoop;
  readonly judge: AnswerJudge;
  readonly deletions: DeletionWorker;
  readonly server: Server;
  /** Null when this process receives. */
  readonly workers: Workers | null;
  readonly connections: Connections;
  readonly readers: Readers;
  readonly clickhouse: ClickHouseSource;
  readonly ways: readonly string[];
}

export async function startExporter(config: Config, logger?: Logger): Promise<Exporter> {
  const log = logger ?? createLogger(config.log, process.stderr.isTTY);
  const readers = new Readers(config);
  const metrics = new Metrics();
  const prices = await PriceSource.open({
    ...config.prices,
    clock: systemClock,
    log,
    onReload: (outcome) => metrics.count('spanledger_price_file_reads_total', { outcome }),
  });
  const clickhouse = await openClickHouse(
    config,
    (owner) => readers.usersXml(owner),
    systemClock,
    log,
  ).catch(async (error: unknown) => {
    await prices.stop();
    throw error;
  });
  readers.connect(clickhouse);
  const parts = wire({ config, clickhouse, readers, log, metrics, prices });
  const { stages, readiness, loop, deletions, drift, alerts, judge, server, workers } = parts;
  try {
    const port = await (workers?.listen() ?? listen(server, config));
    if (port !== config.port && config.port !== 0) {
      log.warn({ taken: config.port, port }, 'port is taken, using another');
    }
    await openTables(stages, readiness, () => {
      workers?.ready();
      loop.start();
      deletions.start();
      drift.start();
      alerts.start();
      judge.start();
    });
    const url = `http://${reachable(config.host)}:${port}`;
    log.info({ url, clickhouse: clickhouse.url }, 'listening');
    let stopped: Promise<void> | null = null;
    return {
      url,
      port,
      clickhouse_url: clickhouse.url,
      ways: parts.ways,
      play_url: readers.play_url,
      stop: () => (stopped ??= stop(parts)),
    };
  } catch (error) {
    await stop(parts);
    throw error;
  }
}

/** An address that means "all of mine" is reached as the loopback one. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

interface Opened {
  readonly config: Config;
  readonly clickhouse: ClickHouseSource;
  readonly readers: Readers;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly prices: PriceSource;
}

function wire({ config, clickhouse, readers, log, metrics, prices }: Opened): Parts {
  const { database, wait_ms, answer_bytes_max } = config.clickhouse;
  const store = openStore({
    url: clickhouse.url,
    user: clickhouse.user,
    password: clickhouse.password,
    database,
    requestLimit_ms: wait_ms,
    answer_bytes_max,
  });
  const stages = createStages({
    ...{ config, store, clock: systemClock, log, metrics, prices },
    onKeys: (keys) => readers.follow(keys),
  });
  const { dirty } = stages;
  const readiness = new Readiness();
  const sweep = new Sweep(stages);
  const loop = new SettleLoop({
    intervals: config.settle,
    clock: systemClock,
    dirty: () => dirty.size,
    sweepWanted: () => sweep.wanted,
    adjustWanted: () => store.adjustmentsWaiting > 0,
    run: (job) => runJob(stages, sweep, job),
    onJob: (job, duration_ms, error) => reportJob(stages, job, duration_ms, error),
  });
  stages.wake = () => loop.wake();
  stages.catchUp = () => {
    store.sweepRollUps();
    return loop.catchUp();
  };
  const deletions = new DeletionWorker(stages);
  const drift = new DriftCheck(stages);
  const alerts = new AlertLoop(stages);
  const judge = new AnswerJudge(stages);
  stages.carryOut = (deletion) => deletions.take(deletion);
  const receiver = new Receiver({
    limits: config.receive,
    metrics,
    log,
    checkHost: (request) => checkHost(config.keys, request),
    checkOpen: () => readiness.check(),
    take: (request, signal) => takeRequest(stages, request, signal),
  });
  metrics.source('spanledger_in_flight_requests', () => receiver.in_flight);
  metrics.source('spanledger_discarding_requests', () => receiver.discards);
  const ping = (): Promise<unknown> => store.serverTime();
  const health = new Health(readiness, ping, () => receiver.full || workers?.full === true);
  const app = createApp({ stages, routes: createRoutes(stages, readers), health });
  const connections = new Connections(config.receive, systemClock, (reason) =>
    metrics.count('spanledger_ended_connections_total', { reason }),
  );
  metrics.source('spanledger_connections', () => connections.size);
  const server = createHttpServer(config, receiver, app, connections, metrics);
  const ways = [...SIGNAL_PATHS.keys()].map((path) => `POST ${path}`).concat(waysInto(app));
  const workers = config.workers === 0 ? null : wireWorkers(stages, clickhouse, server);
  const ends = { server, workers, connections, readers, clickhouse };
  return { stages, readiness, receiver, loop, deletions, drift, alerts, judge, ways, ...ends };
}

/** They sign in to ClickHouse as this process does. */
function wireWorkers(stages: Stages, { url, user, password }: ClickHouseSource, server: Server) {
  const { config, clock, log, metrics, dirty } = stages;
  const workers = new Workers({
    config: { ...config, clickhouse: { ...config.clickhouse, url, user, password } },
    ...{ clock, log, server },
    onDirty: (traces) => {
      for (const trace of traces) dirty.mark(trace.org_id, [trace]);
      stages.wake();
    },
    onLost: () => {
      dirty.lose();
      stages.wake();
    },
  });
  metrics.source('spanledger_workers', () => workers.size);
  metrics.sum(() => workers.counts());
  return workers;
}

async function stop(parts: Parts): Promise<void> {
  const { stages, readiness, receiver, loop, deletions, drift, alerts, server, connections } =
    parts;
  const { readers, clickhouse, workers, judge } = parts;
  const { config, log, grouper, store, prices } = stages;
  readiness.drain();
  stages.keys.stop();
  const drained = async (): Promise<void> => {
    await workers?.drain();
    await receiver.idle();
    await grouper.drain();
    await deletions.stop();
    await drift.stop();
    await alerts.stop();
    await judge.stop();
    await loop.stop();
  };
  await within(drained(), config.stop_wait_ms).catch((error: unknown) =>
    log.warn({ reason: (error as Error).message }, 'not all is settled; the next start settles it'),
  );
  await workers?.close();
  await closeServer(server);
  connections.stop();
  await prices.stop();
  await readers.close();
  await store.close();
  await clickhouse.stop();
}
