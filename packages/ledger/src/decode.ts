// The way of a trace request: bytes of protobuf or JSON into the rows of a block, whole or not at
// all. Resource and scope are read before their spans, wherever they lie, and written once for all.

import type { Block } from './block.ts';
import { hashBytes, mix } from './content-hash.ts';
import { transcode } from './json-walker.ts';
import { TRACES } from './otlp-messages.ts';
import type { Receipt } from './receipt.ts';
import { SpanWalk } from './span-walk.ts';
import { known, Walk } from './walk.ts';
import { BYTES } from './wire.ts';

/** A request body; behind `length` lie at least 64 bytes that may be read and mean nothing. */
export interface Body {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly encoding: 'protobuf' | 'json';
}

export interface Sender {
  readonly org_id: string;
  /** True for a forwarder: each resource names its organisation, and `org_id` is not used. */
  readonly names_organisations?: boolean;
}

const REQUEST_TYPES = [-1, BYTES];
const RESOURCE_SPANS_TYPES = [-1, BYTES, BYTES, BYTES];
const SCOPE_SPANS_TYPES = [-1, BYTES, BYTES, BYTES];
const SCOPE_SEED = 0x27d4eb2f;

/** Adds a trace request to the block. Malformed bytes throw, and the block is as before. */
export function decodeTraces(body: Body, block: Block, sender: Sender): Receipt {
  const mark = block.mark();
  block.factTable.touched.clear();
  const repaired = block.repaired;
  const { attributes, resource } = block.spanTable;
  const walk = new Walk(block, sender, attributes, resource);
  try {
    const end = openBody(body, block, TRACES);
    readRequest(walk, end);
  } catch (error) {
    block.rollback(mark);
    throw error;
  }
  if (block.repaired > repaired) walk.tally.adjust('invalid_utf8', block.repaired - repaired);
  return walk.receipt();
}

/** Points the block's cursor at the protobuf form of a body; answers its end. */
export function openBody(
  body: Body,
  block: Block,
  message: Parameters<typeof transcode>[1],
): number {
  if (body.encoding === 'protobuf') {
    block.wire.open(body.bytes);
    return body.length;
  }
  transcode(body, message, block.scratch, block.limits);
  block.wire.open(block.scratch.u8);
  return block.scratch.n;
}

function readRequest(walk: Walk, end: number): void {
  const { wire } = walk;
  const spanWalk = new SpanWalk(walk);
  while (wire.p < end) {
    const tag = known(wire, wire.tag(end), REQUEST_TYPES);
    if (tag !== 0x0a) wire.skip(tag, end);
    else {
      const length = wire.length(end);
      readResourceSpans(walk, spanWalk, wire.p + length);
    }
  }
}

function readResourceSpans(walk: Walk, spanWalk: SpanWalk, end: number): void {
  const { wire } = walk;
  const spans = walk.block.spanTable;
  const { resource, table } = spans;
  const firstRow = table.rows;
  const start = wire.p;
  resource.begin();
  eachMessage(walk, end, RESOURCE_SPANS_TYPES, 0x0a, (to) => walk.resource(to, resource));
  walk.closeResource(resource);
  wire.p = start;
  eachMessage(walk, end, RESOURCE_SPANS_TYPES, 0x12, (to) => readScopeSpans(walk, spanWalk, to));

  walk.endResource();
  const rows = table.rows - firstRow;
  if (rows === 0) {
    resource.drop();
    return;
  }
  const pairs = resource.ids.n - resource.firstId;
  resource.ids.repeat(resource.firstId, rows);
  resource.values.repeat(resource.firstValue, rows);
  spans.resourceEnds.reserve(rows * 2);
  for (let row = 1; row <= rows; row++) spans.resourceEnds.pair(resource.firstId + pairs * row, 0);
  spans.serviceName.ids.push(spans.serviceName.dictionary.internText(walk.service));
  spans.serviceName.ids.repeat(firstRow, rows);
  spans.org.ids.push(spans.org.dictionary.internText(walk.org));
  spans.org.ids.repeat(firstRow, rows);
}

/** Calls `read` for each field `wanted` of a message and passes over the rest. */
function eachMessage(
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
      read(wire.p + length);
    } else wire.skip(tag, end);
  }
}

function readScopeSpans(walk: Walk, spanWalk: SpanWalk, end: number): void {
  const { wire, tally, block } = walk;
  const spans = block.spanTable;
  const start = wire.p;
  walk.scope = { name: '', version: '' };
  let count = 0;
  while (wire.p < end) {
    const tag = known(wire, wire.tag(end), SCOPE_SPANS_TYPES);
    if (tag === 0x12) count++;
    if (tag === 0x0a) {
      const length = wire.length(end);
      walk.scopeMessage(wire.p + length, null);
    } else wire.skip(tag, end);
  }
  if (count === 0) return;
  closeScope(walk);
  reserveRows(block, Math.min(count, block.limits.spans_per_request));
  const firstRow = spans.table.rows;
  const firstName = spans.scopeName.n;
  const firstVersion = spans.scopeVersion.n;
  spans.scopeName.text(walk.scope.name);
  spans.scopeVersion.text(walk.scope.version);
  const copied =
    spans.scopeName.n - firstName + spans.scopeVersion.n - firstVersion + walk.resourceBytes;
  wire.p = start;
  while (wire.p < end) {
    const tag = wire.tag(end);
    if (tag !== 0x12) {
      wire.skip(tag, end);
      continue;
    }
    const length = wire.length(end);
    const spanEnd = wire.p + length;
    const reason = walk.admit(block.limits.spans_per_request)
      ? (walk.refusal ?? walk.copy(copied))
      : 'spans_per_request';
    if (reason === null) {
      if (spanWalk.read(spanEnd)) tally.accepted++;
    } else {
      tally.refuse(reason);
      wire.p = spanEnd;
    }
  }
  block.factTable.endScope(walk.record);
  const rows = spans.table.rows - firstRow;
  spans.scopeName.repeat(firstName, rows);
  spans.scopeVersion.repeat(firstVersion, rows);
}

function closeScope(walk: Walk): void {
  const { record, scope } = walk;
  record.enter(scope.name, scope.version);
  const place = walk.block.scopeText;
  place.n = 0;
  place.text(scope.name);
  place.text(scope.version);
  walk.scopeContent = mix(hashBytes(place.dv, 0, place.n, SCOPE_SEED), place.n);
}

/** Room for the columns that have one value of fixed size a row, so that rows need not ask. */
function reserveRows(block: Block, rows: number): void {
  const spans = block.spanTable;
  spans.traceId.reserve(rows * 33);
  spans.spanId.reserve(rows * 17);
  spans.parentSpanId.reserve(rows * 17);
}
