// Where ClickHouse is and who signs in: an address of the operator's own, or the embedded server,
// which is loaded only then, and started again on the same port when it ends by itself.

import { randomBytes } from 'node:crypto';
import type { EmbeddedClickHouse } from '@spanledger/embedded-clickhouse';
import type { Owner } from '@spanledger/store';
import { pause, type Clock } from './clock.ts';
import type { Config } from './settings/config.ts';
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
  return new EmbeddedSource(await start(embedded_port), start, owner, clock, log);
}

/** The embedded server under one address for as long as the service runs, whoever ends it. */
class EmbeddedSource implements ClickHouseSource {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly embedded = true;
  readonly #start: (port: number) => Promise<EmbeddedClickHouse>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #watching: Promise<void>;
  #server: EmbeddedClickHouse;
  #stopping = false;
  #reloading: Promise<void> | null = null;

  constructor(
    server: EmbeddedClickHouse,
    start: (port: number) => Promise<EmbeddedClickHouse>,
    { user, password }: Owner,
    clock: Clock,
    log: Logger,
  ) {
    this.#server = server;
    this.#start = start;
    this.#clock = clock;
    this.#log = log;
    this.url = server.url;
    this.user = user;
    this.password = password;
    this.#watching = this.#watch();
  }

  readonly reload = async (): Promise<void> => {
    if (this.#stopping) return;
    this.#reloading = this.#server.stop().then(() => this.#startAgain());
    try {
      await this.#reloading;
      this.#log.info({ url: this.url }, 'ClickHouse has its users of now');
    } finally {
      this.#reloading = null;
    }
  };

  async stop(): Promise<void> {
    this.#stopping = true;
    // One that is just being started is ended by whoever starts it.
    await this.#reloading?.catch(() => undefined);
    await this.#server.stop();
    await this.#watching;
  }

  async #startAgain(): Promise<void> {
    this.#server = await this.#start(this.#server.httpPort);
    if (this.#stopping) await this.#server.stop();
  }

  async #watch(): Promise<void> {
    while (!this.#stopping) {
      const exit = await this.#server.exited;
      if (this.#stopping) return;
      const reloaded = await this.#reloading?.then(
        () => true,
        () => false,
      );
      if (reloaded === true) continue;
      const { code, signal } = exit;
      this.#log.error({ exit_code: code, signal }, 'ClickHouse ended; starting it again');
      await this.#revive();
    }
  }

  async #revive(): Promise<void> {
    for (let wait_ms = FIRST_RESTART_MS; !this.#stopping; wait_ms *= 2) {
      try {
        await this.#startAgain();
        if (!this.#stopping) this.#log.info({ url: this.url }, 'ClickHouse is back');
        return;
      } catch (error) {
        this.#log.error({ err: error }, 'ClickHouse cannot be started again');
        await pause(this.#clock, Math.min(wait_ms, LONGEST_RESTART_MS));
      }
    }
  }
}
