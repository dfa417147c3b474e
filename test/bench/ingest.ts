// What a span costs on its way in: OTLP bytes to accepted by ClickHouse, facts included. The same bytes
// to every candidate in turn, all warm; CPU of the process under test, and of its ClickHouse beside it.

import { startExporter, type Candidate } from './candidate.ts';
import { columnsThatDiffer, contentOf, Database } from './database.ts';
import { makeLoad, type Load, type LoadKind } from './load.ts';
import { costOf, measure, takes, type IngestCost, type Pass } from './measure.ts';
import { startPeers } from './peers.ts';
import { peakMemory_mib, quiet, rounded } from './process-cost.ts';
import type { BenchContext } from './context.ts';

const PASS_SPANS = 200_000;
const WARM_UP_PASSES = 2;
const SPANS_PER_REQUEST = 200;

interface Variant {
  readonly name: string;
  readonly kind: LoadKind;
  readonly spansPerRequest: number;
  readonly spans: number;
}

/** Each is warmed with a pass of its own. */
const VARIANTS: readonly Variant[] = [
  { name: 'protobuf_1', kind: 'protobuf', spansPerRequest: 1, spans: 24_000 },
  { name: 'protobuf_10', kind: 'protobuf', spansPerRequest: 10, spans: 120_000 },
  { name: 'protobuf_2000', kind: 'protobuf', spansPerRequest: 2_000, spans: PASS_SPANS },
  { name: 'gzip_200', kind: 'gzip', spansPerRequest: 200, spans: PASS_SPANS },
  { name: 'json_200', kind: 'json', spansPerRequest: 200, spans: PASS_SPANS },
];

interface Content {
  readonly rows: number;
  readonly rows_sent: number;
  readonly rows_without_service: number;
  /** Columns whose content is not that of the collector's table; null without a collector. */
  readonly columns_that_differ: readonly string[] | null;
}

interface CandidateFigures extends IngestCost {
  readonly peak_memory_mib: number;
  readonly content: Content;
  /** By variant; null where the candidate does not take such requests. */
  readonly variants: Record<string, IngestCost | null>;
}

export async function benchIngest(context: BenchContext): Promise<Record<string, unknown>> {
  const candidates = await startAll(context);
  try {
    const passes = await mainPasses(candidates, context);
    const contents = await contentsOf(candidates, (WARM_UP_PASSES + context.rounds) * PASS_SPANS);
    const memory = candidates.map(({ pid }) => peakMemory_mib(pid));
    const variants = context.variants ? await allVariants(candidates, context) : new Map();
    const figures = Object.fromEntries(
      candidates.map((candidate, index) => [
        candidate.name,
        {
          ...costOf(passes.get(candidate) ?? []),
          peak_memory_mib: memory[index],
          content: contents.get(candidate),
          variants: variants.get(candidate) ?? {},
        } as CandidateFigures,
      ]),
    );
    return { ingest: summary(figures) };
  } finally {
    for (const candidate of candidates) await stop(candidate);
  }
}

async function startAll({ peers, against }: BenchContext): Promise<Candidate[]> {
  const candidates = [await startExporter(await Database.start())];
  if (against !== null) {
    const other = { checkout: against, name: 'against' };
    candidates.push(await startExporter(await Database.start(), other));
  }
  return [...candidates, ...(await startPeers(peers))];
}

async function stop(candidate: Candidate): Promise<void> {
  await candidate.stop();
  await candidate.database.stop();
}

/** Warms everybody, then measures pass after pass, each candidate first in turn. */
async function mainPasses(
  candidates: readonly Candidate[],
  { rounds, progress }: BenchContext,
): Promise<Map<Candidate, Pass[]>> {
  const passes = new Map<Candidate, Pass[]>(candidates.map((candidate) => [candidate, []]));
  for (let round = 0; round < WARM_UP_PASSES + rounds; round++) {
    const warm = round < WARM_UP_PASSES;
    progress(`${warm ? 'warming up' : 'measuring'} with ${PASS_SPANS} spans, pass ${round + 1}`);
    const load = makeLoad({
      kind: 'protobuf',
      spans: PASS_SPANS,
      spansPerRequest: SPANS_PER_REQUEST,
      seed: round + 1,
    });
    for (const candidate of turned(candidates, round)) {
      await allQuiet(candidates);
      const pass = await measure(candidate, load);
      progress(`${candidate.name}: ${costOf([pass]).us_per_span} µs a span`);
      if (!warm) passes.get(candidate)?.push(pass);
    }
  }
  return passes;
}

