// The columns of `genai_metric_points` while they are filled, row by row: points are few beside
// spans, because a point is a sum.

import { AttributeMap } from './attribute-map.ts';
import { METRIC_POINT_COLUMNS, type MetricPoint } from './metric-point.ts';
import { Table } from './table.ts';
import { type ValueColumn, valueColumn } from './value-columns.ts';

export class MetricTable {
  /** Where the attributes of a point lie while it is read; no row keeps them. */
  readonly attributes: AttributeMap;
  readonly table: Table;
  readonly #columns: readonly { readonly name: keyof MetricPoint; readonly column: ValueColumn }[];

  constructor(seed: number, entriesKept: number) {
    this.attributes = new AttributeMap(new Map(), seed, entriesKept);
    const columns = METRIC_POINT_COLUMNS.map(({ name, type }) => ({
      name,
      column: valueColumn(type, seed),
    }));
    this.#columns = columns;
    this.table = new Table(
      columns,
      [
        ...columns.flatMap(({ column }) => column.memory),
        this.attributes.ids,
        this.attributes.values,
      ],
      columns.flatMap(({ column }) => column.dictionary ?? []),
    );
  }

  add(point: MetricPoint): void {
    for (const { name, column } of this.#columns) column.add(point[name]);
    this.table.rows++;
  }

  /** The points back, for accounts without a store and for tests. */
  read(): MetricPoint[] {
    const columns = this.#columns.map(({ name, column }) => [name, column.values()] as const);
    return Array.from({ length: this.table.rows }, (_, row) => {
      const point: Record<string, unknown> = {};
      for (const [name, values] of columns) point[name] = values[row];
      return point as unknown as MetricPoint;
    });
  }

  get repaired(): number {
    return this.table.repaired + this.attributes.keys.repaired;
  }

  get size_bytes(): number {
    return this.table.size_bytes + this.attributes.keys.size_bytes;
  }

  reset(entriesKept: number): void {
    this.table.reset(entriesKept);
    this.attributes.reset();
  }
}
