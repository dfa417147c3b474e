// What one span costs on its way in: OTLP bytes to accepted by ClickHouse, facts included. CPU of
// the exporter process only, warm; ClickHouse's own CPU is shown beside it. Settling waits.

import { emptyTruth, feed } from '../feed.ts';
import { sendAll } from '../sender.ts';
import { Service } from '../service.ts';
import { cpuSeconds } from './cpu-time.ts';

export interface IngestFigures {
  spans_per_cpu_second: number;
  clickhouse_cpu_s_per_200k_spans: number;
  spans: number;
  spans_per_request: number;
}

export interface DiskFigures {
  raw: number;
  all: number;
}

const SPANS_PER_TRACE = 8;
const SPANS_PER_REQUEST = 200;
/** Requests under way at once: an answer waits for its block, so these fill the blocks. */
const CONNECTIONS = 64;
const WARM_UP_SPANS = 400_000;
const MEASURED_SPANS = 200_000;
const START_NS = 1_795_000_000_000_000_000n;
const RAW_TABLES = ['otel_traces', 'otel_traces_trace_id_ts'];

export async function benchIngest(progress: (text: string) => void): Promise<{
  ingest: IngestFigures;
  bytes_per_span: DiskFigures;
}> {
  const service = await Service.start({ environment: { SPANLEDGER_TICK_MS: '600000' } });
  try {
    progress(`warming up with ${WARM_UP_SPANS} spans`);
    await load(service, WARM_UP_SPANS, 1);
    progress(`measuring ${MEASURED_SPANS} spans`);
    const before = {
      exporter: cpuSeconds(service.exporterPid),
      clickHouse: cpuSeconds(service.clickHousePid),
    };
    await load(service, MEASURED_SPANS, 2);
    const exporter = cpuSeconds(service.exporterPid) - before.exporter;
    const clickHouse = cpuSeconds(service.clickHousePid) - before.clickHouse;
    progress('settling, and merging all parts, to weigh them');
    await service.stopExporter();
    return {
      ingest: {
        spans_per_cpu_second: Math.round(MEASURED_SPANS / exporter),
        clickhouse_cpu_s_per_200k_spans:
          Math.round((clickHouse * 200_000 * 100) / MEASURED_SPANS) / 100,
        spans: MEASURED_SPANS,
        spans_per_request: SPANS_PER_REQUEST,
      },
      bytes_per_span: await weigh(service, WARM_UP_SPANS + MEASURED_SPANS),
    };
  } finally {
    await service.stop();
  }
}

async function load(service: Service, spans: number, seed: number): Promise<void> {
  const truth = emptyTruth();
  const traces = spans / SPANS_PER_TRACE;
  const requests = feed(
    { seed, traces, spansPerRequest: SPANS_PER_REQUEST, start_ns: START_NS },
    truth,
  );
  await sendAll(requests, { url: service.url, connections: CONNECTIONS });
}

async function weigh(service: Service, spans: number): Promise<DiskFigures> {
  const tables = await service.sql<{ table: string }>(
    `SELECT name AS table FROM system.tables WHERE database = 'spanledger' AND engine LIKE '%MergeTree'`,
  );
  for (const { table } of tables) await service.sql(`OPTIMIZE TABLE ${table} FINAL`);
  const sizes = await service.sql<{ table: string; size_bytes: number }>(`
    SELECT table, sum(bytes_on_disk) AS size_bytes FROM system.parts
    WHERE database = 'spanledger' AND active GROUP BY table`);
  const sum = (list: typeof sizes): number =>
    Math.round((list.reduce((total, { size_bytes }) => total + size_bytes, 0) * 10) / spans) / 10;
  return { raw: sum(sizes.filter(({ table }) => RAW_TABLES.includes(table))), all: sum(sizes) };
}
