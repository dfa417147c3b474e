// The sums that a bill is made of: what of the roll-ups can be frozen, adjusted and added again. Times
// of calls are not among them.

import { DIMENSIONS, MEASURES } from '../usage/usage-columns.ts';

const NOT_BILLED = new Set(['duration_ns', 'durations', 'reasons']);

interface BillMeasure {
  readonly name: string;
  /** Null where nothing is known, and so of another type. */
  readonly nullable: boolean;
  readonly signed_type: 'Int64' | 'Nullable(Int64)' | 'Nullable(Decimal(38, 12))';
}

export const BILL_MEASURES: readonly BillMeasure[] = MEASURES.filter(
  ({ name }) => !NOT_BILLED.has(name),
).map(({ name, nothing }) => {
  if (name === 'cost_usd') {
    return { name, nullable: true, signed_type: 'Nullable(Decimal(38, 12))' };
  }
  const nullable = nothing === 'NULL';
  return { name, nullable, signed_type: nullable ? 'Nullable(Int64)' : 'Int64' };
});

const names = BILL_MEASURES.map(({ name }) => name);

/** Dimensions and sums, in one order for every table of them. */
export const BILL_COLUMNS = [...DIMENSIONS, ...names].join(', ');

/** The same as an adjustment has them: less than nothing is possible. */
export const SIGNED_COLUMNS = [
  ...DIMENSIONS,
  ...BILL_MEASURES.map(({ name, signed_type }) => `CAST(${name} AS ${signed_type}) AS ${name}`),
].join(', ');

/** What each `$bill` of a question stands for. */
export const BILL_SQL = names.map((name) => `sum(u.${name}) AS ${name}`).join(',\n    ');

/** What `$changed` stands for: that sums are not all nothing. */
export const CHANGED_SQL = names.map((name) => `ifNull(${name}, 0) != 0`).join(' OR ');
