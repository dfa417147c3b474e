// Sends ready-made Native blocks: a list of parts in one write, over a few kept connections, with a
// token that makes sending the same block again harmless.

import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { SpanledgerError } from '@spanledger/ledger';

export interface InserterOptions {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly requestLimit_ms: number;
  readonly connections_max: number;
}

/** A block is taken whole or not at all; views of a block that is sent again are fed again. */
const INSERT_SETTINGS = {
  async_insert: '0',
  wait_end_of_query: '1',
  insert_deduplicate: '1',
  deduplicate_blocks_in_dependent_materialized_views: '1',
  // Copies within a block are collapsed by merges and FINAL like all others, not a second time here.
  optimize_on_insert: '0',
  // Spans may carry any time; a block of many days is unusual, not wrong.
  max_partitions_per_insert_block: '0',
};

const EXCEPTION_CODE_HEADER = 'x-clickhouse-exception-code';
const ANSWER_BYTES_MAX = 4_096;
const STALE_CONNECTION_CODES: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

export class BlockInserter {
  readonly #options: InserterOptions;
  readonly #secure: boolean;
  readonly #agent: HttpAgent;

  constructor(options: InserterOptions) {
    this.#options = options;
    this.#secure = new URL(options.url).protocol === 'https:';
    const pool = { keepAlive: true, maxSockets: options.connections_max };
    this.#agent = this.#secure ? new HttpsAgent(pool) : new HttpAgent(pool);
  }

  /** Resolves when the rows are in the table; else rejects with `store_unavailable`. */
  async insert(
    table: string,
    columns: readonly string[],
    parts: readonly Uint8Array[],
    token: string,
  ): Promise<void> {
    if (parts.length === 0) return;
    const names = columns.map((column) => `\`${column}\``).join(', ');
    const url = new URL(this.#options.url);
    url.search = new URLSearchParams({
      ...INSERT_SETTINGS,
      database: this.#options.database,
      max_execution_time: String(Math.ceil(this.#options.requestLimit_ms / 1_000)),
      insert_deduplication_token: token,
      query: `INSERT INTO \`${table}\` (${names}) FORMAT Native`,
    }).toString();
    const outcome = await this.#send(url, parts);
    // The server may close a kept connection just as it is used again; the token makes the second
    // attempt safe whatever became of the first.
    const answer = outcome === 'stale' ? await this.#send(url, parts) : outcome;
    if (answer !== 'stored') throw new SpanledgerError('store_unavailable', answer);
  }

  close(): void {
    this.#agent.destroy();
  }

  /** `stored`, `stale` for a connection that was closed before its use, or what went wrong. */
  #send(url: URL, parts: readonly Uint8Array[]): Promise<string> {
    const { user, password, requestLimit_ms } = this.#options;
    const size_bytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
    return new Promise((resolve) => {
      const request = (this.#secure ? httpsRequest : httpRequest)(url, {
        method: 'POST',
        agent: this.#agent,
        timeout: requestLimit_ms,
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': size_bytes,
          // Headers of ClickHouse's own take no other letters than those of ASCII.
          authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
        },
      });
      request.on('timeout', () => request.destroy(new Error(`no answer in ${requestLimit_ms} ms`)));
      request.on('error', (error: NodeJS.ErrnoException) => {
        const code = error.code ?? error.message;
        resolve(request.reusedSocket && STALE_CONNECTION_CODES.has(code) ? 'stale' : code);
      });
      request.on('response', (response) => void outcome(response).then(resolve));
      request.cork();
      for (const part of parts) request.write(part);
      request.uncork();
      request.end();
    });
  }
}

async function outcome(response: IncomingMessage): Promise<string> {
  const code = response.headers[EXCEPTION_CODE_HEADER];
  let text = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      if (text.length < ANSWER_BYTES_MAX) text += chunk as string;
    }
  } catch {
    return 'the answer broke off';
  }
  if (response.statusCode === 200 && code === undefined) return 'stored';
  return `status ${response.statusCode}, code ${String(code ?? 'none')}: ${text.slice(0, 300)}`;
}
