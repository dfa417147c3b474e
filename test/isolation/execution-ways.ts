// The ways to executions: lists, single ones, their deletion, and what is reckoned from them.

import { SPAN_OF_RUN, TRACE } from './twins.ts';
import type { Way } from './ways.ts';

const ID = `${TRACE}:${SPAN_OF_RUN}`;
const NOBODYS = `${TRACE}:ffffffffffffffff`;

export const EXECUTION_WAYS: Readonly<Record<string, Way>> = {
  'GET /execution-logs/executions': {
    asks: ({ period }) =>
      ['', '&include_llm_calls=true', '&agent_type=planner&status=completed&limit=1'].map(
        (more) => ({
          path: `/execution-logs/executions?${dates(period)}${more}`,
        }),
      ),
  },
  'GET /execution-logs/executions/:execution_id': {
    asks: () => [{ path: `/execution-logs/executions/${ID}` }],
    missing: () => [{ path: `/execution-logs/executions/${NOBODYS}` }],
  },
  'GET /execution-logs/llm-calls': {
    asks: ({ period }) => [{ path: `/execution-logs/llm-calls?${dates(period)}` }],
  },
  'GET /execution-logs/analytics/summary': {
    asks: ({ period }) => [{ path: `/execution-logs/analytics/summary?${dates(period)}` }],
  },
  'DELETE /execution-logs/executions/:execution_id': {
    missing: () => [{ path: `/execution-logs/executions/${NOBODYS}` }],
    deeds: () => [{ path: `/execution-logs/executions/${ID}` }],
  },
  'GET /api/v1/executions': {
    asks: ({ period }) =>
      ['', '&slower_ms=1'].map((more) => ({
        path: `/api/v1/executions?${new URLSearchParams(period).toString()}${more}`,
      })),
  },
  'GET /api/v1/executions/live': { asks: () => [{ path: '/api/v1/executions/live?once=true' }] },
  'GET /api/v1/executions/:execution_id': { asks: () => [{ path: `/api/v1/executions/${ID}` }] },
  'GET /api/v1/executions/:execution_id/timeline': {
    asks: () => [{ path: `/api/v1/executions/${ID}/timeline` }],
  },
  'GET /api/v1/executions/:execution_id/chain': {
    asks: () => [{ path: `/api/v1/executions/${ID}/chain` }],
  },
  'GET /api/v1/errors': {
    asks: ({ period }) => [{ path: `/api/v1/errors?${new URLSearchParams(period).toString()}` }],
  },
  'GET /api/v1/tracking-stats': { asks: () => [{ path: '/api/v1/tracking-stats?hours=3' }] },
};

function dates({ from, to }: { readonly from: string; readonly to: string }): string {
  return new URLSearchParams({ start_date: from, end_date: to }).toString();
}
