// Bytes a span on disk, each table's parts merged: our raw spans, then everything that is kept of a
// span, against the collector exporter's own tables for the same spans.

import { startExporter, type Candidate } from './candidate.ts';
import type { BenchContext } from './context.ts';
import { Database } from './database.ts';
import { makeLoad, send, type Load } from './load.ts';
import { rowsOf } from './measure.ts';
import { startPeers } from './peers.ts';
import { quiet, rounded } from './process-cost.ts';

const SPANS = 200_000;
const SPANS_PER_REQUEST = 200;
const RAW_TABLES = ['otel_traces', 'otel_traces_trace_id_ts', 'genai_content'];

/** A stop settles what is left; here that is everything. */
const PATIENCE = { SPANLEDGER_STOP_WAIT_MS: '600000' };

interface Weight {
  readonly raw: number;
  readonly all: number;
  readonly tables: Readonly<Record<string, number>>;
}

export async function benchDisk(context: BenchContext): Promise<Record<string, unknown>> {
  const load = makeLoad({
    kind: 'protobuf',
    spans: SPANS,
    spansPerRequest: SPANS_PER_REQUEST,
    seed: 77,
  });
  const own = await weighOwn(load);
  const { rotel, ...others } = context.peers;
  const none = { ...rotel, command: null };
  const [collector] = await startPeers({ ...others, rotel: none });
  const schema = collector === undefined ? null : await weighPeer(collector, load);
  const against = (bytes: number): number | null =>
    schema === null ? null : rounded(bytes / schema.raw);
  return {
    bytes_per_span: {
      ...own,
      collector_schema: schema?.raw ?? null,
      raw_vs_collector_schema: against(own.raw),
      all_vs_collector_schema: against(own.all),
      spans: SPANS,
    },
  };
}

async function weighOwn(load: Load): Promise<Weight> {
  const database = await Database.start();
  try {
    const exporter = await startExporter(database, { environment: PATIENCE });
    await send(exporter.url, load);
    await exporter.stop();
    return await weigh(database, 'spanledger', SPANS);
  } finally {
    await database.stop();
  }
}

async function weighPeer(peer: Candidate, load: Load): Promise<Weight> {
  try {
    await send(peer.url, load);
    await quiet([peer.pid, peer.database.pid]);
    const rows = await rowsOf(peer);
    // It sends again what ClickHouse was slow to answer, and stores it twice then.
    if (rows < SPANS) throw new Error(`${peer.name} stored ${rows} of ${SPANS} spans`);
    return await weigh(peer.database, peer.schema, rows);
  } finally {
    await peer.stop();
    await peer.database.stop();
  }
}

async function weigh(database: Database, schema: string, spans: number): Promise<Weight> {
  const tables = await database.sql<{ name: string }>(`
    SELECT concat(database, '.', name) AS name FROM system.tables
    WHERE database = '${schema}' AND engine LIKE '%MergeTree'`);
  const sizes = await database.mergedBytes(tables.map(({ name }) => name));
  const perSpan = [...sizes].map(
    ([name, bytes]) => [name.slice(schema.length + 1), rounded(bytes / spans, 1)] as const,
  );
  const sum = (list: typeof perSpan): number =>
    rounded(
      list.reduce((total, [, bytes]) => total + bytes, 0),
      1,
    );
  return {
    raw: sum(perSpan.filter(([name]) => RAW_TABLES.includes(name))),
    all: sum(perSpan),
    tables: Object.fromEntries(perSpan.filter(([, bytes]) => bytes > 0)),
  };
}
