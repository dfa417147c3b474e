// Readers of single values as ClickHouse's JSON gives them: each says what a field is, and throws
// when the answer is not of that kind.

export type Field<T> = (value: unknown, name: string) => T;

/** A record of fields, and the row that it reads. */
export type Fields = Readonly<Record<string, Field<unknown>>>;
export type RowOf<F extends Fields> = { readonly [Name in keyof F]: ReturnType<F[Name]> };

export const text: Field<string> = (value, name) => {
  if (typeof value !== 'string') throw wrong(name, value, 'a text');
  return value;
};

/** Sums come as text; above 2^53 a count is not exact any more and is refused. */
export const count: Field<number> = (value, name) => {
  const number = Number(value);
  if (value === null || !Number.isSafeInteger(number)) throw wrong(name, value, 'a whole number');
  return number;
};

export const integer: Field<bigint> = (value, name) => {
  if (typeof value !== 'string' && typeof value !== 'number')
    throw wrong(name, value, 'an integer');
  return BigInt(value);
};

const MONEY = /^(-?)(\d+)(?:\.(\d{1,12}))?$/;

/** A decimal of twelve places, as a whole number of 10⁻¹² dollars. */
export const money: Field<bigint> = (value, name) => {
  const match = MONEY.exec(String(value));
  if (match === null) throw wrong(name, value, 'a decimal');
  const [, sign, whole = '', fraction = ''] = match;
  const amount = BigInt(whole + fraction.padEnd(12, '0'));
  return sign === '-' ? -amount : amount;
};

export const counts: Field<Readonly<Record<string, number>>> = (value, name) => {
  if (typeof value !== 'object' || value === null) throw wrong(name, value, 'a map of counts');
  const entries = Object.entries(value).map(([key, one]) => [key, count(one, `${name}.${key}`)]);
  return Object.fromEntries(entries) as Record<string, number>;
};

export function nullable<T>(field: Field<T>): Field<T | null> {
  return (value, name) => (value === null ? null : field(value, name));
}

export function readRow<F extends Fields>(
  fields: F,
  row: Readonly<Record<string, unknown>>,
): RowOf<F> {
  const read: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) read[name] = field(row[name] ?? null, name);
  return read as RowOf<F>;
}

function wrong(name: string, value: unknown, wanted: string): TypeError {
  return new TypeError(`cannot read ${name}: ${String(value).slice(0, 80)} is not ${wanted}`);
}
