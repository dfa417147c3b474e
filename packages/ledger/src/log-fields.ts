// The fields of one LogRecord message; its attributes go straight into their column.

import { Buffer } from 'node:buffer';

import { NOT_JSON, renderValue, TOO_DEEP } from './any-value.ts';
import { isZero, SPAN_ID_BYTES, TRACE_ID_BYTES } from './identifier.ts';
import { known, type Walk } from './walk.ts';
import { BYTES, FIXED32, FIXED64, VARINT } from './wire.ts';

const RECORD_TYPES = [
  ...[-1, FIXED64, VARINT, BYTES, -1, BYTES, BYTES, VARINT, FIXED32, BYTES, BYTES],
  ...[FIXED64, BYTES],
];

export interface LogFields {
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

export function readFields(walk: Walk, end: number): LogFields {
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
