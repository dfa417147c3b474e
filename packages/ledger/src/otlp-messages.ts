// The OTLP messages as their JSON form names them: which key is which field, and how its value is
// written. Both spellings of a key are known; keys that are not here are ignored.

export type FieldKind =
  | 'text'
  /** Hex digits in JSON, bytes on the wire. */
  | 'id'
  | 'fixed64'
  /** A whole number of either sign; fixed on the wire. */
  | 'signed64'
  | 'double'
  | 'fixed32'
  | 'enum'
  | 'flag'
  /** An AnyValue, which has rules of its own. */
  | 'value'
  | 'message'
  | 'list';

export interface Field {
  readonly number: number;
  readonly kind: FieldKind;
  readonly message: Message | null;
  readonly names: ReadonlyMap<string, number>;
}

export interface Message {
  /** Small messages get a length of one byte first, large ones four. */
  readonly small: boolean;
  /** Fields by the length of their key in bytes. */
  readonly byLength: readonly (readonly { readonly key: Uint8Array; readonly field: Field }[])[];
}

type FieldEntry = readonly [
  name: string,
  number: number,
  kind: FieldKind,
  more?: Message | ReadonlyMap<string, number>,
];

function message(fields: readonly FieldEntry[], small = false): Message {
  const byLength: { key: Uint8Array; field: Field }[][] = [];
  for (const [name, number, kind, more] of fields) {
    const isMap = more instanceof Map;
    const field: Field = {
      number,
      kind,
      message: more === undefined || isMap ? null : (more as Message),
      names: isMap ? more : new Map(),
    };
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    for (const spelling of new Set([name, snake])) {
      const key = new TextEncoder().encode(spelling);
      (byLength[key.length] ??= []).push({ key, field });
    }
  }
  for (let length = 0; length < byLength.length; length++) byLength[length] ??= [];
  return { small, byLength };
}

function names(prefix: string, values: readonly string[]): ReadonlyMap<string, number> {
  return new Map(values.map((value, number) => [`${prefix}${value}`, number]));
}

const KINDS = names('SPAN_KIND_', [
  'UNSPECIFIED',
  'INTERNAL',
  'SERVER',
  'CLIENT',
  'PRODUCER',
  'CONSUMER',
]);
const STATUSES = names('STATUS_CODE_', ['UNSET', 'OK', 'ERROR']);
const SEVERITIES = new Map([
  ['SEVERITY_NUMBER_UNSPECIFIED', 0],
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((level, i) =>
    ['', '2', '3', '4'].map((step, j): [string, number] => [
      `SEVERITY_NUMBER_${level}${step}`,
      i * 4 + j + 1,
    ]),
  ),
]);

export const KEY_VALUE = message(
  [
    ['key', 1, 'text'],
    ['value', 2, 'value'],
  ],
  true,
);

const RESOURCE = message([['attributes', 1, 'list', KEY_VALUE]]);
const SCOPE = message([
  ['name', 1, 'text'],
  ['version', 2, 'text'],
  ['attributes', 3, 'list', KEY_VALUE],
]);
const EVENT = message([
  ['timeUnixNano', 1, 'fixed64'],
  ['name', 2, 'text'],
  ['attributes', 3, 'list', KEY_VALUE],
]);
const LINK = message([
  ['traceId', 1, 'id'],
  ['spanId', 2, 'id'],
  ['traceState', 3, 'text'],
  ['attributes', 4, 'list', KEY_VALUE],
]);
const STATUS = message([
  ['message', 2, 'text'],
  ['code', 3, 'enum', STATUSES],
]);
const SPAN = message([
  ['traceId', 1, 'id'],
  ['spanId', 2, 'id'],
  ['traceState', 3, 'text'],
  ['parentSpanId', 4, 'id'],
  ['name', 5, 'text'],
  ['kind', 6, 'enum', KINDS],
  ['startTimeUnixNano', 7, 'fixed64'],
  ['endTimeUnixNano', 8, 'fixed64'],
  ['attributes', 9, 'list', KEY_VALUE],
  ['events', 11, 'list', EVENT],
  ['links', 13, 'list', LINK],
  ['status', 15, 'message', STATUS],
]);
const SCOPE_SPANS = message([
  ['scope', 1, 'message', SCOPE],
  ['spans', 2, 'list', SPAN],
  ['schemaUrl', 3, 'text'],
]);
const RESOURCE_SPANS = message([
  ['resource', 1, 'message', RESOURCE],
  ['scopeSpans', 2, 'list', SCOPE_SPANS],
  ['schemaUrl', 3, 'text'],
]);

