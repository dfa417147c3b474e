// Writes metric requests for the tests, as protobuf and as JSON, from the protocol's field numbers.

import { bytes, double, fixed64, pair, type Pair, text, varint } from './otlp-writer.ts';

export interface DataPoint {
  attributes?: Pair[];
  startTimeUnixNano?: string;
  timeUnixNano?: string;
  asDouble?: number | string;
  asInt?: string;
  sum?: number | string;
  flags?: number;
}
export interface Data {
  dataPoints?: DataPoint[];
  aggregationTemporality?: number | string;
  isMonotonic?: boolean;
}
export interface Metric {
  name?: string;
  gauge?: Data;
  sum?: Data;
  histogram?: Data;
  exponentialHistogram?: Data;
  summary?: Data;
}
export interface Metrics {
  resourceMetrics: {
    resource?: { attributes?: Pair[] };
    scopeMetrics: { scope?: { name?: string; version?: string }; metrics: Metric[] }[];
  }[];
}

const DATA_FIELDS = {
  gauge: { number: 5, attributes: 7, double: 4, flags: 8 },
  sum: { number: 7, attributes: 7, double: 4, flags: 8 },
  histogram: { number: 9, attributes: 9, double: 5, flags: 10 },
  exponentialHistogram: { number: 10, attributes: 1, double: 5, flags: 10 },
  summary: { number: 11, attributes: 7, double: 5, flags: 8 },
} as const;

export function metrics(request: Metrics): number[] {
  return request.resourceMetrics.flatMap(({ resource, scopeMetrics }) =>
    bytes(1, [
      ...bytes(
        1,
        (resource?.attributes ?? []).flatMap((one) => bytes(1, pair(one))),
      ),
      ...scopeMetrics.flatMap(({ scope = {}, metrics: list }) =>
        bytes(2, [
          ...bytes(1, [...text(1, scope.name ?? ''), ...text(2, scope.version ?? '')]),
          ...list.flatMap((one) => bytes(2, metric(one))),
        ]),
      ),
    ]),
  );
}

function metric(value: Metric): number[] {
  const out = text(1, value.name ?? '');
  for (const [kind, form] of Object.entries(DATA_FIELDS)) {
    const data = value[kind as keyof typeof DATA_FIELDS];
    if (data === undefined) continue;
    const points = (data.dataPoints ?? []).flatMap((one) => bytes(1, point(one, form)));
    const temporality = Number(data.aggregationTemporality ?? 0);
    out.push(...bytes(form.number, [...points, 0x10, ...varint(temporality)]));
  }
  return out;
}

function point(
  value: DataPoint,
  form: { readonly attributes: number; readonly double: number; readonly flags: number },
): number[] {
  const number = value.sum ?? value.asDouble;
  return [
    ...fixed64(2, value.startTimeUnixNano ?? '0'),
    ...fixed64(3, value.timeUnixNano ?? '0'),
    ...(number === undefined ? [] : double(form.double, Number(number))),
    ...(value.asInt === undefined
      ? []
      : fixed64(6, String(BigInt.asUintN(64, BigInt(value.asInt))))),
    ...(value.attributes ?? []).flatMap((one) => bytes(form.attributes, pair(one))),
    ...(value.flags === undefined ? [] : [form.flags << 3, ...varint(value.flags)]),
  ];
}
