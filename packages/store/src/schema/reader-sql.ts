// SQL of people's own, run as the read-only user of their organisation. What the query may do is
// decided by that user's rights in ClickHouse and not by reading the query.

import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { SilentLogger } from '../clickhouse/silent-logger.ts';
import { readerError } from '../clickhouse/store-error.ts';

export interface ReaderOptions {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database?: string;
  readonly requestLimit_ms?: number;
}

export interface SqlAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

const REQUEST_LIMIT_MS = 60_000;
const CONNECTIONS_MAX = 4;

export class SqlReader {
  readonly #client: ClickHouseClient;

  constructor(options: ReaderOptions) {
    this.#client = createClient({
      url: options.url,
      username: options.user,
      password: options.password,
      database: options.database ?? 'spanledger',
      request_timeout: options.requestLimit_ms ?? REQUEST_LIMIT_MS,
      max_open_connections: CONNECTIONS_MAX,
      log: { LoggerClass: SilentLogger },
    });
  }

  /** Rejects with `invalid_parameter` for what the query asks wrongly or may not ask. */
  async run(query: string): Promise<SqlAnswer> {
    try {
      const result = await this.#client.query({
        query,
        format: 'JSONCompact',
        // A limit that is reached halfway must be an error, and not half an answer.
        clickhouse_settings: { wait_end_of_query: 1 },
      });
      const { meta = [], data } = (await result.json()) as unknown as {
        meta?: { name: string; type: string }[];
        data: unknown[][];
      };
      return { columns: meta, rows: data };
    } catch (error) {
      throw readerError(error);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
