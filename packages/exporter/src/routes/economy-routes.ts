// The routes about what tools cost together, and the figures of an organisation for a Prometheus of its own.

import { usd } from '@spanledger/ledger';
import type { CombinationRow } from '@spanledger/store';
import { z } from 'zod';
import { PERIOD } from './parameters.ts';
import { prometheusText } from '../planning/prometheus-text.ts';
import { pageLimit } from './paging.ts';
import { period, route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';

const COMBINATIONS_MAX = 500;
const COMBINATIONS_USUAL = 50;
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const WINDOWS = { '5m': 300, '1h': 3_600, '24h': 86_400 } as const;
const WINDOW_NAMES = ['5m', '1h', '24h'] as const;

export function economyRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/tools/combinations',
      meaning:
        'Which tools traces used together, what these traces cost, and tokens for each tool call that went well; the dearest first.',
      parameters: { ...PERIOD, limit: pageLimit(COMBINATIONS_MAX, COMBINATIONS_USUAL).optional() },
      answer: async (org, { limit = COMBINATIONS_USUAL, ...given }) => {
        const asked = { org, ...period(given), limit };
        const rows = await stages.store.ask('tool_combinations', asked);
        return { combinations: rows.map(combinationAnswer) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/metrics',
      meaning:
        'Tokens, durations, calls and cost of the last 5m, 1h or 24h as gauges in the text format of Prometheus.',
      media: METRICS_TYPE,
      parameters: { window: z.enum(WINDOW_NAMES).describe(WINDOW_NAMES.join(', ')).optional() },
      answer: (org, { window = '1h' }) =>
        prometheusText(stages.store, org, window, WINDOWS[window]),
    }),
  ];
}

function combinationAnswer(row: CombinationRow): unknown {
  const { combination, traces, tool_calls, tool_errors, calls, calls_priced, tokens } = row;
  const good = tool_calls - tool_errors;
  return {
    tools: combination,
    ...{ traces, tool_calls, tool_errors, calls, calls_priced, tokens },
    success_rate: tool_calls === 0 ? null : good / tool_calls,
    tokens_per_successful_call: tokens === null || good === 0 ? null : tokens / BigInt(good),
    cost_usd: usd(row.cost_usd),
    cost_usd_per_trace: row.cost_usd === null ? null : usd(row.cost_usd / BigInt(traces)),
  };
}
