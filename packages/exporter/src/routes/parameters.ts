// The parameters of the REST API: named, typed, bounded. A parameter that is not known is refused
// by name, because a misspelt filter that is ignored gives a wrong number.

import { SpanledgerError } from '@spanledger/ledger';
import { DELETION_KINDS, DIMENSIONS, readMonth, type Dimension } from '@spanledger/store';
import { z } from 'zod';
import { ROLES } from '../keys/keys.ts';
import { nearestName } from '../settings/nearest-name.ts';
import { instant, last, time } from './times.ts';

/** Short names that people type. */
const SHORT: Readonly<Record<string, Dimension>> = {
  service: 'service_name',
  agent: 'agent_name',
  tool: 'tool_name',
};
const SHOWN_CHARACTERS = 60;
export const ROWS_MAX = 10_000;

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

export const PERIOD = { last: last.optional(), from: time.optional(), to: time.optional() };
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

/** The parameters by their schemas; the first that is wrong is refused by name. */
export function readParameters<Shape extends z.ZodRawShape>(
  shape: Shape,
  given: Readonly<Record<string, unknown>>,
): z.output<z.ZodObject<Shape>> {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(shape, name)) continue;
    const known = Object.keys(shape);
    const nearest = nearestName(name, known);
    const meant = nearest === null ? '' : `; nearest: ${nearest}`;
    const detail = `unknown "${shown(name)}"${meant}; known: ${known.join(', ') || 'none'}`;
    throw new SpanledgerError('invalid_parameter', detail);
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
