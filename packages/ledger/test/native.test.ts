// Rows with a column list as Native blocks, and the raw columns that a store must have.

import { expect, test } from 'vitest';

import { Block } from '../src/block.ts';
import type { Column } from '../src/column.ts';
import { decodeTraces } from '../src/decode.ts';
import { LOG_COLUMNS } from '../src/log-table.ts';
import { TRACE_COLUMNS } from '../src/span-table.ts';
import { encodeRows } from '../src/value-columns.ts';
import { rowsOf } from './native-rows.ts';
import { protobuf, traces } from './otlp-writer.ts';

interface Sample {
  text: string;
  shared: string;
  list: readonly string[];
  yes: boolean;
  maybe: boolean | null;
  small: number;
  count: number | null;
  large: number | null;
  version: bigint;
  time: bigint;
  money: bigint | null;
}

const COLUMNS: readonly Column<Sample>[] = [
  { name: 'text', type: 'String' },
  { name: 'shared', type: 'LowCardinality(String)' },
  { name: 'list', type: 'Array(LowCardinality(String))' },
  { name: 'yes', type: 'Bool' },
  { name: 'maybe', type: 'Nullable(Bool)' },
  { name: 'small', type: 'UInt16' },
  { name: 'count', type: 'Nullable(UInt32)' },
  { name: 'large', type: 'Nullable(UInt64)' },
  { name: 'version', type: 'UInt64' },
  { name: 'time', type: 'DateTime64(9)' },
  { name: 'money', type: 'Nullable(Decimal(18, 12))' },
];

const ROW: Sample = {
  text: 'ü'.repeat(100),
  shared: 'a',
  list: ['x', '', 'x'],
  yes: true,
  maybe: null,
  small: 65_535,
  count: 4_294_967_295,
  large: Number.MAX_SAFE_INTEGER,
  version: 2n ** 64n - 1n,
  time: -1n,
  money: -999_999_999_999_999_999n,
};
const EMPTY: Sample = {
  ...{ text: '', shared: '', list: [], yes: false, maybe: false, small: 0, count: null },
  ...{ large: null, version: 0n, time: 0n, money: null },
};

test('every type of a column list comes back as it was', () => {
  const rows = [ROW, EMPTY, { ...ROW, shared: 'b', maybe: true }, EMPTY];
  const expected = rows.map((row) => ({
    ...row,
    large: row.large === null ? null : BigInt(row.large),
  }));
  expect(rowsOf(encodeRows(COLUMNS, rows))).toEqual(expected);
});

test('no rows are no block', () => {
  expect(encodeRows(COLUMNS, [])).toEqual([]);
});

test.each([3, 255, 256, 257, 65_535, 65_536, 70_000])('a dictionary of %i values', (size) => {
  const columns: readonly Column<{ shared: string }>[] = [
    { name: 'shared', type: 'LowCardinality(String)' },
  ];
  const rows = Array.from({ length: size }, (_, i) => ({ shared: `value ${i}` }));
  expect(rowsOf(encodeRows(columns, rows))).toEqual(rows);
});

test('what a column cannot hold: null where it may be, else an error', () => {
  const [row] = rowsOf(
    encodeRows<Sample>(COLUMNS, [{ ...ROW, count: 2 ** 32, large: -1, money: 10n ** 18n }]),
  );
  expect(row).toMatchObject({ count: null, large: null, money: null });
  expect(() => encodeRows(COLUMNS, [{ ...ROW, small: 65_536 }])).toThrow(RangeError);
});

test('the raw tables have the columns of the collector exporter, and ours', () => {
  expect(TRACE_COLUMNS.map(({ name, type }) => `${name} ${type}`)).toMatchSnapshot();
  expect(LOG_COLUMNS.map(({ name, type }) => `${name} ${type}`)).toMatchSnapshot();
});

test('more keys than a narrow index can name', () => {
  const attributes = Array.from({ length: 300 }, (_, i) => ({
    key: `key ${i}`,
    value: { intValue: String(i) },
  }));
  const span = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), attributes };
  const block = new Block();
  const request = protobuf(traces({ resourceSpans: [{ scopeSpans: [{ spans: [span, span] }] }] }));
  decodeTraces(request, block, { org_id: 'acme' });
  const expected = attributes.map(({ key }, i) => [key, String(i)]);
  const rows = rowsOf(block.parts('otel_traces'));
  expect(rows.map((row) => row['SpanAttributes'])).toEqual([expected, expected]);
});
