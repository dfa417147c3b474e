// Metric requests: points that tell tokens or cost become rows, because for some services they are
// all there is; the rest is counted as not used. Nothing here adds them to anything.

import { createHash } from 'node:crypto';

import { pairsOf } from './attribute-map.ts';
import type { Block } from './block.ts';
import { type Body, openBody, type Sender } from './decode.ts';
import { meaningOfPoint, tellsUsage } from './dialects/metrics.ts';
import { emptyPoint, type Point, pointForm, readPoint } from './metric-fields.ts';
import type { MetricPoint, Temporality } from './metric-point.ts';
import { METRICS } from './otlp-messages.ts';
import { picodollarsOfNumber } from './reading/money.ts';
import type { Receipt } from './receipt.ts';
import { cutText } from './text-cut.ts';
import { isOutOfRange } from './times.ts';
import { known, Walk } from './walk.ts';
import { BYTES, VARINT } from './wire.ts';

const MESSAGE_TYPES = [-1, BYTES, BYTES];
const METRIC_TYPES = [-1, BYTES, -1, -1, -1, BYTES, -1, BYTES, -1, BYTES, BYTES, BYTES];
const DATA_TYPES = [-1, BYTES, VARINT, VARINT];
const TEMPORALITIES: readonly (Temporality | null)[] = [null, 'delta', 'cumulative'];
const SERIES_HEX_DIGITS = 32;
const TOKENS_END = 2 ** 53;

/** What a scope's points have in common. */
interface Origin {
  readonly resource: readonly string[];
  readonly metric: string;
  readonly temporality: Temporality | null;
}

/** Adds the points of a metric request to the block. Malformed bytes throw, and the block is as before. */
export function decodeMetrics(body: Body, block: Block, sender: Sender): Receipt {
  const mark = block.mark();
  const repaired = block.repaired;
  const { attributes, resource } = block.logTable;
  const walk = new Walk(block, sender, attributes, resource);
  try {
    const end = openBody(body, block, METRICS);
    messages(walk, end, MESSAGE_TYPES, 0x0a, (to) => readResource(walk, to));
  } catch (error) {
    block.rollback(mark);
    throw error;
  }
  if (block.repaired > repaired) walk.tally.adjust('invalid_utf8', block.repaired - repaired);
  return walk.tally.receipt([]);
}

/** Calls `read` for each field `wanted` of a message and passes over the rest. */
function messages(
  walk: Walk,
  end: number,
  types: readonly number[],
  wanted: number,
  read: (end: number) => void,
): void {
  const { wire } = walk;
  while (wire.p < end) {
    const tag = known(wire, wire.tag(end), types);
    if (tag === wanted) {
      const length = wire.length(end);
      const to = wire.p + length;
      read(to);
      wire.p = to;
    } else wire.skip(tag, end);
  }
}

function readResource(walk: Walk, end: number): void {
  const { wire } = walk;
  const { resource } = walk.block.logTable;
  const start = wire.p;
  resource.begin();
  messages(walk, end, MESSAGE_TYPES, 0x0a, (to) => walk.resource(to, resource));
  walk.closeResource(resource);
  const pairs = sortedPairs(pairsOf(resource));
  resource.drop();
  wire.p = start;
  messages(walk, end, MESSAGE_TYPES, 0x12, (to) => readScope(walk, to, pairs));
}

function readScope(walk: Walk, end: number, resource: readonly string[]): void {
  const { wire } = walk;
  const start = wire.p;
  walk.scope = { name: '', version: '' };
  messages(walk, end, MESSAGE_TYPES, 0x0a, (to) => walk.scopeMessage(to, null));
  wire.p = start;
  messages(walk, end, MESSAGE_TYPES, 0x12, (to) => readMetric(walk, to, resource));
}

