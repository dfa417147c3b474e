// Log requests: records that a dialect claims become a row of `otel_logs` and a fact; the rest is
// counted as not used. There are few of them beside spans, so this half is plain rather than fast.

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

import { type AttributeMap, pairsOf } from './attribute-map.ts';
import type { Block } from './block.ts';
import { Bytes, decodeText, type Words } from './bytes.ts';
import { type Body, openBody, type Sender } from './decode.ts';
import { conversationOf, splitLog } from './content-split.ts';
import { readFact } from './dialects/index.ts';
import { isGenAiName } from './reading/namespaces.ts';
import type { TextPlace } from './touched-traces.ts';
import { type LogFields, readFields } from './log-fields.ts';
import { LOGS } from './otlp-messages.ts';
import type { Receipt } from './receipt.ts';
import { isOutOfRange, millisecondsOf, versionHigh, versionLow } from './times.ts';
import { known, Walk } from './walk.ts';
import { BYTES } from './wire.ts';

const MESSAGE_TYPES = [-1, BYTES, BYTES, BYTES];
const EVENT_ID_BYTES = 8;
const NO_TEXT: TextPlace = { bytes: new Bytes(8), at: 0 };

/** Adds a log request to the block. Malformed bytes throw, and the block is as before. */
export function decodeLogs(body: Body, block: Block, sender: Sender): Receipt {
  const mark = block.mark();
  block.factTable.touched.clear();
  const repaired = block.repaired;
  const { attributes, resource } = block.logTable;
  const walk = new Walk(block, sender, attributes, resource);
  walk.record.signal = 'log';
  try {
    const end = openBody(body, block, LOGS);
    messages(walk, end, 0x0a, (to) => readResourceLogs(walk, to));
  } catch (error) {
    block.rollback(mark);
    throw error;
  }
  if (block.repaired > repaired) walk.tally.adjust('invalid_utf8', block.repaired - repaired);
  return walk.receipt();
}

/** Calls `read` for each field `wanted` of a message and passes over the rest. */
function messages(walk: Walk, end: number, wanted: number, read: (end: number) => void): void {
  const { wire } = walk;
  while (wire.p < end) {
    const tag = known(wire, wire.tag(end), MESSAGE_TYPES);
    if (tag === wanted) {
      const length = wire.length(end);
      read(wire.p + length);
    } else wire.skip(tag, end);
  }
}

function readResourceLogs(walk: Walk, end: number): void {
  const { wire } = walk;
  const { logTable: logs } = walk.block;
  const { resource, table } = logs;
  const firstRow = table.rows;
  const start = wire.p;
  resource.begin();
  messages(walk, end, 0x0a, (to) => walk.resource(to, resource));
  walk.closeResource(resource);
  wire.p = start;
  const schemaUrl = lastText(walk, end);
  wire.p = start;
  messages(walk, end, 0x12, (to) => readScopeLogs(walk, to));

  const rows = table.rows - firstRow;
  walk.endResource();
  repeatMap(resource, logs.resourceEnds, rows);
  for (let row = 0; row < rows; row++) {
    logs.serviceName.add(walk.service);
    logs.resourceSchemaUrl.add(schemaUrl);
    logs.org.add(walk.org);
  }
}

/** The schema URL of a resource or scope: field 3 of both. */
function lastText(walk: Walk, end: number): string {
  let text = '';
  messages(walk, end, 0x1a, (to) => {
    text = decodeText(walk.wire.u8, walk.wire.p, to);
    walk.wire.p = to;
  });
  return text;
}

/** Gives each of the rows its copy of the map's current record; no rows, no record. */
function repeatMap(map: AttributeMap, ends: Words, rows: number): void {
  if (rows === 0) {
    map.drop();
    return;
  }
  const pairs = map.ids.n - map.firstId;
  map.ids.repeat(map.firstId, rows);
  map.values.repeat(map.firstValue, rows);
  for (let row = 1; row <= rows; row++) ends.pair(map.firstId + pairs * row, 0);
}

