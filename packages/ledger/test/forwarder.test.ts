// Who names the organisation: a forwarder for each resource of its requests, and nobody else. A
// resource that names none, or one wrongly or twice, is refused record by record, with the reason.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Block, readFacts, readMetricPoints } from '../src/block.ts';
import { decodeTraces } from '../src/decode.ts';
import { decodeLogs } from '../src/logs.ts';
import { decodeMetrics } from '../src/metrics.ts';
import { metrics } from './metric-writer.ts';
import { rowsOf } from './native-rows.ts';
import { json, type Pair, protobuf, traces, type Value } from './otlp-writer.ts';

const FORWARDER = { org_id: '*', names_organisations: true };
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const START = '1700000000000000000';
const END = '1700000001000000000';

const textOf = (stringValue: string): Value => ({ stringValue });
const named = (...values: Value[]): Pair[] => [
  { key: 'service.name', value: textOf('desk') },
  ...values.map((value) => ({ key: 'spanledger.org.id', value })),
];
const call = (spanId: string) => ({
  ...{ traceId: TRACE, spanId, startTimeUnixNano: START, endTimeUnixNano: END, name: 'chat' },
  attributes: [
    { key: 'gen_ai.operation.name', value: textOf('chat') },
    { key: 'gen_ai.usage.input_tokens', value: { intValue: '7' } },
  ],
});
const resource = (attributes: Pair[], spanId = 'b7ad6b7169203331') => ({
  resource: { attributes },
  scopeSpans: [{ spans: [call(spanId)] }],
});

function decode(resourceSpans: ReturnType<typeof resource>[], sender = FORWARDER) {
  const block = new Block();
  const request = { resourceSpans };
  const receipt = decodeTraces(protobuf(traces(request)), block, sender);
  const again = new Block();
  decodeTraces(json(request), again, sender);
  const rows = rowsOf(block.parts('otel_traces'));
  expect(rowsOf(again.parts('otel_traces'))).toEqual(rows);
  return { receipt, rows, facts: readFacts(block) };
}

describe('a resource of a forwarder', () => {
  test('goes to the organisation that it names, several in one request', () => {
    const asked = ['acme', 'globex', 'acme'].map((org) => resource(named(textOf(org))));
    const { receipt, rows, facts } = decode(asked);
    expect(receipt).toMatchObject({ accepted: 3, refused: new Map() });
    expect(rows.map((row) => row['OrgId'])).toEqual(['acme', 'globex', 'acme']);
    expect(facts.map((fact) => fact.org_id)).toEqual(['acme', 'globex', 'acme']);
    const touched = receipt.touched.map(({ org_id, trace_id }) => `${org_id} ${trace_id}`);
    expect(new Set(touched)).toEqual(new Set([`acme ${TRACE}`, `globex ${TRACE}`]));
  });

  test.each<[string, Pair[], string]>([
    ['none', named(), 'missing_organisation'],
    ['an empty one', named(textOf('')), 'invalid_organisation'],
    ['that of the forwarder itself', named(textOf('*')), 'invalid_organisation'],
    ['one with a quote', named(textOf("acme' OR 1")), 'invalid_organisation'],
    ['one with a line', named(textOf('acme\nglobex')), 'invalid_organisation'],
    ['one with NUL', named(textOf('acme\0')), 'invalid_organisation'],
    ['one that is too long', named(textOf('a'.repeat(65))), 'invalid_organisation'],
    ['a list', named({ arrayValue: { values: [textOf('acme')] } }), 'invalid_organisation'],
    ['two', named(textOf('acme'), textOf('globex')), 'invalid_organisation'],
    ['the same twice', named(textOf('acme'), textOf('acme')), 'invalid_organisation'],
  ])('that names %s is refused, and its neighbours are not', (_, attributes, reason) => {
    const { receipt, rows } = decode([
      resource(named(textOf('globex'))),
      resource(attributes, 'c7ad6b7169203331'),
      resource(named(textOf('acme'))),
    ]);
    expect(receipt.accepted).toBe(2);
    expect(Object.fromEntries(receipt.refused)).toEqual({ [reason]: 1 });
    expect(rows.map((row) => row['OrgId'])).toEqual(['globex', 'acme']);
    expect(receipt.touched.map(({ org_id }) => org_id)).toEqual(['globex', 'acme']);
  });
});