const LOG_RECORD = message([
  ['timeUnixNano', 1, 'fixed64'],
  ['observedTimeUnixNano', 11, 'fixed64'],
  ['severityNumber', 2, 'enum', SEVERITIES],
  ['severityText', 3, 'text'],
  ['body', 5, 'value'],
  ['attributes', 6, 'list', KEY_VALUE],
  ['flags', 8, 'fixed32'],
  ['traceId', 9, 'id'],
  ['spanId', 10, 'id'],
  ['eventName', 12, 'text'],
]);
const SCOPE_LOGS = message([
  ['scope', 1, 'message', SCOPE],
  ['logRecords', 2, 'list', LOG_RECORD],
  ['schemaUrl', 3, 'text'],
]);
const RESOURCE_LOGS = message([
  ['resource', 1, 'message', RESOURCE],
  ['scopeLogs', 2, 'list', SCOPE_LOGS],
  ['schemaUrl', 3, 'text'],
]);

const TEMPORALITIES = names('AGGREGATION_TEMPORALITY_', ['UNSPECIFIED', 'DELTA', 'CUMULATIVE']);
const NUMBER_POINT = message([
  ['attributes', 7, 'list', KEY_VALUE],
  ['startTimeUnixNano', 2, 'fixed64'],
  ['timeUnixNano', 3, 'fixed64'],
  ['asDouble', 4, 'double'],
  ['asInt', 6, 'signed64'],
  ['flags', 8, 'enum'],
]);
const HISTOGRAM_POINT = message([
  ['attributes', 9, 'list', KEY_VALUE],
  ['startTimeUnixNano', 2, 'fixed64'],
  ['timeUnixNano', 3, 'fixed64'],
  ['sum', 5, 'double'],
  ['flags', 10, 'enum'],
]);
const EXPONENTIAL_POINT = message([
  ['attributes', 1, 'list', KEY_VALUE],
  ['startTimeUnixNano', 2, 'fixed64'],
  ['timeUnixNano', 3, 'fixed64'],
  ['sum', 5, 'double'],
  ['flags', 10, 'enum'],
]);
/** Of gauges and summaries only the number of points matters here. */
const COUNTED = message([['dataPoints', 1, 'list', message([])]]);

const summing = (point: Message): Message =>
  message([
    ['dataPoints', 1, 'list', point],
    ['aggregationTemporality', 2, 'enum', TEMPORALITIES],
  ]);
const SUM = message([
  ['dataPoints', 1, 'list', NUMBER_POINT],
  ['aggregationTemporality', 2, 'enum', TEMPORALITIES],
  ['isMonotonic', 3, 'flag'],
]);
const METRIC = message([
  ['name', 1, 'text'],
  ['gauge', 5, 'message', COUNTED],
  ['sum', 7, 'message', SUM],
  ['histogram', 9, 'message', summing(HISTOGRAM_POINT)],
  ['exponentialHistogram', 10, 'message', summing(EXPONENTIAL_POINT)],
  ['summary', 11, 'message', COUNTED],
]);
const SCOPE_METRICS = message([
  ['scope', 1, 'message', SCOPE],
  ['metrics', 2, 'list', METRIC],
]);
const RESOURCE_METRICS = message([
  ['resource', 1, 'message', RESOURCE],
  ['scopeMetrics', 2, 'list', SCOPE_METRICS],
]);

export const TRACES = message([['resourceSpans', 1, 'list', RESOURCE_SPANS]]);
export const LOGS = message([['resourceLogs', 1, 'list', RESOURCE_LOGS]]);
export const METRICS = message([['resourceMetrics', 1, 'list', RESOURCE_METRICS]]);
