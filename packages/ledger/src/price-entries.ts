// The entries of a price file, field by field: what each may hold, and the words for what it may not.

import { z } from 'zod';
import type { TokenClass } from './ledger-row.ts';
import { canonicalProvider } from './price-model.ts';
import { picodollars } from './reading/money.ts';

const ENTRIES_MAX = 10_000;
const NS_PER_MS = 1_000_000n;
const TEXT_LENGTH_MAX = 200;

/** Fields of a row and the classes of tokens that they price. */
export const PRICE_CLASSES = [
  ['input', 'input_uncached'],
  ['cache_read', 'cache_read'],
  ['cache_write', 'cache_write_5m'],
  ['cache_write_1h', 'cache_write_1h'],
  ['output', 'output'],
  ['reasoning', 'reasoning'],
  ['audio_in', 'audio_in'],
  ['audio_out', 'audio_out'],
  ['image_in', 'image_in'],
  ['image_out', 'image_out'],
] as const satisfies readonly (readonly [string, TokenClass])[];

/** A number with so many decimals at most, as a whole number of 10⁻¹²; never through a float. */
function decimal(places: number, what: string): z.ZodType<bigint> {
  const words = `write ${what}, not below 0, with at most ${places} decimals`;
  return z.union([z.number(), z.string()], { error: words }).transform((value, context) => {
    const amount = picodollars(String(value));
    const whole = 10n ** BigInt(12 - places);
    if (amount !== null && amount >= 0n && amount % whole === 0n) return amount;
    context.addIssue({ code: 'custom', message: words });
    return z.NEVER;
  });
}

/** Dollars per million tokens are whole 10⁻¹² dollars per token. */
const perMillion = decimal(6, 'dollars per million tokens').transform(
  (amount) => amount / 1_000_000n,
);

const text = z
  .string({ error: 'write a text' })
  .min(1, 'write a text')
  .max(TEXT_LENGTH_MAX, `at most ${TEXT_LENGTH_MAX} characters`)
  .refine((value) => value !== 'FILL_IN', 'write what it is in place of FILL_IN');

const DAY = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z)?$/;

const time = z
  .string({ error: 'write a day as in 2026-01-31, or a time as in 2026-01-31T08:00Z' })
  .refine((value) => DAY.test(value) && isDay(value), {
    message: 'write a day as in 2026-01-31, or a time as in 2026-01-31T08:00Z',
  })
  .transform((value) => BigInt(Date.parse(value)) * NS_PER_MS);

function isDay(value: string): boolean {
  const time = new Date(value);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(value.slice(0, 10));
}

const scope = {
  org: text.default(''),
  provider: text.transform(canonicalProvider).default(''),
  model: text.default(''),
};
const dates = { from: time.default(0n), until: time.nullable().default(null) };
const tier = text.transform((word) => word.toLowerCase());

const classes = Object.fromEntries(
  PRICE_CLASSES.map(([field]) => [field, perMillion.optional()]),
) as unknown as Record<(typeof PRICE_CLASSES)[number][0], z.ZodOptional<z.ZodType<bigint>>>;

const above = z.strictObject({
  input_tokens: z.number({ error: 'write a number of tokens' }).int().min(1),
  ...classes,
});

const orderly = {
  check: ({ from, until }: { from: bigint; until: bigint | null }) =>
    typeof until !== 'bigint' || from < until,
  words: { message: 'from must be before until', path: ['until'] },
};

const price = z
  .strictObject({
    ...scope,
    ...dates,
    ...classes,
    model: text,
    tier: tier.default(''),
    id: text.default(''),
    source: text.default(''),
    per_request: decimal(12, 'dollars per call').default(0n),
    per_search: decimal(12, 'dollars per search').nullable().default(null),
    above: z.array(above).max(16).default([]),
  })
  .refine(orderly.check, orderly.words)
  .refine((entry) => entry.input !== undefined || entry.per_request > 0n, {
    message: 'name at least "input" or "per_request"',
  });

const percent = decimal(4, 'a percentage').transform((amount) => amount / 1_000_000n);

const share = z
  .strictObject({ ...scope, ...dates, tier, percent })
  .refine(orderly.check, orderly.words);

const discount = z
  .strictObject({
    ...scope,
    ...dates,
    percent: percent.refine((one) => one <= 100_000_000n, 'a discount is at most 100'),
  })
  .refine(orderly.check, orderly.words);

const alias = z.strictObject({
  ...scope,
  model: text,
  is: z.strictObject({ provider: scope.provider, model: text }),
});

const currency = z.strictObject({
  code: z.string().regex(/^[A-Z]{3}$/, 'write three capital letters, as in EUR'),
  per_usd: decimal(12, 'how much of it one dollar is').refine((rate) => rate > 0n, 'above 0'),
  date: z
    .string({ error: 'write the day of the rate as in 2026-01-31' })
    .refine((value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && isDay(value), {
      message: 'write the day of the rate as in 2026-01-31',
    }),
});

const list = <Entry extends z.ZodType>(entry: Entry) =>
  z.array(entry, { error: 'write a list' }).max(ENTRIES_MAX).default([]);

export const PRICE_FILE = z.strictObject(
  {
    prices: list(price),
    tiers: list(share),
    discounts: list(discount),
    aliases: list(alias),
    providers: list(z.strictObject({ name: text, is: text.transform(canonicalProvider) })),
    currencies: list(currency),
  },
  {
    error: (issue) =>
      issue.code === 'invalid_type' ? 'write sections such as prices:' : undefined,
  },
);

export type PriceEntry = z.output<typeof price>;
export type ClassEntry = Partial<Record<(typeof PRICE_CLASSES)[number][0], bigint | undefined>>;
export type ScopeEntry = { readonly [Name in keyof typeof scope]: string };
export type ShareEntry = ScopeEntry & {
  readonly from: bigint;
  readonly until: bigint | null;
  readonly percent: bigint;
};