function readScopeLogs(walk: Walk, end: number): void {
  const { wire, record, block } = walk;
  const { logTable: logs } = block;
  const firstRow = logs.table.rows;
  const start = wire.p;
  walk.scope = { name: '', version: '' };
  logs.scope.begin();
  messages(walk, end, 0x0a, (to) => walk.scopeMessage(to, logs.scope));
  wire.p = start;
  const schemaUrl = lastText(walk, end);
  record.enter(walk.scope.name, walk.scope.version);
  const copied = walk.resourceBytes + logs.scope.values.n - logs.scope.firstValue;
  wire.p = start;
  messages(walk, end, 0x12, (to) => {
    const limit = block.limits.log_records_per_request;
    const reason = walk.admit(limit)
      ? (walk.refusal ?? walk.copy(copied))
      : 'log_records_per_request';
    if (reason === null) readRecord(walk, to);
    else {
      walk.tally.refuse(reason);
      wire.p = to;
    }
  });
  block.factTable.endScope(record);
  const rows = logs.table.rows - firstRow;
  repeatMap(logs.scope, logs.scopeEnds, rows);
  for (let row = 0; row < rows; row++) {
    logs.scopeSchemaUrl.add(schemaUrl);
    logs.scopeName.add(walk.scope.name);
    logs.scopeVersion.add(walk.scope.version);
  }
}

function readRecord(walk: Walk, end: number): void {
  const { block, record, tally } = walk;
  const { attributes } = block.logTable;
  attributes.begin();
  const fields = readFields(walk, end);
  const low = fields.timeLow | fields.timeHigh ? fields.timeLow : fields.observedLow;
  const high = fields.timeLow | fields.timeHigh ? fields.timeHigh : fields.observedHigh;
  if (isOutOfRange(high)) {
    tally.refuse('time_out_of_range');
    attributes.drop();
    return;
  }
  record.name = fields.eventName || (fields.bodyIsText ? fields.body : '');
  record.startLow = record.endLow = low;
  record.startHigh = record.endHigh = high;
  record.doubts.length = 0;
  record.identify();
  block.draft.clear('unset');
  tally.accepted++;
  if (readFact(record, block.draft)) writeRecord(walk, fields, low, high);
  else {
    attributes.drop();
    tally.not_used++;
  }
}

function writeRecord(walk: Walk, fields: LogFields, low: number, high: number): void {
  const { block, record } = walk;
  const { logTable: logs } = block;
  const content = contentOf(walk, fields, low, high);
  const eventId = content.toString('hex', 0, EVENT_ID_BYTES);
  const endMs = millisecondsOf(low, high);
  const version = versionLow(endMs, content.readUInt32LE(EVENT_ID_BYTES));
  const traceAt = logs.traceId.bytes.n;
  const spanAt = logs.spanId.bytes.n;
  logs.timestamp.pair(low, high);
  logs.traceId.add(fields.traceId);
  logs.spanId.add(fields.spanId);
  logs.traceFlags.byte(fields.flags);
  logs.severityText.add(fields.severityText);
  logs.severityNumber.byte(fields.severity);
  const body = isContent(block, fields) ? fields.body : '';
  logs.body.add(body === '' ? fields.body : '');
  logs.attributeEnds.pair(logs.attributes.ids.n, 0);
  logs.eventName.add(fields.eventName);
  logs.eventId.add(eventId);
  logs.version.pair(version, versionHigh(endMs));
  logs.table.rows++;
  const identity = {
    traceId: { bytes: logs.traceId.bytes, at: traceAt },
    spanId: { bytes: logs.spanId.bytes, at: spanAt },
    parentSpanId: NO_TEXT,
    eventId,
    versionLow: version,
    versionHigh: versionHigh(endMs),
  };
  block.factTable.add(record, block.draft, identity);
  const conversation = conversationOf(record, block);
  const owner = { identity, gen_ai: true, conversation, timeLow: low, timeHigh: high };
  splitLog(block, walk.tally, owner, body);
}

/** A body that names its record stays with it, like a log line; a message, or a long text, does not. */
function isContent(block: Block, { body, bodyIsText, eventName }: LogFields): boolean {
  if (Buffer.byteLength(body) >= block.limits.content_from_bytes) return true;
  return !bodyIsText || isGenAiName(eventName);
}

/** Hash of all that a record says, so that a resend is the same row and another record is not. */
function contentOf(walk: Walk, fields: LogFields, low: number, high: number): Buffer {
  const { scope, block } = walk;
  // The observed time belongs to whoever passed the record on, unless it is the only one.
  const said = { ...fields, observedLow: 0, observedHigh: 0 };
  const content = [
    ...[low, high, scope.name, scope.version, said],
    ...[pairsOf(block.logTable.resource), pairsOf(block.logTable.attributes)],
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest();
}
