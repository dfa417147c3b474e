// What a route of the REST API is, and what all of them need.

import type { z } from 'zod';
import type { Caller, Role } from '../keys/keys.ts';
import { periodOf, type Period, type PeriodParameters } from './times.ts';

export interface Route<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** GET and DELETE take their parameters from the address, POST from a body of JSON. */
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly meaning: string;
  /** What a key needs at least; left out for reading. */
  readonly role?: Role;
  readonly parameters: Shape;
  /** What a good answer looks like, as JSON; it goes into the description of the API. */
  readonly answers?: z.ZodType;
  /** What the answer is written in; JSON where it is left out. */
  readonly media?: string;
  /** True where the answer can be about all organisations; `org` is then `*`. */
  readonly of_all?: true;
  readonly answer: (org: string, given: z.output<z.ZodObject<Shape>>, caller: Caller) => unknown;
}

/** Keeps a route's own parameter types while the list forgets them. */
export function route<Shape extends z.ZodRawShape>(one: Route<Shape>): Route {
  return one as unknown as Route;
}

/** `fallback_ms`: how long it is where nothing is said; else a day. */
export function period(given: PeriodParameters, fallback_ms?: number): Period {
  return periodOf(given, Date.now(), fallback_ms);
}
