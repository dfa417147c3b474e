// What a setting is, and the kinds that there are: how it is written, what is allowed, what it means.

import { z } from 'zod';

/** How a setting is written, for messages and for the reference page. */
export interface Setting<T> {
  readonly fallback: string;
  readonly schema: z.ZodType<T>;
  readonly allowed: string;
  readonly meaning: string;
}

export function text(fallback: string, allowed: string, meaning: string): Setting<string> {
  return { fallback, schema: z.string(), allowed, meaning };
}

export function whole(
  fallback: number,
  min: number,
  max: number,
  meaning: string,
): Setting<number> {
  const schema = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
  return { fallback: String(fallback), schema, allowed: `whole number ${min} to ${max}`, meaning };
}

export function choice<const T extends string>(
  fallback: T,
  values: readonly [T, ...T[]],
  meaning: string,
): Setting<T> {
  return { fallback, schema: z.enum(values), allowed: values.join(', '), meaning };
}

export function flag(meaning: string): Setting<boolean> {
  const schema = z.enum(['true', 'false']).transform((value) => value === 'true');
  return { fallback: 'false', schema, allowed: 'true, false', meaning };
}

const address = z.union([z.literal(''), z.url({ protocol: /^https?$/ })]);

export function url(meaning: string): Setting<string> {
  return { fallback: '', schema: address, allowed: 'http:// or https:// address', meaning };
}
