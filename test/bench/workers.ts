// Two exporters on one ClickHouse against one: the same load, halved between them. What a span costs
// must stay what it was, or a second core would buy less than twice as much.

import { startExporter, type Candidate } from './candidate.ts';
import type { BenchContext } from './context.ts';
import { Database } from './database.ts';
import { makeLoad, send, type Load } from './load.ts';
import { cpuSeconds, median, quiet, rounded } from './process-cost.ts';

const PASS_SPANS = 200_000;
const WARM_UP_PASSES = 4;
const US_PER_S = 1e6;

export async function benchWorkers(context: BenchContext): Promise<Record<string, unknown>> {
  const database = await Database.start();
  try {
    const exporters = [await startExporter(database), await startExporter(database)];
    try {
      return { workers: await compared(exporters, context) };
    } finally {
      for (const exporter of exporters) await exporter.stop();
    }
  } finally {
    await database.stop();
  }
}

async function compared(
  exporters: readonly Candidate[],
  { rounds, progress }: BenchContext,
): Promise<Record<string, unknown>> {
  const costs: Record<'one' | 'two', number[]> = { one: [], two: [] };
  for (let round = 0; round < WARM_UP_PASSES + 2 * rounds; round++) {
    const warm = round < WARM_UP_PASSES;
    progress(`${warm ? 'warming up' : 'measuring'}, pass ${round + 1}`);
    const load = makeLoad({
      ...{ kind: 'protobuf', spans: PASS_SPANS, spansPerRequest: 200, seed: 500 + round },
    });
    const many = warm || round % 2 === 0 ? 'two' : 'one';
    const cost = await costOf(many === 'two' ? exporters : exporters.slice(0, 1), load);
    if (!warm) costs[many].push(cost);
  }
  const [one, two] = [median(costs.one), median(costs.two)];
  return {
    us_per_span_with_one: rounded(one),
    us_per_span_with_two: rounded(two),
    /** Spans per CPU second of two over one; 1 says that nothing is lost by sharing. */
    two_vs_one: rounded(one / two),
  };
}

async function costOf(exporters: readonly Candidate[], load: Load): Promise<number> {
  const pids = exporters.map(({ pid }) => pid);
  const total = (): number => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  await quiet(pids);
  const before = total();
  await Promise.all(
    exporters.map(({ url }, at) => {
      const bodies = load.bodies.filter((_, index) => index % exporters.length === at);
      return send(url, { ...load, bodies });
    }),
  );
  await quiet(pids);
  return ((total() - before) * US_PER_S) / load.spans;
}
