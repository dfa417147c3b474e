// The routes about answers: how good they are by any dimension, and which of them are poor.

import { usd } from '@spanledger/ledger';
import { z } from 'zod';
import { pageLimit } from './paging.ts';
import { BY, PERIOD } from './parameters.ts';
import { period, route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';

const POOR_MAX = 1_000;
const POOR_USUAL = 50;
/** A verdict is the mean of four to six checks: below this, two of them failed. */
const THRESHOLD_USUAL = 0.7;

const threshold = z
  .string()
  .regex(/^(?:0|1|[01]?\.\d{1,6})$/)
  .transform(Number)
  .pipe(z.number().min(0).max(1))
  .describe(`a score from 0 to 1; ${THRESHOLD_USUAL} when nothing is said`);

export function qualityRoutes({ store }: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/quality',
      meaning:
        'How good the answers of a period are, by any of the dimensions: scores, errors and warnings, and how many answers were not judged.',
      parameters: { ...PERIOD, ...BY },
      answer: async (org, { by = [], limit, ...given }) => {
        const asked = { org, ...period(given), by };
        const rows = await store.ask('quality', {
          ...asked,
          ...(limit === undefined ? {} : { limit }),
        });
        return { by, rows: rows.map(({ group, ...sums }) => ({ ...group, ...sums })) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/quality/poor',
      meaning:
        'The answers of a period that have an error or score below a threshold, the poorest first.',
      parameters: {
        ...PERIOD,
        threshold: threshold.optional(),
        limit: pageLimit(POOR_MAX, POOR_USUAL).optional(),
      },
      answer: async (org, { threshold = THRESHOLD_USUAL, limit = POOR_USUAL, ...given }) => {
        const asked = { org, ...period(given), threshold, limit };
        const rows = await store.ask('poor_answers', asked);
        const shown = rows.map((row) => ({ ...row, cost_usd: usd(row.cost_usd) }));
        return { threshold, rows: shown };
      },
    }),
  ];
}
