// SQL of people's own: each organisation asks as a read-only ClickHouse user of its own, which sees
// the public views and its own rows only; so does each key with the role read. On the embedded server
// these users are made as keys come and go; on a ClickHouse of the operator's own, by statements.

import { randomBytes } from 'node:crypto';
import { SpanledgerError } from '@spanledger/ledger';
import {
  keyReaderName,
  readerName,
  readerStatements,
  SqlReader,
  usersXml,
  type Owner,
  type Reader,
  type SqlAnswer,
  type StoredKey,
} from '@spanledger/store';
import type { Config } from '../settings/config.ts';
import { ALL_ORGANISATIONS, DEFAULT_ORGANISATION, keyIdOf } from './keys.ts';

const PASSWORD_BYTES = 24;
/** Organisations that have asked or have a key; whoever comes beyond it cannot ask by SQL. */
const ORGANISATIONS_MAX = 1_000;

export interface ReaderServer {
  readonly url: string;
  /** Makes the users anew; null where the operator does. */
  readonly reload: (() => Promise<void>) | null;
}

type KeyReader = Reader & { readonly expires_s: number | null };

export class Readers {
  readonly #config: Config;
  readonly #password: string;
  readonly #organisations = new Set<string>();
  readonly #clients = new Map<string, SqlReader>();
  #keys: readonly StoredKey[] = [];
  /** What the embedded server was last started with: the users of keys, and organisations. */
  #madeKeys = '';
  #madeOrganisations: ReadonlySet<string> = new Set();
  #server: ReaderServer = { url: '', reload: null };
  #reloading: Promise<void> | null = null;

  constructor(config: Config) {
    this.#config = config;
    this.#password =
      config.clickhouse.url === ''
        ? randomBytes(PASSWORD_BYTES).toString('base64url')
        : config.clickhouse.reader_password;
    if (config.keys.size === 0) this.add(DEFAULT_ORGANISATION);
    for (const { org_id } of config.keys.values()) this.add(org_id);
  }

  /** The users of the embedded server: its owner and the readers. */
  usersXml(owner: Owner): string {
    this.#madeKeys = JSON.stringify(this.#ofKeys());
    this.#madeOrganisations = new Set(this.#organisations);
    return usersXml(this.#config.clickhouse.database, this.#readers(), owner);
  }

  connect(server: ReaderServer): void {
    this.#server = server;
  }

  /** ClickHouse's own page; signed in as the reader where that shows nobody another's rows. */
  get play_url(): string | null {
    const { clickhouse, keys } = this.#config;
    const page = `${this.#server.url.replace(/\/$/, '')}/play`;
    if (clickhouse.url !== '') return page;
    if (keys.size > 0) return null;
    const signedIn = new URLSearchParams({
      user: readerName(DEFAULT_ORGANISATION),
      password: this.#password,
      database: clickhouse.database,
    });
    return `${page}?${signedIn}`;
  }

  /** Users for the keys that are valid now, where this service makes them. */
  async follow(keys: readonly StoredKey[]): Promise<void> {
    this.#keys = keys;
    for (const { org_id } of keys) this.add(org_id);
    await this.#make(() => this.#madeKeys === JSON.stringify(this.#ofKeys()));
  }

  async run(org_id: string, query: string): Promise<SqlAnswer> {
    if (this.#password === '') throw new SpanledgerError('sql_not_available');
    if (!this.add(org_id)) throw new SpanledgerError('sql_not_available');
    await this.#make(() => this.#madeOrganisations.has(org_id));
    let client = this.#clients.get(org_id);
    if (client === undefined) {
      const { database, wait_ms } = this.#config.clickhouse;
      client = new SqlReader({
        url: this.#server.url,
        user: readerName(org_id),
        password: this.#password,
        database,
        requestLimit_ms: wait_ms,
      });
      this.#clients.set(org_id, client);
    }
    return client.run(query);
  }

  /** For a ClickHouse of the operator's own: users of all known organisations and keys. */
  statements(ended: readonly StoredKey[]): readonly string[] {
    const { database, user } = this.#config.clickhouse;
    const gone = ended.filter(readsBySql).map(({ hash }) => keyReaderName(keyIdOf(hash)));
    return readerStatements({ database, owner: user, readers: this.#readers(), gone });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }

  /** An organisation that may have no key yet; false where there are too many. */
  add(org_id: string): boolean {
    if (org_id === ALL_ORGANISATIONS || this.#organisations.has(org_id)) return true;
    if (this.#organisations.size >= ORGANISATIONS_MAX) return false;
    this.#organisations.add(org_id);
    return true;
  }

  #readers(): (Reader | KeyReader)[] {
    const organisations = this.#password === '' ? [] : [...this.#organisations].toSorted();
    const own = organisations.map((org_id) => ({ org_id, password: this.#password }));
    return [...own, ...this.#ofKeys()];
  }

  #ofKeys(): KeyReader[] {
    const ofKeys = this.#keys.filter(readsBySql).map(({ hash, org_id, spans, expires_s }) => ({
      ...{ org_id, spans, expires_s, user: keyReaderName(keyIdOf(hash)) },
      password: { sha256: hash },
    }));
    return ofKeys.toSorted((one, other) => (one.user < other.user ? -1 : 1));
  }

  /** The embedded server reads its users at its start, so what is not made yet starts it again. */
  async #make(isMade: () => boolean): Promise<void> {
    const { reload } = this.#server;
    if (reload === null) return;
    await this.#reloading;
    if (isMade()) return;
    this.#reloading ??= reload().finally(() => (this.#reloading = null));
    await this.#reloading;
  }
}

function readsBySql({ role, org_id }: StoredKey): boolean {
  return role === 'read' && org_id !== ALL_ORGANISATIONS;
}