function readMetric(walk: Walk, end: number, resource: readonly string[]): void {
  const { wire } = walk;
  const start = wire.p;
  let metric = '';
  while (wire.p < end) {
    const tag = known(wire, wire.tag(end), METRIC_TYPES);
    if (tag === 0x0a) metric = walk.text(end);
    else wire.skip(tag, end);
  }
  const told = tellsUsage(metric);
  wire.p = start;
  while (wire.p < end) {
    const tag = wire.tag(end);
    const field = tag >>> 3;
    if (METRIC_TYPES[field] !== BYTES || field === 1) {
      wire.skip(tag, end);
      continue;
    }
    const length = wire.length(end);
    const to = wire.p + length;
    const temporality = told ? temporalityOf(walk, to) : null;
    readData(walk, to, field, { resource, metric, temporality });
  }
}

/** How the points of a sum or histogram are to be added; null where nothing says so. */
function temporalityOf(walk: Walk, end: number): Temporality | null {
  const { wire } = walk;
  const start = wire.p;
  let temporality: Temporality | null = null;
  while (wire.p < end) {
    const tag = known(wire, wire.tag(end), DATA_TYPES);
    if (tag === 0x10) temporality = TEMPORALITIES[wire.varint(end)] ?? null;
    else wire.skip(tag, end);
  }
  wire.p = start;
  return temporality;
}

function readData(walk: Walk, end: number, field: number, origin: Origin): void {
  const { tally, block } = walk;
  const form = origin.temporality === null ? null : pointForm(field);
  messages(walk, end, [-1, BYTES], 0x0a, (to) => {
    if (walk.refusal !== null) {
      tally.refuse(walk.refusal);
      return;
    }
    if (form === null) tally.not_used++;
    else if (!walk.admit(block.limits.metric_points_per_request)) {
      tally.refuse('metric_points_per_request');
      return;
    } else {
      const point = emptyPoint();
      readPoint(walk, to, form, point);
      if (isOutOfRange(point.timeHigh) || isOutOfRange(point.startHigh)) {
        tally.refuse('time_out_of_range');
        return;
      }
      if (!addPoint(walk, point, origin)) tally.not_used++;
    }
    tally.accepted++;
  });
}

/** Writes the row of a point; false when the point tells nothing that can be added. */
function addPoint(walk: Walk, point: Point, origin: Origin): boolean {
  const { metric, temporality, resource } = origin;
  if (temporality === null || point.value === null || point.time === 0n) return false;
  const pairs = sortedPairs(point.pairs);
  const meaning = meaningOfPoint(metric, mapOf(pairs));
  if (meaning === null) return false;
  const value = meaning.quantity === 'cost' ? dollars(point.value) : tokens(point.value);
  if (value === null) return false;
  const { scope, block } = walk;
  const cut = (text: string): string => cutText(text, block.limits.fact_text_bytes);
  const identity = [resource, scope.name, scope.version, metric, temporality, pairs];
  const row: MetricPoint = {
    ...meaning,
    org_id: walk.org,
    service_name: cut(walk.service),
    environment: cut(walk.environment),
    scope_name: cut(scope.name),
    metric,
    provider: cut(meaning.provider),
    request_model: cut(meaning.request_model),
    response_model: cut(meaning.response_model),
    temporality,
    series: createHash('sha256')
      .update(JSON.stringify(identity))
      .digest('hex')
      .slice(0, SERIES_HEX_DIGITS),
    start_time: point.start,
    time: point.time,
    value,
  };
  block.metricTable.add(row);
  return true;
}

/** A count as it is written: fractions are cut off, and what is no count is null. */
function tokens(value: number | bigint): bigint | null {
  const whole = typeof value === 'bigint' ? Number(value) : Math.floor(value);
  return whole >= 0 && whole < TOKENS_END ? BigInt(whole) : null;
}

function dollars(value: number | bigint): bigint | null {
  const amount = picodollarsOfNumber(Number(value));
  return amount !== null && amount >= 0n ? amount : null;
}

/** Pairs in the order of their keys, so that a series is the same however it is written. */
function sortedPairs(pairs: readonly string[]): string[] {
  const keyed: [string, string][] = [];
  for (let i = 0; i < pairs.length; i += 2) keyed.push([pairs[i]!, pairs[i + 1]!]);
  keyed.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  return keyed.flat();
}

function mapOf(pairs: readonly string[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i]!, pairs[i + 1]!);
  return map;
}
