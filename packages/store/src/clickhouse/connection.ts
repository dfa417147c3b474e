// One ClickHouse, as this package talks to it: queries through the official client, inserts of
// ready-made blocks through a small pool of their own.

import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { BlockInserter } from './insert.ts';
import { withLongLists } from './long-lists.ts';
import { SilentLogger } from './silent-logger.ts';
import { unavailable } from './store-error.ts';

export interface StoreOptions {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  /** An insert or query that takes longer is given up. */
  readonly requestLimit_ms?: number;
  readonly insertConnections_max?: number;
  /** A query with a larger answer fails with `answer_too_large`. */
  readonly answer_bytes_max?: number;
}

export type Parameters = Readonly<Record<string, unknown>>;
export type Settings = Readonly<Record<string, string | number>>;

const ANYWHERE = { anyDatabase: true };
const REQUEST_LIMIT_MS = 50_000;
const QUERY_BYTES_MAX = 16 * 1024 * 1024;
const ANSWER_BYTES_MAX = 128 * 1024 * 1024;
export const INSERT_CONNECTIONS_MAX = 4;
export const QUERY_CONNECTIONS_MAX = 8;
const JSON_SETTINGS = {
  // An error halfway must be an error, and not half an answer.
  wait_end_of_query: 1,
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
};

export class Connection {
  readonly database: string;
  readonly inserter: BlockInserter;
  readonly #client: ClickHouseClient;
  readonly #limit_s: number;
  readonly #answer_bytes_max: number;

  constructor(options: StoreOptions) {
    const { url, user = 'default', password = '', database = 'spanledger' } = options;
    const requestLimit_ms = options.requestLimit_ms ?? REQUEST_LIMIT_MS;
    this.database = database;
    this.#answer_bytes_max = options.answer_bytes_max ?? ANSWER_BYTES_MAX;
    this.#limit_s = Math.ceil(requestLimit_ms / 1_000);
    this.inserter = new BlockInserter({
      url,
      user,
      password,
      database,
      requestLimit_ms,
      connections_max: options.insertConnections_max ?? INSERT_CONNECTIONS_MAX,
    });
    this.#client = createClient({
      url,
      username: user,
      password,
      request_timeout: requestLimit_ms,
      max_open_connections: QUERY_CONNECTIONS_MAX,
      log: { LoggerClass: SilentLogger },
    });
  }

  /** A statement without rows. `anyDatabase`: before ours exists. */
  async command(
    query: string,
    parameters: Parameters = {},
    options: { settings?: Settings; anyDatabase?: boolean } = {},
  ): Promise<void> {
    const settings = this.#settings(options.settings, options.anyDatabase === true);
    await this.#asked(() =>
      this.#client.command({
        query,
        query_params: { ...parameters },
        clickhouse_settings: settings,
      }),
    );
  }

  /** Rows as objects; 64-bit integers and decimals come as text, so that no digit is lost. */
  async rows(
    query: string,
    parameters: Parameters = {},
    options: { anyDatabase?: boolean } = {},
  ): Promise<Record<string, unknown>[]> {
    return this.#asked(async () => {
      const result = await this.#client.query({
        query,
        format: 'JSONEachRow',
        query_params: { ...parameters },
        clickhouse_settings: this.#settings(JSON_SETTINGS, options.anyDatabase === true),
      });
      return result.json<Record<string, unknown>>();
    });
  }

  /** The whole answer in ClickHouse's column format, for readers that need it fast. */
  async native(query: string, parameters: Parameters = {}): Promise<Buffer> {
    return this.#asked(async () => {
      const { text, rest } = withLongLists(query, parameters);
      const { stream } = await this.#client.exec({
        query: `${text} FORMAT Native`,
        query_params: rest,
        clickhouse_settings: this.#settings({
          wait_end_of_query: 1,
          max_query_size: QUERY_BYTES_MAX,
        }),
      });
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    });
  }

  /** ClickHouse's clock in nanoseconds: the only clock that orders derived data. */
  async serverTime(): Promise<bigint> {
    const [row] = await this.rows('SELECT toUnixTimestamp64Nano(now64(9)) AS now_ns', {}, ANYWHERE);
    return BigInt(String(row?.['now_ns']));
  }

  async close(): Promise<void> {
    this.inserter.close();
    await this.#client.close();
  }

  #settings(own: Settings = {}, anyDatabase = false): Record<string, string | number> {
    return {
      ...(anyDatabase ? {} : { database: this.database }),
      max_execution_time: this.#limit_s,
      max_result_bytes: this.#answer_bytes_max,
      ...own,
    };
  }

  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw unavailable(error);
    }
  }
}
