// SQL of people's own: each organisation asks as a read-only ClickHouse user of its own, which sees
// the public views and its own rows only.

import { randomBytes } from 'node:crypto';
import { SpanledgerError } from '@spanledger/ledger';
import { readerName, SqlReader, usersXml, type Owner, type SqlAnswer } from '@spanledger/store';
import type { Config } from './config.ts';
import { DEFAULT_ORGANISATION } from './keys.ts';

const PASSWORD_BYTES = 24;

export class Readers {
  readonly #config: Config;
  readonly #password: string;
  readonly #readers = new Map<string, SqlReader>();
  #url = '';

  constructor(config: Config) {
    this.#config = config;
    this.#password =
      config.clickhouse.url === ''
        ? randomBytes(PASSWORD_BYTES).toString('base64url')
        : config.clickhouse.reader_password;
  }

  /** The users of the embedded server: its owner, and one for each organisation that has a key. */
  usersXml(owner: Owner): string {
    const { keys, clickhouse } = this.#config;
    const named = new Set([...keys.values()].map(({ org_id }) => org_id));
    if (named.size === 0) named.add(DEFAULT_ORGANISATION);
    const readers = [...named].map((org_id) => ({ org_id, password: this.#password }));
    return usersXml(clickhouse.database, readers, owner);
  }

  connect(url: string): void {
    this.#url = url;
  }

  /** ClickHouse's own page; signed in as the reader where that shows nobody another's rows. */
  get play_url(): string | null {
    const { clickhouse, keys } = this.#config;
    const page = `${this.#url.replace(/\/$/, '')}/play`;
    if (clickhouse.url !== '') return page;
    if (keys.size > 0) return null;
    const signedIn = new URLSearchParams({
      user: readerName(DEFAULT_ORGANISATION),
      password: this.#password,
      database: clickhouse.database,
    });
    return `${page}?${signedIn}`;
  }

  run(org_id: string, query: string): Promise<SqlAnswer> {
    if (this.#password === '') throw new SpanledgerError('sql_not_available');
    let reader = this.#readers.get(org_id);
    if (reader === undefined) {
      const { database, wait_ms } = this.#config.clickhouse;
      reader = new SqlReader({
        url: this.#url,
        user: readerName(org_id),
        password: this.#password,
        database,
        requestLimit_ms: wait_ms,
      });
      this.#readers.set(org_id, reader);
    }
    return reader.run(query);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#readers.values()].map((reader) => reader.close()));
  }
}
