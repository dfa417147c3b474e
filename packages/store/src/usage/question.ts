// What a question is: its file is named after it, its row is typed here, and each answers for one
// organisation.

import { readRow, type Fields } from '../clickhouse/field.ts';
import type { Dimension } from './usage-columns.ts';

/** More rows than this no question answers with. */
export const ROWS_MAX = 10_000;

/** Seconds since 1970 UTC; the end is not included. */
export interface Period {
  readonly org: string;
  readonly from_s: number;
  readonly to_s: number;
}

export interface Grouping {
  readonly by: readonly Dimension[];
}

export interface Limit {
  readonly limit?: number;
}

export interface TraceParameters {
  readonly org: string;
  readonly trace: string;
}

/** Rows come typed from columns of our own (`native`), or are read field by field. */
export type Answer<Row> = 'native' | ((row: Readonly<Record<string, unknown>>) => Row);

export interface Question<Row> {
  readonly answer: Answer<Row>;
  /** What `$columns` stands for. */
  readonly columns?: readonly { readonly name: string }[];
  /** Values of parameters that are the same whoever asks. */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /** Parameters of this question alone, each with what it is where it is not given. */
  readonly own?: Readonly<Record<string, string | number | readonly string[]>>;
}

/** Reads a row field by field. */
export const reader =
  <Row>(fields: Fields) =>
  (row: Readonly<Record<string, unknown>>): Row =>
    readRow(fields, row) as Row;
