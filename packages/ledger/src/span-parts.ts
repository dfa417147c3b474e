// Events and links of a span: appended to the nested columns while the span is read.

import { attributesContent } from './attribute-map.ts';
import { decodeText, varintSize } from './bytes.ts';
import { hashBytes, mix } from './content-hash.ts';
import { putHex } from './identifier.ts';
import type { SpanTable } from './span-table.ts';
import { prefixAt } from './value-columns.ts';
import { known, type Walk } from './walk.ts';
import { BYTES, FIXED32, FIXED64, VARINT } from './wire.ts';

const EVENT_TYPES = [-1, FIXED64, BYTES, BYTES, VARINT];
const LINK_TYPES = [-1, BYTES, BYTES, BYTES, BYTES, VARINT, FIXED32];
/** An id in a link is data, whatever its length; this much of it is kept. */
const LINK_ID_BYTES = 32;

export function readEvent(walk: Walk, end: number): void {
  const { wire } = walk;
  const spans = walk.block.spanTable;
  let low = 0;
  let high = 0;
  let name = 0;
  spans.eventAttributes.begin();
  while (wire.p < end) {
    if (wire.u8[wire.p] === 0x1a) {
      walk.attributes(end, 0x1a, spans.eventAttributes);
      continue;
    }
    const tag = known(wire, wire.tag(end), EVENT_TYPES);
    if (tag >>> 3 === 1) {
      const at = wire.fixed64(end);
      low = wire.dv.getUint32(at, true);
      high = wire.dv.getUint32(at + 4, true);
    } else if (tag >>> 3 === 2) {
      const length = wire.length(end);
      name = spans.eventNames.intern(wire.u8, wire.dv, wire.p, length);
      wire.p += length;
    } else wire.skip(tag, end);
  }
  spans.eventTime.pair(low, high);
  spans.eventName.push(name);
  spans.eventAttributeEnds.pair(spans.eventAttributes.ids.n, 0);
}

export function readLink(walk: Walk, end: number): void {
  const { wire } = walk;
  const spans = walk.block.spanTable;
  let traceAt = 0;
  let traceLength = 0;
  let spanAt = 0;
  let spanLength = 0;
  let state = '';
  spans.linkAttributes.begin();
  while (wire.p < end) {
    if (wire.u8[wire.p] === 0x22) {
      walk.attributes(end, 0x22, spans.linkAttributes);
      continue;
    }
    const tag = known(wire, wire.tag(end), LINK_TYPES);
    if (tag >>> 3 === 3) {
      state = walk.text(end);
      continue;
    }
    if (tag >>> 3 > 2) {
      wire.skip(tag, end);
      continue;
    }
    const length = wire.length(end);
    if (tag >>> 3 === 1) {
      traceAt = wire.p;
      traceLength = Math.min(length, LINK_ID_BYTES);
    } else {
      spanAt = wire.p;
      spanLength = Math.min(length, LINK_ID_BYTES);
    }
    wire.p += length;
  }
  spans.linkTraceId.reserve(LINK_ID_BYTES * 2 + 1);
  spans.linkSpanId.reserve(LINK_ID_BYTES * 2 + 1);
  putHex(spans.linkTraceId, wire.u8, traceAt, traceLength);
  putHex(spans.linkSpanId, wire.u8, spanAt, spanLength);
  spans.linkTraceState.text(state);
  spans.linkAttributeEnds.pair(spans.linkAttributes.ids.n, 0);
}

/** How far the columns of events and links are filled, so that a refused span can be taken back. */
export interface PartsMark {
  /** Most spans have neither: the rest is only true once the first of them is read. */
  taken: boolean;
  events: number;
  eventIds: number;
  eventValues: number;
  links: number;
  linkIds: number;
  linkValues: number;
  linkTraceId: number;
  linkSpanId: number;
  linkTraceState: number;
}