test('from anyone else the attribute is data', () => {
  const sender = { org_id: 'acme', names_organisations: false };
  const { receipt, rows } = decode([resource(named(textOf('globex'))), resource(named())], sender);
  expect(receipt).toMatchObject({ accepted: 2, refused: new Map() });
  expect(rows.map((row) => row['OrgId'])).toEqual(['acme', 'acme']);
  expect(rows[0]!['ResourceAttributes']).toContainEqual(['spanledger.org.id', 'globex']);
  expect(new Set(receipt.touched.map(({ org_id }) => org_id))).toEqual(new Set(['acme']));
});

test('log records and points follow the same rule', () => {
  const scope = { name: 'com.anthropic.claude_code.events', version: '2' };
  const record = {
    ...{ timeUnixNano: START, traceId: TRACE, body: textOf('claude_code.api_request') },
    attributes: [{ key: 'event.name', value: textOf('api_request') }],
  };
  const resourceLogs = [named(textOf('acme')), named(), named(textOf('globex'))].map(
    (attributes) => ({
      resource: { attributes },
      scopeLogs: [{ scope, logRecords: [record] }],
    }),
  );
  const block = new Block();
  const logs = decodeLogs(json({ resourceLogs }), block, FORWARDER);
  expect(Object.fromEntries(logs.refused)).toEqual({ missing_organisation: 1 });
  expect(rowsOf(block.parts('otel_logs')).map((row) => row['OrgId'])).toEqual(['acme', 'globex']);
  expect(logs.touched.map(({ org_id }) => org_id)).toEqual(['acme', 'globex']);

  const attributes = [{ key: 'gen_ai.token.type', value: textOf('input') }];
  const point = { startTimeUnixNano: START, timeUnixNano: END, sum: 5, attributes };
  const metric = {
    name: 'gen_ai.client.token.usage',
    histogram: { aggregationTemporality: 2, dataPoints: [point] },
  };
  const resourceMetrics = [named(textOf('acme')), named(), named(textOf('globex'))].map((one) => ({
    resource: { attributes: one },
    scopeMetrics: [{ metrics: [metric, { name: 'unknown', gauge: { dataPoints: [point] } }] }],
  }));
  const told = decodeMetrics(protobuf(metrics({ resourceMetrics })), block, FORWARDER);
  expect(Object.fromEntries(told.refused)).toEqual({ missing_organisation: 2 });
  expect(told.accepted).toBe(4);
  expect(readMetricPoints(block).map(({ org_id }) => org_id)).toEqual(['acme', 'globex']);
});

test('a request of many organisations gives the rows of one request for each', () => {
  const organisation = fc.constantFrom('acme', 'globex', 'initech');
  fc.assert(
    fc.property(fc.array(organisation, { maxLength: 8 }), (organisations) => {
      const resources = organisations.map((org, at) =>
        resource(named(textOf(org)), at.toString(16).padStart(16, 'a')),
      );
      const together = decode(resources);
      const apart = organisations.map((org, at) => {
        const sender = { org_id: org, names_organisations: false };
        return decode([resources[at]!], sender);
      });
      expect(together.rows).toEqual(apart.flatMap(({ rows }) => rows));
      expect(together.facts).toEqual(apart.flatMap(({ facts }) => facts));
      const key = ({ org_id, trace_id }: { org_id: string; trace_id: string }) =>
        `${org_id} ${trace_id}`;
      expect(new Set(together.receipt.touched.map(key))).toEqual(
        new Set(apart.flatMap(({ receipt }) => receipt.touched.map(key))),
      );
    }),
    { numRuns: 30 },
  );
});