/** What another candidate's ClickHouse still merges takes caches and memory from the one that is measured. */
async function allQuiet(candidates: readonly Candidate[]): Promise<void> {
  await quiet(candidates.flatMap(({ pid, database }) => [pid, database.pid]));
}

function turned<T>(list: readonly T[], by: number): T[] {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

/** Counts rows and compares columns with the collector's, over everything that was sent so far. */
async function contentsOf(
  candidates: readonly Candidate[],
  rows_sent: number,
): Promise<Map<Candidate, Content>> {
  const tables = new Map(
    await Promise.all(
      candidates.map(
        async (candidate) =>
          [candidate, await contentOf(candidate.database, candidate.table)] as const,
      ),
    ),
  );
  const collector = candidates.find(({ name }) => name === 'collector');
  const reference = collector === undefined ? undefined : tables.get(collector);
  const contents = new Map<Candidate, Content>();
  for (const [candidate, table] of tables) {
    contents.set(candidate, {
      rows: table.rows,
      rows_sent,
      rows_without_service: await candidate.database.value<number>(
        `SELECT countIf(ServiceName = '') FROM ${candidate.table}`,
      ),
      columns_that_differ: reference === undefined ? null : columnsThatDiffer(table, reference),
    });
  }
  return contents;
}

async function allVariants(
  candidates: readonly Candidate[],
  { progress }: BenchContext,
): Promise<Map<Candidate, Record<string, IngestCost | null>>> {
  const results = new Map<Candidate, Record<string, IngestCost | null>>(
    candidates.map((candidate) => [candidate, {}]),
  );
  for (const [index, variant] of VARIANTS.entries()) {
    progress(`measuring ${variant.name}`);
    const seed = 1_000 + index * 10;
    const probe = makeLoad({ ...variant, spans: variant.spansPerRequest * 8, seed });
    const warmUp = makeLoad({ ...variant, seed: seed + 1 });
    const load = makeLoad({ ...variant, seed: seed + 2 });
    for (const candidate of candidates) {
      await allQuiet(candidates);
      const cost = await variantCost(candidate, [probe, warmUp, load]);
      const own = results.get(candidate);
      if (own !== undefined) own[variant.name] = cost;
    }
  }
  return results;
}

async function variantCost(
  candidate: Candidate,
  [probe, warmUp, load]: readonly [Load, Load, Load],
): Promise<IngestCost | null> {
  if (!(await takes(candidate, probe))) return null;
  await measure(candidate, warmUp);
  return costOf([await measure(candidate, load)]);
}

/** Our own figures first, as they were named from the beginning; then ratios, then each peer. */
function summary(figures: Record<string, CandidateFigures>): Record<string, unknown> {
  const { spanledger, ...others } = figures;
  if (spanledger === undefined) throw new Error('our own figures are missing');
  const ratio = (other: CandidateFigures | undefined): number | null =>
    other === undefined ? null : rounded(other.us_per_span / spanledger.us_per_span);
  const json = spanledger.variants['json_200'];
  return {
    vs_collector: ratio(others['collector']),
    vs_rotel: ratio(others['rotel']),
    ...('against' in others ? { vs_against: ratio(others['against']) } : {}),
    json_vs_protobuf: json ? rounded(json.us_per_span / spanledger.us_per_span) : null,
    ...spanledger,
    spans: PASS_SPANS,
    spans_per_request: SPANS_PER_REQUEST,
    peers: { collector: null, rotel: null, ...others },
  };
}
