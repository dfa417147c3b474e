// Metric requests are understood far enough to count their points, and not used: the same figures
// arrive as spans or logs, and metrics are never added to those.

import { Bytes } from './bytes.ts';
import type { Body } from './decode.ts';
import { transcode } from './json-walker.ts';
import { decodeLimits } from './limits.ts';
import { METRICS } from './otlp-messages.ts';
import { type Receipt, Tally } from './receipt.ts';
import { BYTES, Wire } from './wire.ts';

/** Fields on the way from a request to its points: resources, scopes, metrics, data, points. */
const PATH: readonly (readonly number[])[] = [[1], [2], [2], [5, 7, 9, 10, 11], [1]];

/** Counts the data points of a metric request; malformed bytes throw. */
export function countMetrics(body: Body): Receipt {
  const wire = new Wire();
  let end = body.length;
  if (body.encoding === 'protobuf') wire.open(body.bytes);
  else {
    const scratch = new Bytes(1024);
    transcode(body, METRICS, scratch, decodeLimits());
    wire.open(scratch.u8);
    end = scratch.n;
  }
  const tally = new Tally();
  tally.accepted = tally.not_used = countPoints(wire, end, 0);
  return tally.receipt([]);
}

function countPoints(wire: Wire, end: number, level: number): number {
  const wanted = PATH[level]!;
  let points = 0;
  while (wire.p < end) {
    const tag = wire.tag(end);
    if (!wanted.includes(tag >>> 3)) {
      wire.skip(tag, end);
      continue;
    }
    wire.expect(tag, BYTES);
    const length = wire.length(end);
    if (level === PATH.length - 1) {
      points++;
      wire.p += length;
    } else points += countPoints(wire, wire.p + length, level + 1);
  }
  return points;
}
