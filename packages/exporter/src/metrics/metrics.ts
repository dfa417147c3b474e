// Counts what happens and writes it as Prometheus text. Series exist from the start with all the
// label values of the list; a value that the list does not know is counted as `other`.

import { METRICS, type MetricEntry, type MetricName } from './metric-list.ts';

type LabelValues = Readonly<Record<string, string>>;

interface Histogram {
  readonly bounds: readonly number[];
  readonly counts: number[];
  sum: number;
  count: number;
}

/** What a process counted: series by name and labels, histograms by name. */
export interface Counts {
  readonly values: ReadonlyMap<string, number>;
  readonly histograms: ReadonlyMap<string, Histogram>;
}

/** Gauges that each receiving process has, so that the sum is the service's. */
const OF_EACH_PROCESS: ReadonlySet<MetricName> = new Set([
  'spanledger_waiting_requests',
  'spanledger_decompressions',
  'spanledger_rated_organisations',
  'spanledger_in_flight_requests',
  'spanledger_in_flight_bytes',
  'spanledger_kept_buffer_bytes',
  'spanledger_discarding_requests',
  'spanledger_connections',
  'spanledger_recent_bodies',
  'spanledger_blocks_free',
]);

const OTHER = 'other';

export class Metrics {
  readonly #values = new Map<string, number>();
  readonly #histograms = new Map<string, Histogram>();
  /** Gauges that are read when the page is written. */
  readonly #sources = new Map<string, () => number>();
  /** What other processes of the service counted. */
  #others: () => readonly Counts[] = () => [];

  constructor() {
    for (const [name, entry] of entries()) {
      if (entry.type === 'histogram') {
        const bounds = entry.buckets ?? [];
        this.#histograms.set(name, { bounds, counts: bounds.map(() => 0), sum: 0, count: 0 });
        continue;
      }
      for (const labels of combinations(entry)) this.#values.set(name + labels, 0);
    }
  }

  count(name: MetricName, labels: LabelValues = {}, by = 1): void {
    const key = name + this.#labels(name, labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + by);
  }

  set(name: MetricName, value: number): void {
    this.#values.set(name, value);
  }

  source(name: MetricName, read: () => number): void {
    this.#sources.set(name, read);
  }

  /** The page sums what these counted, too. */
  sum(others: () => readonly Counts[]): void {
    this.#others = others;
  }

  counts(): Counts {
    this.#readSources();
    return { values: this.#values, histograms: this.#histograms };
  }

  observe(name: MetricName, value: number): void {
    const histogram = this.#histograms.get(name);
    if (histogram === undefined) return;
    const index = histogram.bounds.findIndex((bound) => value <= bound);
    if (index >= 0) histogram.counts[index] = (histogram.counts[index] ?? 0) + 1;
    histogram.sum += value;
    histogram.count++;
  }

  value(name: MetricName, labels: LabelValues = {}): number {
    return this.#values.get(name + this.#labels(name, labels)) ?? 0;
  }

  /** The Prometheus text format, version 0.0.4. */
  text(): string {
    const { values, histograms } = this.#others().reduce(addCounts, this.counts());
    const lines: string[] = [];
    for (const [name, entry] of entries()) {
      lines.push(`# HELP ${name} ${entry.help}`, `# TYPE ${name} ${entry.type}`);
      const histogram = histograms.get(name);
      if (histogram !== undefined) lines.push(...histogramLines(name, histogram));
      for (const [key, value] of values) {
        if (key === name || key.startsWith(`${name}{`)) lines.push(`${key} ${value}`);
      }
    }
    return `${lines.join('\n')}\n`;
  }

  #readSources(): void {
    for (const [name, read] of this.#sources) this.#values.set(name, read());
  }

  #labels(name: MetricName, given: LabelValues): string {
    const entry: MetricEntry = METRICS[name];
    const pairs = Object.entries(entry.labels ?? {}).map(([label, allowed]) => {
      const value = given[label] ?? OTHER;
      return `${label}="${allowed.includes(value) ? value : OTHER}"`;
    });
    return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
  }
}

/** The sums of both; a gauge of one process only is the first one's. */
export function addCounts(one: Counts | null, other: Counts): Counts {
  if (one === null) return other;
  const values = new Map(one.values);
  for (const [key, value] of other.values) {
    if (isSummed(nameOf(key))) values.set(key, (values.get(key) ?? 0) + value);
  }
  const histograms = new Map(one.histograms);
  for (const [name, more] of other.histograms) {
    const known = histograms.get(name);
    histograms.set(name, known === undefined ? more : sumOf(known, more));
  }
  return { values, histograms };
}

/** Without the gauges: what holds beyond the end of a process. */
export function countersOf({ values, histograms }: Counts): Counts {
  const counters = [...values].filter(([key]) => METRICS[nameOf(key)]?.type === 'counter');
  return { values: new Map(counters), histograms };
}

function nameOf(key: string): MetricName {
  return key.split('{', 1)[0] as MetricName;
}

function isSummed(name: MetricName): boolean {
  return METRICS[name].type === 'counter' || OF_EACH_PROCESS.has(name);
}

function sumOf(one: Histogram, other: Histogram): Histogram {
  const counts = one.counts.map((count, bucket) => count + (other.counts[bucket] ?? 0));
  const { bounds } = one;
  return { bounds, counts, sum: one.sum + other.sum, count: one.count + other.count };
}

function entries(): readonly [string, MetricEntry][] {
  return Object.entries(METRICS);
}

/** Every combination of the allowed label values, as it stands behind the name. */
function combinations(entry: MetricEntry): string[] {
  let lists: string[][] = [[]];
  for (const [label, allowed] of Object.entries(entry.labels ?? {})) {
    lists = lists.flatMap((list) => allowed.map((value) => [...list, `${label}="${value}"`]));
  }
  return lists.map((list) => (list.length === 0 ? '' : `{${list.join(',')}}`));
}

function histogramLines(name: string, histogram: Histogram): string[] {
  let total = 0;
  const lines = histogram.bounds.map((bound, index) => {
    total += histogram.counts[index] ?? 0;
    return `${name}_bucket{le="${bound}"} ${total}`;
  });
  lines.push(`${name}_bucket{le="+Inf"} ${histogram.count}`);
  lines.push(`${name}_sum ${histogram.sum}`, `${name}_count ${histogram.count}`);
  return lines;
}
