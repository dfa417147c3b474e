// One embedded server for a test file, in a folder of its own, and stores with databases of their
// own on it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClickHouse, type EmbeddedClickHouse } from '@spanledger/embedded-clickhouse';
import { Connection } from '../src/clickhouse/connection.ts';
import { openStore, type Store } from '../src/index.ts';

export interface TestServer {
  readonly url: string;
  /** A migrated store in a database of its own, and a connection beside it for looking inside. */
  open(): Promise<{ store: Store; inside: Connection; database: string }>;
  connect(database: string): { store: Store; inside: Connection };
  stop(): Promise<void>;
}

export async function startServer(usersXml?: string): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'store-test-'));
  const server: EmbeddedClickHouse = await startClickHouse({
    path: join(folder, 'data'),
    ...(usersXml === undefined ? {} : { usersXml }),
  });
  const open: { close(): Promise<void> }[] = [];
  let databases = 0;
  const connect = (database: string): { store: Store; inside: Connection } => {
    const options = { url: server.url, database };
    const pair = { store: openStore(options), inside: new Connection(options) };
    open.push(pair.store, pair.inside);
    return pair;
  };
  return {
    url: server.url,
    connect,
    async open() {
      const database = `test_${++databases}`;
      const pair = connect(database);
      await pair.store.migrate();
      return { ...pair, database };
    },
    async stop() {
      await Promise.all(open.map((one) => one.close()));
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
