// Where ClickHouse is and who signs in: an address of the operator's own, or the embedded server,
// which is loaded only then, and started again on the same port when it ends by itself.

import { randomBytes } from 'node:crypto';
import type { EmbeddedClickHouse } from '@spanledger/embedded-clickhouse';
import type { Owner } from '@spanledger/store';
import { pause, type Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Logger } from './log.ts';

export interface ClickHouseSource extends Owner {
  readonly url: string;
  readonly embedded: boolean;
  /** Starts the embedded server again, with the users of now; null for the operator's own. */
  readonly reload: (() => Promise<void>) | null;
  stop(): Promise<void>;
}

const FIRST_RESTART_MS = 200;
const LONGEST_RESTART_MS = 30_000;
const OWNER_NAME = 'spanledger';
const PASSWORD_BYTES = 24;

export async function openClickHouse(
  config: Config,
  usersXml: (owner: Owner) => string,
  clock: Clock,
  log: Logger,
): Promise<ClickHouseSource> {
  const { url, user, password, embedded_port } = config.clickhouse;
  if (url !== '') {
    const stop = (): Promise<void> => Promise.resolve();
    return { url, user, password, embedded: false, reload: null, stop };
  }
  const owner: Owner = {
    user: OWNER_NAME,
    password: password || randomBytes(PASSWORD_BYTES).toString('base64url'),
  };
  const { startClickHouse } = await import('@spanledger/embedded-clickhouse');
  const start = (httpPort: number): Promise<EmbeddedClickHouse> =>
    startClickHouse({
      path: config.data_dir,
      httpPort,
      usersXml: usersXml(owner),
      ...owner,
      onLog: (line) => log.debug(line),
    });
  let server = await start(embedded_port);
  const port = server.httpPort;
  let stopping = false;
  let reloading: Promise<void> | null = null;
  const watch = async (): Promise<void> => {
    const exit = await server.exited;
    if (stopping) return;
    const reloaded = await reloading?.then(
      () => true,
      () => false,
    );
    if (reloaded === true) return watch();
    log.error({ exit_code: exit.code, signal: exit.signal }, 'ClickHouse ended; starting it again');
    for (let wait_ms = FIRST_RESTART_MS; !stopping; wait_ms *= 2) {
      try {
        server = await start(port);
        if (stopping) return await server.stop();
        log.info({ port }, 'ClickHouse is back');
        return watch();
      } catch (error) {
        log.error({ err: error }, 'ClickHouse cannot be started again');
        await pause(clock, Math.min(wait_ms, LONGEST_RESTART_MS));
      }
    }
  };
  const watching = watch();
  return {
    url: server.url,
    ...owner,
    embedded: true,
    async reload() {
      if (stopping) return;
      reloading = server.stop().then(async () => {
        server = await start(port);
        if (stopping) await server.stop();
      });
      try {
        await reloading;
        log.info({ port }, 'ClickHouse has its users of now');
      } finally {
        reloading = null;
      }
    },
    async stop() {
      stopping = true;
      await server.stop();
      await watching;
    },
  };
}
