// What metrics alone tell of a service: sums without calls. Points become increments, increments
// become sums, and of several tellings of one sum one is taken whole, never two.

import { doubtsOfScope } from './dialects/metrics.ts';
import type { Doubt } from './doubts.ts';
import type { CacheConvention, ReasoningConvention } from './fact.ts';
import type { MetricPoint, MetricQuantity, Temporality } from './metric-point.ts';

/** The increments of all series that say the same of themselves. */
export interface MetricSum {
  readonly org_id: string;
  readonly service_name: string;
  readonly scope_name: string;
  readonly dialect: string;
  readonly provider: string;
  readonly request_model: string;
  readonly response_model: string;
  readonly quantity: MetricQuantity;
  readonly cache_convention: CacheConvention;
  readonly reasoning_convention: ReasoningConvention;
  readonly temporality: Temporality;
  /** Tokens, or 10⁻¹² US dollars. */
  readonly value: bigint;
}

/** What metrics tell of one model of a service. A class that they do not name is null. */
export interface MetricUsage {
  readonly org_id: string;
  readonly service_name: string;
  readonly scope_name: string;
  readonly provider: string;
  readonly model: string;
  readonly input_total: number | null;
  readonly cache_read: number | null;
  readonly cache_write: number | null;
  readonly output_total: number | null;
  readonly reasoning: number | null;
  /** As the emitter reports it, in 10⁻¹² US dollars. */
  readonly reported_cost_usd: bigint | null;
  readonly usage_reason: 'metric_only';
  readonly doubts: readonly Doubt[];
}

type SaidOfSum = Omit<MetricSum, 'value'>;

/**
 * Points as sums. A cumulative series counts what it grew by: from nothing at a new start, and from
 * nothing again where it fell, because it was reset. A delta series counts each of its points. A
 * point that came again counts once, whatever the order of arrival.
 */
export function metricSums(points: readonly MetricPoint[]): MetricSum[] {
  const sums = new Map<string, { said: SaidOfSum; value: bigint }>();
  for (const series of runsOf(points)) {
    const said = saidOf(series[0]!);
    const key = JSON.stringify(Object.values(said));
    const sum = sums.get(key) ?? { said, value: 0n };
    sum.value += grownBy(series);
    sums.set(key, sum);
  }
  return [...sums.values()].map(({ said, value }) => ({ ...said, value }));
}

/** The points of each series and start, in the order of time, each time once. */
function runsOf(points: readonly MetricPoint[]): MetricPoint[][] {
  const runs = new Map<string, Map<bigint, MetricPoint>>();
  for (const point of points) {
    const key = `${point.org_id}\n${point.series}\n${point.start_time}`;
    let run = runs.get(key);
    if (run === undefined) runs.set(key, (run = new Map()));
    const other = run.get(point.time);
    if (other === undefined || point.value > other.value) run.set(point.time, point);
  }
  return [...runs.values()].map((run) =>
    [...run.values()].sort((a, b) => (a.time < b.time ? -1 : 1)),
  );
}

function grownBy(run: readonly MetricPoint[]): bigint {
  let sum = 0n;
  let before = 0n;
  for (const { temporality, value } of run) {
    const repeats = temporality === 'cumulative' && value >= before;
    sum += repeats ? value - before : value;
    before = value;
  }
  return sum;
}

function saidOf(point: MetricPoint): SaidOfSum {
  return {
    org_id: point.org_id,
    service_name: point.service_name,
    scope_name: point.scope_name,
    dialect: point.dialect,
    provider: point.provider,
    request_model: point.request_model,
    response_model: point.response_model,
    quantity: point.quantity,
    cache_convention: point.cache_convention,
    reasoning_convention: point.reasoning_convention,
    temporality: point.temporality,
  };
}

/**
 * Per service and model the telling with the largest sum: instrumentations of one call each keep
 * their own metric, with no id to tell that they are one. Sums of nothing are left out: an emitter
 * writes zeros where it does not know.
 */
