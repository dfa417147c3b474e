// The parameters of the REST API: named, typed, bounded. A parameter that is not known is refused
// by name, because a misspelt filter that is ignored gives a wrong number.

import { SpanledgerError } from '@spanledger/ledger';
import { DELETION_KINDS, DIMENSIONS, readMonth, type Dimension } from '@spanledger/store';
import { z } from 'zod';
import { ROLES } from '../keys/keys.ts';

/** Short names that people type. */
const SHORT: Readonly<Record<string, Dimension>> = {
  service: 'service_name',
  agent: 'agent_name',
  tool: 'tool_name',
};
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const LONGEST_MS = 366 * UNIT_MS.d;
const MS_PER_S = 1_000;
const SHOWN_CHARACTERS = 60;
export const ROWS_MAX = 10_000;

const last = z
  .string()
  .regex(/^[1-9]\d{0,5}[mhd]$/)
  .transform((text) => Number(text.slice(0, -1)) * UNIT_MS[text.slice(-1) as keyof typeof UNIT_MS])
  .refine((duration_ms) => duration_ms <= LONGEST_MS)
  .describe('a duration such as 30m, 24h, 7d; at most 366d');

const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .describe('a time as in 2026-01-31T08:00:00Z');

const by = z
  .string()
  .transform((text) => text.split(',').map((name) => SHORT[name] ?? name))
  .pipe(z.array(z.enum(DIMENSIONS)).max(DIMENSIONS.length))
  .refine((names) => new Set(names).size === names.length)
  .describe(`different names of ${[...DIMENSIONS, ...Object.keys(SHORT)].join(', ')}`);

const traceId = z
  .string()
  .regex(/^[0-9a-fA-F]{32}$/)
  .transform((text) => text.toLowerCase())
  .describe('32 hex digits');

export const PERIOD = { last: last.optional(), from: instant.optional(), to: instant.optional() };
const limit = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .pipe(z.number().min(1).max(ROWS_MAX))
  .describe(`1 to ${ROWS_MAX}`);

const NAME_LENGTH_MAX = 200;
const name = z
  .string()
  .min(1)
  .max(NAME_LENGTH_MAX)
  .describe(`a name of 1 to ${NAME_LENGTH_MAX} characters`);
const yes = z.boolean().describe('true, false');
const currency = z
  .string()
  .regex(/^[A-Za-z]{3}$/)
  .transform((code) => code.toUpperCase())
  .describe('a currency of the price file, as in EUR');
const place = z
  .strictObject({
    hour_s: z.number().int().min(0).max(0xffff_ffff),
    trace_id: z.union([z.literal(''), traceId]),
  })
  .describe('the "next" of the page before');

const KEY_NAME = /^[^\p{C}]{1,64}$/u;
const keyName = z.string().regex(KEY_NAME).describe('1 to 64 characters that can be seen');
const role = z.enum(ROLES).describe(ROLES.join(', '));
const keyId = z
  .string()
  .regex(/^[0-9a-f]{12}$/)
  .describe('12 hex digits, as the list of keys has them');

const month = z
  .string()
  .transform((text) => readMonth(text))
  .describe('a month of UTC, as in 2026-10');

const SUBJECT_LENGTH_MAX = 1_024;
const deletionKind = z.enum(DELETION_KINDS).describe(DELETION_KINDS.join(', '));
const subject = z
  .string()
  .min(1)
  .max(SUBJECT_LENGTH_MAX)
  .describe(`an id of 1 to ${SUBJECT_LENGTH_MAX} characters`);
const deletionId = z.uuid().describe('the deletion_id of the list');

const query = z.string().min(1).describe('one SELECT statement');

export const KEY = {
  name: keyName,
  role,
  expires_at: instant.optional(),
  spans: yes.optional(),
};
export const APPLY = { apply: yes.optional() };
export const KEY_ID = { key_id: keyId };
export const BY = { by: by.optional(), limit: limit.optional() };
export const QUERY = { query };
export const LIMIT = { limit: limit.optional() };
export const CURRENCY = { currency: currency.optional() };
export const MODEL = {
  model: name,
  provider: name.optional(),
  tier: name.optional(),
  org: name.optional(),
  at: instant.optional(),
};
export const RECOST = {
  model: name.optional(),
  org: name.optional(),
  dry_run: yes,
  after: place.nullable().optional(),
};
const hour = z
  .string()
  .regex(/^\d{1,10}(\/[0-9a-f]*)?$/)
  .describe('the "next" of the page before, or 0 for the first');
export const VERIFY = { after: hour.optional() };
export const DELETION = {
  kind: deletionKind,
  subject: subject.optional(),
  from: instant.optional(),
  to: instant.optional(),
  dry_run: yes,
};
export const DELETION_ID = { deletion_id: deletionId.optional() };
export const MONTH = { month: month.optional() };
export const FREEZE = { month, dry_run: yes.optional() };
export const TRACE = { trace_id: traceId };
export const OPTIONAL_TRACE = { trace_id: traceId.optional() };

/** Seconds since 1970 UTC; the end is not included. */
export interface Period {
  readonly from_s: number;
  readonly to_s: number;
}

export interface PeriodParameters {
  readonly last?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** `from` and `to`, or the `last` so long; the last day when nothing is said. */
export function periodOf(given: PeriodParameters, now_ms: number): Period {
  if (given.last !== undefined && given.from !== undefined) {
    throw new SpanledgerError('invalid_parameter', 'last and from exclude each other');
  }
  const to = given.to ?? now_ms;
  const from = given.from ?? to - (given.last ?? UNIT_MS.d);
  if (from < 0 || from >= to)
    throw new SpanledgerError('invalid_parameter', 'from must be before to');
  return { from_s: Math.floor(from / MS_PER_S), to_s: Math.ceil(to / MS_PER_S) };
}

/** The parameters by their schemas; the first that is wrong is refused by name. */
export function readParameters<Shape extends z.ZodRawShape>(
  shape: Shape,
  given: Readonly<Record<string, unknown>>,
): z.output<z.ZodObject<Shape>> {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(shape, name)) continue;
    const known = Object.keys(shape).join(', ') || 'none';
    throw new SpanledgerError('invalid_parameter', `unknown "${shown(name)}"; known: ${known}`);
  }
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) return parsed.data;
  const name = String(parsed.error.issues[0]?.path[0] ?? '');
  const schema = shape[name] as z.ZodType | undefined;
  const allowed = schema === undefined ? '' : (describe(schema) ?? 'a text, once');
  const value = given[name] === undefined ? 'missing' : `"${shown(String(given[name]))}"`;
  throw new SpanledgerError('invalid_parameter', `${name}=${value}; allowed: ${allowed}`);
}

function describe(schema: z.ZodType): string | undefined {
  return schema instanceof z.ZodOptional
    ? describe(schema.unwrap() as z.ZodType)
    : schema.description;
}

function shown(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