export function emptyPartsMark(): PartsMark {
  return {
    taken: false,
    events: 0,
    eventIds: 0,
    eventValues: 0,
    links: 0,
    linkIds: 0,
    linkValues: 0,
    linkTraceId: 0,
    linkSpanId: 0,
    linkTraceState: 0,
  };
}

export function markParts(spans: SpanTable, mark: PartsMark): void {
  mark.taken = true;
  mark.events = spans.eventName.n;
  mark.eventIds = spans.eventAttributes.ids.n;
  mark.eventValues = spans.eventAttributes.values.n;
  mark.links = spans.linkAttributeEnds.n >> 1;
  mark.linkIds = spans.linkAttributes.ids.n;
  mark.linkValues = spans.linkAttributes.values.n;
  mark.linkTraceId = spans.linkTraceId.n;
  mark.linkSpanId = spans.linkSpanId.n;
  mark.linkTraceState = spans.linkTraceState.n;
}

export function dropParts(spans: SpanTable, mark: PartsMark): void {
  if (!mark.taken) return;
  spans.eventName.n = mark.events;
  spans.eventTime.n = mark.events * 2;
  spans.eventAttributeEnds.n = mark.events * 2;
  spans.eventAttributes.ids.n = mark.eventIds;
  spans.eventAttributes.values.n = mark.eventValues;
  spans.linkAttributeEnds.n = mark.links * 2;
  spans.linkAttributes.ids.n = mark.linkIds;
  spans.linkAttributes.values.n = mark.linkValues;
  spans.linkTraceId.n = mark.linkTraceId;
  spans.linkSpanId.n = mark.linkSpanId;
  spans.linkTraceState.n = mark.linkTraceState;
}

/** Hash of what the events and links since the mark say. */
export function partsContent(spans: SpanTable, mark: PartsMark, seed: number): number {
  let hash = seed;
  for (let i = mark.events; i < spans.eventName.n; i++) {
    hash = mix(hash, spans.eventNames.contents[spans.eventName.u32[i]!]!);
    hash = mix(mix(hash, spans.eventTime.u32[i * 2]!), spans.eventTime.u32[i * 2 + 1]!);
    hash = mix(hash, spans.eventAttributeEnds.u32[i * 2]! - mark.eventIds);
  }
  hash = attributesContent(spans.eventAttributes, mark.eventIds, mark.eventValues, hash);
  for (let i = mark.links; i < spans.linkAttributeEnds.n >> 1; i++) {
    hash = mix(hash, spans.linkAttributeEnds.u32[i * 2]! - mark.linkIds);
  }
  hash = hashBytes(spans.linkTraceId.dv, mark.linkTraceId, spans.linkTraceId.n, hash);
  hash = hashBytes(spans.linkSpanId.dv, mark.linkSpanId, spans.linkSpanId.n, hash);
  hash = hashBytes(spans.linkTraceState.dv, mark.linkTraceState, spans.linkTraceState.n, hash);
  return attributesContent(spans.linkAttributes, mark.linkIds, mark.linkValues, hash);
}

/** The events since the mark, read back from the columns for a dialect that asks. */
export function eventsOf(
  spans: SpanTable,
  mark: PartsMark,
): { name: string; attributes: Map<string, string> }[] {
  const { eventName, eventNames, eventAttributes, eventAttributeEnds } = spans;
  const { u8 } = eventAttributes.values;
  const out: { name: string; attributes: Map<string, string> }[] = [];
  if (!mark.taken) return out;
  let pair = mark.eventIds;
  let at = mark.eventValues;
  for (let event = mark.events; event < eventName.n; event++) {
    const attributes = new Map<string, string>();
    for (; pair < eventAttributeEnds.u32[event * 2]!; pair++) {
      const length = prefixAt(u8, at);
      const start = at + varintSize(length);
      at = start + length;
      const key = eventAttributes.keys.text(eventAttributes.ids.u32[pair]!);
      attributes.set(key, decodeText(u8, start, at));
    }
    out.push({ name: eventNames.text(eventName.u32[event]!), attributes });
  }
  return out;
}
