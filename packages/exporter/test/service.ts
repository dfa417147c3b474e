// The service as tests use it: in this process, over its own HTTP port, on a real ClickHouse in a
// folder of its own.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClickHouse, type EmbeddedClickHouse } from '@spanledger/embedded-clickhouse';
import { readConfig, type Environment } from '../src/settings/config.ts';
import { startExporter, type Exporter } from '../src/exporter.ts';

export class Service {
  readonly folder: string;
  readonly environment: Environment;
  clickhouse: EmbeddedClickHouse;
  exporter: Exporter | null = null;

  private constructor(folder: string, clickhouse: EmbeddedClickHouse, environment: Environment) {
    this.folder = folder;
    this.clickhouse = clickhouse;
    this.environment = environment;
  }

  static async start(environment: Environment = {}): Promise<Service> {
    const folder = await mkdtemp(join(tmpdir(), 'spanledger-exporter-'));
    const clickhouse = await startClickHouse({ path: join(folder, 'clickhouse') });
    const service = new Service(folder, clickhouse, environment);
    await service.startExporter();
    return service;
  }

  async startExporter(): Promise<void> {
    this.exporter = await startExporter(
      readConfig({
        SPANLEDGER_PORT: '0',
        SPANLEDGER_LOG_LEVEL: 'silent',
        CLICKHOUSE_URL: this.clickhouse.url,
        SPANLEDGER_BLOCK_WAIT_MS: '10',
        SPANLEDGER_BLOCK_REST_MS: '0',
        SPANLEDGER_TICK_MS: '50',
        ...this.environment,
      }),
    );
  }

  async startClickHouse(): Promise<void> {
    const { httpPort } = this.clickhouse;
    this.clickhouse = await startClickHouse({ path: join(this.folder, 'clickhouse'), httpPort });
  }

  get url(): string {
    if (this.exporter === null) throw new Error('the exporter is stopped');
    return this.exporter.url;
  }

  async stopExporter(): Promise<void> {
    await this.exporter?.stop();
    this.exporter = null;
  }

  async stop(): Promise<void> {
    await this.stopExporter();
    await this.clickhouse.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  postJson(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return this.post(path, text, { 'content-type': 'application/json', ...headers });
  }

  postProtobuf(
    path: string,
    body: Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.post(path, body, { 'content-type': 'application/x-protobuf', ...headers });
  }

  post(
    path: string,
    body: Uint8Array | string,
    headers: Record<string, string>,
  ): Promise<Response> {
    return fetch(this.url + path, { method: 'POST', body, headers });
  }

  async get<T>(path: string, headers: Record<string, string> = {}): Promise<T> {
    const response = await fetch(this.url + path, { headers });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Asks ClickHouse itself, beside the exporter. */
  async sql<T>(query: string): Promise<T[]> {
    const url = `${this.clickhouse.url}/?database=spanledger&default_format=JSONEachRow`;
    const response = await fetch(url, { method: 'POST', body: query });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as T);
  }

  /** One figure out of ClickHouse. */
  async figure(query: string): Promise<string> {
    const [row] = await this.sql<Record<string, unknown>>(query);
    return String(Object.values(row ?? {})[0]);
  }
}
