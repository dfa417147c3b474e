// The fields of one data point. Sums, histograms and exponential histograms number them differently;
// of histograms only the sum matters here.

import { pairsOf } from './attribute-map.ts';
import { bigOf } from './bytes.ts';
import type { Walk } from './walk.ts';
import { FIXED64, VARINT } from './wire.ts';

/** Where a kind of point has its fields. */
export interface PointForm {
  readonly attributes: number;
  readonly double: number;
  /** A whole number, where the kind has one; 0 where it has none. */
  readonly integer: number;
  readonly flags: number;
}

const FORMS: Readonly<Record<number, PointForm>> = {
  7: { attributes: 7, double: 4, integer: 6, flags: 8 },
  9: { attributes: 9, double: 5, integer: 0, flags: 10 },
  10: { attributes: 1, double: 5, integer: 0, flags: 10 },
};

/** The form of the points in a field of Metric; null for gauges and summaries, which are no sums. */
export const pointForm = (field: number): PointForm | null => FORMS[field] ?? null;

const START = 2;
const TIME = 3;
/** A point with this flag says that there was nothing to say. */
const NO_RECORDED_VALUE = 1;

export interface Point {
  start: bigint;
  startHigh: number;
  time: bigint;
  timeHigh: number;
  /** Null when the point has none. */
  value: number | bigint | null;
  /** Attribute keys and values, one after the other. */
  pairs: readonly string[];
}

export function emptyPoint(): Point {
  return { start: 0n, startHigh: 0, time: 0n, timeHigh: 0, value: null, pairs: [] };
}

export function readPoint(walk: Walk, end: number, form: PointForm, point: Point): void {
  const { wire } = walk;
  const { attributes } = walk.block.metricTable;
  const pairTag = (form.attributes << 3) | 2;
  let flags = 0;
  attributes.begin();
  while (wire.p < end) {
    if (wire.u8[wire.p] === pairTag) {
      walk.attributes(end, pairTag, attributes);
      continue;
    }
    const tag = wire.tag(end);
    const field = tag >>> 3;
    if (field === START || field === TIME) {
      wire.expect(tag, FIXED64);
      readTime(walk, end, field, point);
    } else if (field === form.double) {
      wire.expect(tag, FIXED64);
      point.value = wire.dv.getFloat64(wire.fixed64(end), true);
    } else if (field === form.integer) {
      wire.expect(tag, FIXED64);
      point.value = wire.dv.getBigInt64(wire.fixed64(end), true);
    } else if (field === form.flags) {
      wire.expect(tag, VARINT);
      flags = wire.varint(end);
    } else wire.skip(tag, end);
  }
  point.pairs = pairsOf(attributes);
  attributes.drop();
  if ((flags & NO_RECORDED_VALUE) !== 0) point.value = null;
}

function readTime(walk: Walk, end: number, field: number, point: Point): void {
  const { wire } = walk;
  const at = wire.fixed64(end);
  const low = wire.dv.getUint32(at, true);
  const high = wire.dv.getUint32(at + 4, true);
  if (field === START) {
    point.start = bigOf(low, high);
    point.startHigh = high;
  } else {
    point.time = bigOf(low, high);
    point.timeHigh = high;
  }
}
