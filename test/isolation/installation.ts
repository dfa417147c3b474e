// One service with its own ClickHouse, keys of two organisations and of the operator, and a price that
// only one of the organisations has; asked as a person of one of them would.

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT_CODES, openTerminal, runCommand } from '@spanledger/cli';
import { readConfig, startExporter, type Exporter } from '@spanledger/exporter';
import { MODEL, type Twin } from './twins.ts';

export const OWNER = { user: 'spanledger', password: 'of the öwner: %20' };
const POLL_MS = 50;
const WAIT_MS = 90_000;

export interface Told {
  readonly status: number;
  readonly text: string;
}

export class Installation {
  readonly folder: string;
  readonly exporter: Exporter;

  private constructor(folder: string, exporter: Exporter) {
    this.folder = folder;
    this.exporter = exporter;
  }

  static async start(
    priced: Pick<Twin, 'org' | 'secret'>,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'spanledger-isolation-'));
    const prices = join(folder, 'prices.yaml');
    const row = { org: priced.org, provider: 'openai', model: MODEL, input: 1, output: 1 };
    await writeFile(
      prices,
      JSON.stringify({ prices: [{ ...row, id: priced.secret, source: priced.secret }] }),
    );
    const hash = createHash('sha256').update('operator').digest('hex');
    const config = readConfig({
      SPANLEDGER_PORT: '0',
      SPANLEDGER_LOG_LEVEL: 'silent',
      SPANLEDGER_DATA_DIR: join(folder, 'data'),
      SPANLEDGER_BLOCK_WAIT_MS: '10',
      SPANLEDGER_BLOCK_REST_MS: '0',
      SPANLEDGER_TICK_MS: '50',
      SPANLEDGER_PRICES: prices,
      CLICKHOUSE_PASSWORD: OWNER.password,
      SPANLEDGER_KEYS: `admin:*:${hash}`,
      ...environment,
    });
    return new Installation(folder, await startExporter(config));
  }

  async stop(): Promise<void> {
    await this.exporter.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async send(method: string, path: string, key: string, body?: unknown): Promise<Told> {
    const response = await fetch(this.exporter.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  }

  /** A new key and its id, made by the operator. */
  async key(role: string, org: string, spans = false): Promise<{ key: string; key_id: string }> {
    const asked = { name: `${role} of ${org}`, role, org, ...(spans ? { spans } : {}) };
    const { status, text } = await this.send('POST', '/api/v1/keys', 'operator', asked);
    if (status !== 200) throw new Error(text);
    return JSON.parse(text) as { key: string; key_id: string };
  }

  /** SQL as any user of ClickHouse; as its owner where none is named. */
  async sql(query: string, user = OWNER.user, password = OWNER.password): Promise<Told> {
    const response = await fetch(`${this.exporter.clickhouse_url}/?database=spanledger`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
      body: query,
    });
    return { status: response.status, text: await response.text() };
  }

  /** A command of the command line, and all that it said. */
  async command(args: readonly string[], key: string): Promise<Told> {
    const said: string[] = [];
    const stream = { write: (text: string) => said.push(text) };
    const env = { SPANLEDGER_URL: this.exporter.url, SPANLEDGER_KEY: key };
    const exit = await runCommand(args, openTerminal(stream, stream, env), env);
    return { status: EXIT_CODES[exit].code, text: said.join('') };
  }

  /** Asks until it holds; what was told last is given back for the test to look at. */
  async until(ask: () => Promise<Told>, holds: (told: Told) => boolean): Promise<Told> {
    const deadline = performance.now() + WAIT_MS;
    for (;;) {
      const told = await ask();
      if (holds(told) || performance.now() > deadline) return told;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
