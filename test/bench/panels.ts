// What people look at, over everything that is stored: usage of an hour to a month, and single traces,
// asked as the command line and the panels ask.

import type { Candidate } from './candidate.ts';
import { cpuSeconds, median, rounded } from './process-cost.ts';
import type { StoredRoot } from './stored.ts';

export interface PanelFigures {
  readonly wall_ms: number;
  /** Of exporter and ClickHouse together, per look. */
  readonly cpu_ms: number;
}

const LOOKS = 7;
const PERIODS = ['1h', '24h', '7d', '30d'];
const MS_PER_S = 1_000;

export async function lookAtPanels(
  exporter: Candidate,
  roots: readonly StoredRoot[],
): Promise<Record<string, unknown>> {
  const { database, url } = exporter;
  const get = async (path: string): Promise<void> => {
    const response = await fetch(url + path);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 200)}`);
  };
  const usage: Record<string, PanelFigures> = {};
  for (const period of PERIODS) {
    for (const by of ['model', 'agent']) {
      const path = `/api/v1/usage?by=${by}&last=${period}`;
      usage[`${by}_${period}`] = await looked(exporter, Array<string>(LOOKS).fill(path), get);
    }
  }
  const traces = roots.map(({ trace_id }) => `/api/v1/traces/${trace_id}`);
  return {
    calls: await database.value<number>(
      `SELECT countIf(kind = 'llm') FROM spanledger.ledger WHERE NOT is_deleted`,
    ),
    ledger_rows: await database.value<number>('SELECT count() FROM spanledger.ledger'),
    parts: await database.value<number>(
      `SELECT count() FROM system.parts WHERE active AND database = 'spanledger'`,
    ),
    usage,
    trace: await looked(exporter, traces, get),
  };
}

/** The first look is not counted: it fills caches, as somebody's look before would have. */
async function looked(
  { pid, database }: Candidate,
  paths: readonly string[],
  get: (path: string) => Promise<void>,
): Promise<PanelFigures> {
  if (paths[0] !== undefined) await get(paths[0]);
  const total = (): number => cpuSeconds(pid) + cpuSeconds(database.pid);
  const before = total();
  const wall: number[] = [];
  for (const path of paths) {
    const begun = performance.now();
    await get(path);
    wall.push(performance.now() - begun);
  }
  const cpu_ms = ((total() - before) * MS_PER_S) / paths.length;
  return { wall_ms: rounded(median(wall), 1), cpu_ms: rounded(cpu_ms, 1) };
}
