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

const OTHER = 'other';

export class Metrics {
  readonly #values = new Map<string, number>();
  readonly #histograms = new Map<string, Histogram>();
  /** Gauges that are read when the page is written. */
  readonly #sources = new Map<string, () => number>();

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
    for (const [name, read] of this.#sources) this.#values.set(name, read());
    const lines: string[] = [];
    for (const [name, entry] of entries()) {
      lines.push(`# HELP ${name} ${entry.help}`, `# TYPE ${name} ${entry.type}`);
      const histogram = this.#histograms.get(name);
      if (histogram !== undefined) lines.push(...histogramLines(name, histogram));
      for (const [key, value] of this.#values) {
        if (key === name || key.startsWith(`${name}{`)) lines.push(`${key} ${value}`);
      }
    }
    return `${lines.join('\n')}\n`;
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
