// The route about waste: what was paid for nothing, by rules with evidence.

import { usd } from '@spanledger/ledger';
import { LIMIT, PERIOD } from './parameters.ts';
import { period, route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';

const ROWS_USUAL = 100;

export function wasteRoutes({ store }: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/waste',
      meaning:
        'What calls cost that were repeated, failed, refused, empty, truncated, invalid or past the cache: by rule, agent and model, with evidence.',
      parameters: { ...PERIOD, ...LIMIT },
      answer: async (org, { limit = ROWS_USUAL, ...given }) => {
        const found = await store.ask('waste', { org, ...period(given), limit });
        const rows = found.map((row) => ({ ...row, cost_usd: usd(row.cost_usd) }));
        const any = rows.find(({ rule }) => rule === 'any');
        const total = { calls: any?.calls ?? 0, unpriced: any?.unpriced ?? 0 };
        return {
          total: { ...total, cost_usd: any === undefined ? null : any.cost_usd },
          rows: rows.filter(({ rule }) => rule !== 'any'),
        };
      },
    }),
  ];
}