export function metricUsage(sums: readonly MetricSum[]): MetricUsage[] {
  const usage: MetricUsage[] = [];
  for (const service of groupsBy(sums, (sum) => `${sum.org_id}\n${sum.service_name}`)) {
    for (const same of groupsBy(service, modelGroups(service))) {
      const tellings = groupsBy(same, tellingOf).map(rowsOf);
      usage.push(...(tellings.sort(likelier)[0] ?? []));
    }
  }
  return usage.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Instrumentation, family of names, and exporter: each tells of every call that it sees. */
const tellingOf = (sum: MetricSum): string =>
  [sum.scope_name, sum.dialect, sum.temporality].join('\n');

const keyOf = (row: MetricUsage): string =>
  [row.org_id, row.service_name, row.provider, row.model].join('\n');

function groupsBy<T>(list: readonly T[], keyOfOne: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const key = keyOfOne(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

const DATE = /(?:-\d{4}-\d{2}-\d{2}|[-@]\d{8}|-latest)$/;

/** A model's name without what gateways and releases put around it. */
const plainModel = (name: string): string =>
  name
    .slice(name.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(DATE, '');

/**
 * Which sums of a service may tell of the same calls: those that share a model under any of its
 * names. Where a telling names no model, it may tell of every one.
 */
function modelGroups(sums: readonly MetricSum[]): (sum: MetricSum) => string {
  const named = sums.every((sum) => namesOf(sum).length > 0);
  if (!named) return () => '';
  const parent = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    while (parent.has(root)) root = parent.get(root)!;
    for (let at = name; at !== root;) {
      const next = parent.get(at)!;
      parent.set(at, root);
      at = next;
    }
    return root;
  };
  for (const sum of sums) {
    const [one, other] = namesOf(sum).map(rootOf);
    if (other !== undefined && one !== undefined && one !== other) parent.set(other, one);
  }
  return (sum) => rootOf(namesOf(sum)[0]!);
}

function namesOf({ request_model, response_model }: MetricSum): string[] {
  return [response_model, request_model].filter((name) => name !== '').map(plainModel);
}

/** One telling, by model; what is all zero is left out. */
function rowsOf(sums: readonly MetricSum[]): MetricUsage[] {
  const byModel = groupsBy(sums, (sum) => `${sum.provider}\n${modelOf(sum)}`);
  return byModel.map(rowOf).filter((row) => tokensOf(row) > 0 || row.reported_cost_usd !== null);
}

const modelOf = (sum: MetricSum): string => sum.response_model || sum.request_model;

function rowOf(sums: readonly MetricSum[]): MetricUsage {
  const first = sums[0]!;
  const of = (quantity: MetricQuantity): bigint | null => sumOf(sums, quantity);
  const [input, read, write] = [of('input'), of('cache_read'), of('cache_write')];
  const [output, reasoning] = [of('output'), of('reasoning')];
  const cached = (read ?? 0n) + (write ?? 0n);
  const outside =
    first.cache_convention === 'excluded' ||
    (first.cache_convention === 'unknown' && cached > (input ?? 0n));
  const beside = first.reasoning_convention === 'excluded';
  return {
    org_id: first.org_id,
    service_name: first.service_name,
    scope_name: first.scope_name,
    provider: first.provider,
    model: modelOf(first),
    input_total: outside ? wholeOf(input, read, write) : wholeOf(input),
    cache_read: wholeOf(read),
    cache_write: wholeOf(write),
    output_total: beside ? wholeOf(output, reasoning) : wholeOf(output),
    reasoning: wholeOf(reasoning),
    reported_cost_usd: of('cost') || null,
    usage_reason: 'metric_only',
    doubts: doubtsOfScope(first.scope_name),
  };
}

function sumOf(sums: readonly MetricSum[], quantity: MetricQuantity): bigint | null {
  let total: bigint | null = null;
  for (const sum of sums) if (sum.quantity === quantity) total = (total ?? 0n) + sum.value;
  return total;
}

function wholeOf(...parts: readonly (bigint | null)[]): number | null {
  let total: bigint | null = null;
  for (const part of parts) if (part !== null) total = (total ?? 0n) + part;
  return total === null ? null : Number(total);
}

const tokensOf = (row: MetricUsage): number => (row.input_total ?? 0) + (row.output_total ?? 0);

/** The larger sum first, then the one that knows more classes, then by name. */
function likelier(a: readonly MetricUsage[], b: readonly MetricUsage[]): number {
  const more = sumRows(b, tokensOf) - sumRows(a, tokensOf);
  const finer = sumRows(b, classesOf) - sumRows(a, classesOf);
  const name = (rows: readonly MetricUsage[]): string => rows[0]?.scope_name ?? '';
  return more || finer || (name(a) < name(b) ? -1 : 1);
}

const sumRows = (rows: readonly MetricUsage[], of: (row: MetricUsage) => number): number =>
  rows.reduce((sum, row) => sum + of(row), 0);

const classesOf = (row: MetricUsage): number =>
  [row.cache_read, row.cache_write, row.reasoning, row.reported_cost_usd].filter(
    (known) => known !== null,
  ).length;
