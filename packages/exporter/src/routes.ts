// The questions of the REST API, one entry each: path, parameters, answer. The caller's
// organisation is the first argument of every answer, so that none can forget it.

import type { z } from 'zod';

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly meaning: string;
  readonly parameters: z.ZodRawShape;
  readonly answer: (org_id: string, parameters: Readonly<Record<string, unknown>>) => unknown;
}
