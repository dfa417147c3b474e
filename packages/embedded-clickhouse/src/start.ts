// Starts a real ClickHouse in a child process, waits until it answers, and ends it again.

import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedClickHouseError } from './errors.ts';
import { freePort } from './free-port.ts';
import { currentPlatform, libraryFile } from './library.ts';
import {
  LOOPBACK_USERS_XML,
  writeConfig,
  type LogLevel,
  type ServerConfig,
} from './server-config.ts';
import { ServerProcess, type ServerExit } from './server-process.ts';

export interface ClickHouseOptions {
  /** The data directory; made when it is not there. */
  readonly path: string;
  /** 0 or left out: a free port is chosen. */
  readonly httpPort?: number;
  /** The native protocol is opened only when asked for; 0 chooses a free port. */
  readonly tcpPort?: number;
  readonly listenHost?: string;
  /** A whole users file; without one everybody on this machine is `default`, which is for tests. */
  readonly usersXml?: string;
  /** A user of `usersXml` and its password: who asks whether the server is ready. */
  readonly user?: string;
  readonly password?: string;
  readonly memoryLimit_bytes?: number;
  readonly logLevel?: LogLevel;
  readonly onLog?: (line: string) => void;
  readonly startLimit_ms?: number;
  readonly stopLimit_ms?: number;
}

export interface EmbeddedClickHouse {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly httpPort: number;
  readonly tcpPort: number | null;
  readonly pid: number;
  /** Resolves when the process is gone; safe to call more than once. */
  stop(): Promise<void>;
  /** Resolves when the process ends, by `stop` or by itself. */
  readonly exited: Promise<ServerExit>;
}

const MEMORY_LIMIT_BYTES = 2_000_000_000;
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const PORT_TRIES_MAX = 10;
const POLL_MS = 15;
// ClickHouse's exception codes, as it prints them: "Code: 76. DB::Exception: …".
const CANNOT_OPEN_FILE = 76;
const NETWORK_ERROR = 210;

export async function startClickHouse(options: ClickHouseOptions): Promise<EmbeddedClickHouse> {
  const library = libraryFile(currentPlatform());
  try {
    await mkdir(options.path, { recursive: true });
  } catch (cause) {
    throw new EmbeddedClickHouseError('data_directory_unusable', options.path, { cause });
  }
  for (let tries = 1; ; tries++) {
    try {
      return await startOnce(options, library);
    } catch (error) {
      const chosen = !options.httpPort && !(options.tcpPort && options.tcpPort > 0);
      const taken = error instanceof EmbeddedClickHouseError && error.code === 'port_in_use';
      if (!taken || !chosen || tries === PORT_TRIES_MAX) throw error;
    }
  }
}

async function startOnce(options: ClickHouseOptions, library: string): Promise<EmbeddedClickHouse> {
  const listenHost = options.listenHost ?? '127.0.0.1';
  const config: ServerConfig = {
    path: options.path,
    listenHost,
    httpPort: options.httpPort || (await freePort(listenHost)),
    tcpPort: options.tcpPort === undefined ? null : options.tcpPort || (await freePort(listenHost)),
    usersXml: options.usersXml ?? LOOPBACK_USERS_XML,
    user: options.user ?? 'default',
    password: options.password ?? '',
    memoryLimit_bytes: options.memoryLimit_bytes ?? MEMORY_LIMIT_BYTES,
    logLevel: options.logLevel ?? 'none',
    startToken: randomUUID(),
  };
  const folder = await writeConfig(config);
  const server = new ServerProcess({
    library,
    config,
    folder,
    stopLimit_ms: options.stopLimit_ms ?? STOP_LIMIT_MS,
    ...(options.onLog ? { onLog: options.onLog } : {}),
  });
  const url = `http://${reachable(listenHost)}:${config.httpPort}`;
  const limit_ms = options.startLimit_ms ?? START_LIMIT_MS;
  try {
    await ready(server, url, config, limit_ms);
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    // A child that could not even load its library does not clean up after itself.
    void server.exited.then(() => rm(folder, { recursive: true, force: true }));
  }
  return {
    url,
    user: config.user,
    password: config.password,
    httpPort: config.httpPort,
    tcpPort: config.tcpPort,
    pid: server.pid,
    stop: () => server.stop(),
    exited: server.exited,
  };
}

function reachable(listenHost: string): string {
  if (listenHost === '0.0.0.0' || listenHost === '::') return '127.0.0.1';
  return listenHost.includes(':') ? `[${listenHost}]` : listenHost;
}

async function ready(
  server: ServerProcess,
  url: string,
  config: ServerConfig,
  limit_ms: number,
): Promise<void> {
  const deadline = performance.now() + limit_ms;
  while (performance.now() < deadline) {
    if (server.exit) throw await startError(server.exit, config);
    if (await answers(url, config)) return;
    await Promise.race([sleep(POLL_MS), server.exited]);
  }
  throw new EmbeddedClickHouseError('start_timed_out', `${limit_ms} ms; ${server.log()}`);
}

/** Asks for a word that only the server started here knows. */
async function answers(url: string, config: ServerConfig): Promise<boolean> {
  try {
    const query = encodeURIComponent("SELECT getMacro('start')");
    // An idle kept-alive connection would hold up the server's end by seconds.
    const response = await fetch(`${url}/?query=${query}`, {
      headers: {
        connection: 'close',
        authorization: `Basic ${Buffer.from(`${config.user}:${config.password}`).toString('base64')}`,
      },
      signal: AbortSignal.timeout(1_000),
    });
    return (await response.text()).trim() === config.startToken;
  } catch {
    return false;
  }
}

async function startError(exit: ServerExit, config: ServerConfig): Promise<Error> {
  const { path, httpPort, tcpPort } = config;
  const code = Number(/^Code: (\d+)\./m.exec(exit.log)?.[1]);
  if (code === NETWORK_ERROR) {
    const ports = tcpPort === null ? `${httpPort}` : `${httpPort} or ${tcpPort}`;
    return new EmbeddedClickHouseError('port_in_use', ports);
  }
  if (code === CANNOT_OPEN_FILE) {
    const holder = await lockHolder(path);
    if (holder === null) return new EmbeddedClickHouseError('data_directory_unusable', exit.log);
    return new EmbeddedClickHouseError('data_directory_locked', `${path}, process ${holder}`);
  }
  const how = exit.signal ?? `exit code ${exit.code}`;
  return new EmbeddedClickHouseError('crashed_at_start', `${how}; ${exit.log || 'no log'}`);
}

/** ClickHouse writes its process id into the file that it locks. */
async function lockHolder(path: string): Promise<string | null> {
  try {
    const status = await readFile(join(path, 'status'), 'utf8');
    return /^PID: (\d+)/m.exec(status)?.[1] ?? null;
  } catch {
    return null;
  }
}
