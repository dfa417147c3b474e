// What this project wants of its speed and its size, figure by figure.

export interface Goal {
  readonly figure: string;
  /** Where it lies in the results, names joined by dots. */
  readonly at: string;
  readonly unit: string;
  readonly goal: string;
  readonly reached: (value: number) => boolean;
}

const atLeast = (bound: number, goal: string) => ({
  goal,
  reached: (value: number) => value >= bound,
});
const atMost = (bound: number, goal: string) => ({
  goal,
  reached: (value: number) => value <= bound,
});

export const GOALS: readonly Goal[] = [
  {
    figure: 'Spans per CPU second, over the Go collector',
    at: 'ingest.vs_collector',
    unit: '×',
    ...atLeast(6, '≥ 6'),
  },
  {
    figure: 'Spans per CPU second, over Rotel',
    at: 'ingest.vs_rotel',
    unit: '×',
    ...atLeast(4, '≥ 4'),
  },
  {
    figure: 'CPU of ClickHouse for 200,000 spans',
    at: 'ingest.clickhouse_cpu_s_per_200k_spans',
    unit: ' s',
    ...atMost(1.5, '≤ 1.5'),
  },
  {
    figure: 'JSON over protobuf',
    at: 'ingest.json_vs_protobuf',
    unit: '×',
    ...atMost(2.5, '≤ 2.5'),
  },
  {
    figure: 'Facts settled per CPU second, pure',
    at: 'settle.facts_per_cpu_second',
    unit: '',
    ...atLeast(50_000, '≥ 50,000'),
  },
  {
    figure: 'Cost of a new span at 100 million stored over 1 million',
    at: 'settle.growth_1m_to_100m',
    unit: '×',
    ...atMost(1.2, '≤ 1.2'),
  },
  {
    figure: 'Freshness, 95th percentile at 5,000 spans/s',
    at: 'freshness_p95_ms',
    unit: ' ms',
    ...atMost(2_000, '≤ 2,000'),
  },
  {
    figure: 'Raw spans on disk, over the collector’s schema',
    at: 'bytes_per_span.raw_vs_collector_schema',
    unit: '×',
    ...atMost(0.65, '≤ 0.65'),
  },
  {
    figure: 'Raw, facts and ledger on disk, over the collector’s schema',
    at: 'bytes_per_span.all_vs_collector_schema',
    unit: '×',
    ...atMost(1, '≤ 1.0'),
  },
  {
    figure: 'Conversations of 40 turns, sent over stored',
    at: 'conversation_compaction',
    unit: '×',
    ...atLeast(40, '≥ 40'),
  },
  {
    figure: 'Added to a model call',
    at: 'instrumentation.added_us_per_call',
    unit: ' µs',
    ...atMost(10, '≤ 10'),
  },
  {
    figure: 'Added to a chunk of a stream',
    at: 'instrumentation.added_us_per_chunk',
    unit: ' µs',
    ...atMost(0.5, '≤ 0.5'),
  },
  {
    figure: 'Added to a model call, the cheapest other instrumentation over ours',
    at: 'instrumentation.vs_cheapest_peer',
    unit: '×',
    ...atLeast(1, '> 1'),
  },
  {
    figure: 'Added to a model call when disabled but loaded',
    at: 'instrumentation.added_us_when_disabled',
    unit: ' µs',
    ...atMost(0.05, '≤ 0.05'),
  },
  {
    figure: 'Added to the start of a program',
    at: 'instrumentation.added_ms_at_start',
    unit: ' ms',
    ...atMost(60, '≤ 60'),
  },
];
