// How a row's fields become ClickHouse columns. One list per table says it all: the migrations, the
// Native encoder, the readers and the contract test are held to these lists.

/** The ClickHouse types that our own tables use, with the TypeScript value each one carries. */
export interface ColumnValues {
  String: string;
  'LowCardinality(String)': string;
  'Array(LowCardinality(String))': readonly string[];
  Bool: boolean;
  'Nullable(Bool)': boolean | null;
  UInt16: number;
  'Nullable(UInt16)': number | null;
  UInt32: number;
  'Nullable(UInt32)': number | null;
  UInt64: bigint;
  /** Safe integers only: above 2^53 a figure is no measurement and is refused as null. */
  'Nullable(UInt64)': number | null;
  /** Nanoseconds since 1970-01-01 UTC. */
  'DateTime64(9)': bigint;
  /** US dollars as a whole number of 10⁻¹² dollars; never a float. */
  'Nullable(Decimal(18, 12))': bigint | null;
}

export type ColumnType = keyof ColumnValues;

type TypesOf<Value> = {
  [T in ColumnType]: Value extends ColumnValues[T] ? T : never;
}[ColumnType];

/** A column's name is the row's field name, in TypeScript, SQL and JSON alike. */
export type Column<Row> = {
  [Name in keyof Row & string]: { readonly name: Name; readonly type: TypesOf<Row[Name]> };
}[keyof Row & string];
