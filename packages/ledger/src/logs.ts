// Log requests: records that a dialect claims become a row of `otel_logs` and a fact; the rest is
// counted as not used. There are few of them beside spans, so this half is plain rather than fast.

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

import { NOT_JSON, renderValue, TOO_DEEP } from './any-value.ts';
import type { AttributeMap } from './attribute-map.ts';
import type { Block } from './block.ts';
import { Bytes, decodeText, varintSize, type Words } from './bytes.ts';
import { type Body, openBody, type Sender } from './decode.ts';
import { readFact } from './dialects/index.ts';
import type { TextPlace } from './fact-table.ts';
import { isZero, SPAN_ID_BYTES, TRACE_ID_BYTES } from './identifier.ts';
import { LOGS } from './otlp-messages.ts';
import type { Receipt } from './receipt.ts';
import { millisecondsOf, versionHigh, versionLow } from './times.ts';
import { prefixAt } from './value-columns.ts';
import { known, Walk } from './walk.ts';
import { BYTES, FIXED32, FIXED64, VARINT } from './wire.ts';

const MESSAGE_TYPES = [-1, BYTES, BYTES, BYTES];
const RECORD_TYPES = [
  ...[-1, FIXED64, VARINT, BYTES, -1, BYTES, BYTES, VARINT, FIXED32, BYTES, BYTES],
  ...[FIXED64, BYTES],
];
const EVENT_ID_BYTES = 8;
const NO_TEXT: TextPlace = { bytes: new Bytes(8), at: 0 };

interface LogFields {
  timeLow: number;
  timeHigh: number;
  observedLow: number;
  observedHigh: number;
  severity: number;
  severityText: string;
  body: string;
  bodyIsText: boolean;
  flags: number;
  traceId: string;
  spanId: string;
  eventName: string;
}

function noFields(): LogFields {
  return {
    ...{ timeLow: 0, timeHigh: 0, observedLow: 0, observedHigh: 0, severity: 0, severityText: '' },
    ...{ body: '', bodyIsText: false, flags: 0, traceId: '', spanId: '', eventName: '' },
  };
}

/** Adds a log request to the block. Malformed bytes throw, and the block is as before. */
export function decodeLogs(body: Body, block: Block, sender: Sender): Receipt {
  const mark = block.mark();
  block.factTable.begin();
  const repaired = block.repaired;
  const { attributes, resource } = block.logTable;
  const walk = new Walk(block, sender.org_id, attributes, resource);
  walk.record.signal = 'log';
  try {
    const end = openBody(body, block, LOGS);
    messages(walk, end, 0x0a, (to) => readResourceLogs(walk, to));
  } catch (error) {
    block.rollback(mark);
    throw error;
  }
  if (block.repaired > repaired) walk.tally.adjust('invalid_utf8', block.repaired - repaired);
  return walk.tally.receipt(block.factTable.touched());
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
  record.scope = walk.scope.name;
  record.scopeVersion = walk.scope.version;
  const copied = walk.resourceBytes + logs.scope.values.n - logs.scope.firstValue;
  wire.p = start;
  messages(walk, end, 0x12, (to) => {
    const limit = block.limits.log_records_per_request;
    const reason = walk.admit(limit) ? walk.copy(copied) : 'log_records_per_request';
    if (reason === null) readRecord(walk, to);
    else {
      walk.tally.refuse(reason);
      wire.p = to;
    }
  });
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
  record.name = fields.eventName || (fields.bodyIsText ? fields.body : '');
  record.startLow = record.endLow = low;
  record.startHigh = record.endHigh = high;
  record.doubts.length = 0;
  block.draft.clear('unset');
  tally.accepted++;
  if (readFact(record, block.draft)) writeRecord(walk, fields, low, high);
  else {
    attributes.drop();
    tally.not_used++;
  }
}

function readFields(walk: Walk, end: number): LogFields {
  const { wire, block } = walk;
  const fields = noFields();
  while (wire.p < end) {
    if (wire.u8[wire.p] === 0x32) {
      walk.attributes(end, 0x32, block.logTable.attributes);
      continue;
    }
    const tag = known(wire, wire.tag(end), RECORD_TYPES);
    switch (tag >>> 3) {
      case 1: {
        const at = wire.fixed64(end);
        fields.timeLow = wire.dv.getUint32(at, true);
        fields.timeHigh = wire.dv.getUint32(at + 4, true);
        break;
      }
      case 11: {
        const at = wire.fixed64(end);
        fields.observedLow = wire.dv.getUint32(at, true);
        fields.observedHigh = wire.dv.getUint32(at + 4, true);
        break;
      }
      case 2:
        fields.severity = wire.varint(end) & 0xff;
        break;
      case 3:
        fields.severityText = walk.text(end);
        break;
      case 5:
        readBody(walk, end, fields);
        break;
      case 8:
        fields.flags = wire.u8[wire.fixed32(end)]!;
        break;
      case 9:
        fields.traceId = identifier(walk, end, TRACE_ID_BYTES);
        break;
      case 10:
        fields.spanId = identifier(walk, end, SPAN_ID_BYTES);
        break;
      case 12:
        fields.eventName = walk.text(end);
        break;
      default:
        wire.skip(tag, end);
    }
  }
  return fields;
}

function readBody(walk: Walk, parentEnd: number, fields: LogFields): void {
  const { wire, block, tally } = walk;
  const length = wire.length(parentEnd);
  const end = wire.p + length;
  fields.bodyIsText = wire.u8[wire.p] === 0x0a;
  const text = renderValue(wire, end, block.limits.value_levels);
  wire.p = end;
  if (text === TOO_DEEP) tally.adjust('value_levels');
  else if (text === NOT_JSON) tally.adjust('not_json');
  else if (Buffer.byteLength(text) > block.limits.attribute_value_bytes) {
    tally.adjust('attribute_value_bytes');
  } else fields.body = text;
}

/** An id as hex. A log record may have none; one of another length is none, and counted. */
function identifier(walk: Walk, end: number, size: number): string {
  const { wire } = walk;
  const length = wire.length(end);
  const at = wire.p;
  wire.p = at + length;
  if (length !== 0 && length !== size) walk.tally.adjust('invalid_log_context');
  if (length !== size || isZero(wire.u8, at, size)) return '';
  return Buffer.from(wire.u8.subarray(at, at + size)).toString('hex');
}

function writeRecord(walk: Walk, fields: LogFields, low: number, high: number): void {
  const { block, record, service, environment, org } = walk;
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
  logs.body.add(fields.body);
  logs.attributeEnds.pair(logs.attributes.ids.n, 0);
  logs.eventName.add(fields.eventName);
  logs.eventId.add(eventId);
  logs.version.pair(version, versionHigh(endMs));
  logs.table.rows++;
  block.factTable.add(record, block.draft, {
    org,
    service,
    environment,
    traceId: { bytes: logs.traceId.bytes, at: traceAt },
    spanId: { bytes: logs.spanId.bytes, at: spanAt },
    parentSpanId: NO_TEXT,
    eventId,
    versionLow: version,
    versionHigh: versionHigh(endMs),
  });
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

/** Keys and values of a map's current record, in order. */
function pairsOf(map: AttributeMap): string[] {
  const pairs: string[] = [];
  let at = map.firstValue;
  for (let i = map.firstId; i < map.ids.n; i++) {
    const length = prefixAt(map.values.u8, at);
    const start = at + varintSize(length);
    at = start + length;
    pairs.push(map.keys.text(map.ids.u32[i]!), decodeText(map.values.u8, start, at));
  }
  return pairs;
}
