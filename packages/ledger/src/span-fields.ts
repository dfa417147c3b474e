// The fields of one Span message: where they lie, and whether the span can be a row at all. Fields may
// come in any order and more than once; of those that are no lists the last one counts.

import { isZero, SPAN_ID_BYTES, TRACE_ID_BYTES } from './identifier.ts';
import type { RefusalReason } from './receipt.ts';
import { markParts, type PartsMark, readEvent, readLink } from './span-parts.ts';
import { isOutOfRange } from './times.ts';
import { known, type Walk } from './walk.ts';
import { BYTES, FIXED32, FIXED64, VARINT, type Wire } from './wire.ts';

const SPAN_TYPES = [
  ...[-1, BYTES, BYTES, BYTES, BYTES, BYTES, VARINT, FIXED64, FIXED64, BYTES, VARINT],
  ...[BYTES, VARINT, BYTES, VARINT, BYTES, FIXED32],
];
const STATUS_TYPES = [-1, -1, BYTES, VARINT];

/** Where the fields of the current span lie; a length of 0 is a field that is absent or empty. */
export interface Places {
  traceAt: number;
  traceLength: number;
  spanAt: number;
  spanLength: number;
  parentAt: number;
  parentLength: number;
  stateAt: number;
  stateLength: number;
  nameAt: number;
  nameLength: number;
  startAt: number;
  endAt: number;
  kind: number;
  status: number;
  messageAt: number;
  messageLength: number;
}

export function emptyPlaces(): Places {
  return {
    traceAt: 0,
    traceLength: 0,
    spanAt: 0,
    spanLength: 0,
    parentAt: 0,
    parentLength: 0,
    stateAt: 0,
    stateLength: 0,
    nameAt: 0,
    nameLength: 0,
    startAt: -1,
    endAt: -1,
    kind: 0,
    status: 0,
    messageAt: 0,
    messageLength: 0,
  };
}

/** Reads the span from the cursor to `end`: attributes and parts into their columns, the rest as places. */
export function readFields(walk: Walk, end: number, at: Places, mark: PartsMark): void {
  const { wire, block } = walk;
  const spans = block.spanTable;
  const u8 = wire.u8;
  at.traceLength = at.spanLength = at.parentLength = at.stateLength = at.nameLength = 0;
  at.messageLength = at.kind = at.status = 0;
  at.startAt = at.endAt = -1;
  while (wire.p < end) {
    if (u8[wire.p] === 0x4a) {
      walk.attributes(end, 0x4a, spans.attributes);
      continue;
    }
    const tag = known(wire, wire.tag(end), SPAN_TYPES);
    switch (tag >>> 3) {
      case 1:
        at.traceLength = wire.length(end);
        at.traceAt = wire.p;
        wire.p += at.traceLength;
        break;
      case 2:
        at.spanLength = wire.length(end);
        at.spanAt = wire.p;
        wire.p += at.spanLength;
        break;
      case 3:
        at.stateLength = wire.length(end);
        at.stateAt = wire.p;
        wire.p += at.stateLength;
        break;
      case 4:
        at.parentLength = wire.length(end);
        at.parentAt = wire.p;
        wire.p += at.parentLength;
        break;
      case 5:
        at.nameLength = wire.length(end);
        at.nameAt = wire.p;
        wire.p += at.nameLength;
        break;
      case 6:
        at.kind = wire.varint(end);
        if (wire.high !== 0) at.kind = 0xffffffff;
        break;
      case 7:
        at.startAt = wire.fixed64(end);
        break;
      case 8:
        at.endAt = wire.fixed64(end);
        break;
      case 11:
      case 13:
        readPart(walk, tag >>> 3 === 11, end, mark);
        break;
      case 15: {
        const length = wire.length(end);
        readStatus(wire, wire.p + length, at);
        break;
      }
      default:
        wire.skip(tag, end);
    }
  }
}

/** An event or a link, as long as the span may have more of them. */
function readPart(walk: Walk, isEvent: boolean, parentEnd: number, mark: PartsMark): void {
  const { wire, block, tally } = walk;
  const { limits, spanTable: spans } = block;
  const length = wire.length(parentEnd);
  const end = wire.p + length;
  if (!mark.taken) markParts(spans, mark);
  const had = isEvent
    ? spans.eventName.n - mark.events
    : (spans.linkAttributeEnds.n >> 1) - mark.links;
  if (had >= (isEvent ? limits.events_per_span : limits.links_per_span)) {
    tally.adjust(isEvent ? 'events_per_span' : 'links_per_span');
    wire.p = end;
  } else if (isEvent) readEvent(walk, end);
  else readLink(walk, end);
}

function readStatus(wire: Wire, end: number, at: Places): void {
  while (wire.p < end) {
    const tag = known(wire, wire.tag(end), STATUS_TYPES);
    if (tag >>> 3 === 2) {
      at.messageLength = wire.length(end);
      at.messageAt = wire.p;
      wire.p += at.messageLength;
    } else if (tag >>> 3 === 3) {
      at.status = wire.varint(end);
      if (wire.high !== 0) at.status = 0xffffffff;
    } else wire.skip(tag, end);
  }
}

/** Why the span cannot be a row, or null. */
export function refusalOf(u8: Uint8Array, dv: DataView, at: Places): RefusalReason | null {
  if (at.traceLength === 0) return 'missing_trace_id';
  if (at.traceLength !== TRACE_ID_BYTES) return 'invalid_trace_id';
  if (at.spanLength === 0) return 'missing_span_id';
  if (at.spanLength !== SPAN_ID_BYTES) return 'invalid_span_id';
  if (isZero(u8, at.traceAt, TRACE_ID_BYTES)) return 'zero_trace_id';
  if (isZero(u8, at.spanAt, SPAN_ID_BYTES)) return 'zero_span_id';
  if (at.startAt >= 0 && isOutOfRange(dv.getUint32(at.startAt + 4, true)))
    return 'time_out_of_range';
  if (at.endAt >= 0 && isOutOfRange(dv.getUint32(at.endAt + 4, true))) return 'time_out_of_range';
  return null;
}
