// Every way in and out, with what a member of an organisation does there. A way that is not in these
// tables fails the test: whoever adds one says here what it must not tell.

import { TOLD_WAYS } from './told-ways.ts';
import { EXECUTION_WAYS } from './execution-ways.ts';
import { CONVERSATION, MODEL, SPAN_OF_RUN, TRACE, USER } from './twins.ts';

export interface Request {
  /** What stands behind the method; parameters of the path are filled in. */
  readonly path: string;
  readonly body?: unknown;
}

/** What the ways below need to know of the world they are used in. */
export interface World {
  /** A period around everything that was sent, as parameters of a question. */
  readonly period: { readonly from: string; readonly to: string };
  /** The last month that is over. */
  readonly month: string;
  /** Of a key of the other organisation. */
  readonly foreign_key_id: string;
}

export interface Way {
  /** Tell the organisation about itself; the answer is the same whatever the other does. */
  readonly asks?: (world: World) => readonly Request[];
  /** Change something, as an admin of the organisation. */
  readonly deeds?: (world: World) => readonly Request[];
  /** Where the other's data is named: told as if it did not exist. */
  readonly missing?: (world: World) => readonly Request[];
  /** The status for members: this way is the operator's. */
  readonly refused?: number;
  /** OTLP: what comes in is the sender's own. */
  readonly sends?: true;
  /** Asks for no key and tells of the service only. */
  readonly open?: true;
}

const query = (parameters: Readonly<Record<string, string>>): string =>
  `?${new URLSearchParams(parameters).toString()}`;

export const WAYS: Readonly<Record<string, Way>> = {
  'POST /v1/traces': { sends: true },
  'POST /v1/logs': { sends: true },
  'POST /v1/metrics': { sends: true },
  ...TOLD_WAYS,
  'GET /healthz': { open: true },
  'GET /readyz': { open: true },
  'GET /metrics': { refused: 403 },
  'GET /openapi.json': { open: true },
  'GET /api': { open: true },
  'GET /api/v1/usage': {
    asks: ({ period }) =>
      ['', 'agent', 'model,tool', 'service,status'].map((by) => ({
        path: `/api/v1/usage${query({ ...period, ...(by ? { by } : {}) })}`,
      })),
  },
  'GET /api/v1/coverage': {
    asks: ({ period }) => [{ path: `/api/v1/coverage${query(period)}` }],
  },
  'GET /api/v1/traces/:trace_id': { asks: () => [{ path: `/api/v1/traces/${TRACE}` }] },
  'GET /api/v1/explain/:trace_id': { asks: () => [{ path: `/api/v1/explain/${TRACE}` }] },
  'GET /api/v1/freshness': {
    asks: () =>
      ['', query({ trace_id: TRACE })].map((end) => ({ path: `/api/v1/freshness${end}` })),
  },
  'POST /api/v1/sql': {
    asks: () =>
      [
        'SELECT count(), sum(input_uncached), uniqExact(trace_id) FROM calls',
        'SELECT org_id, user_id, conversation_id, count() FROM calls GROUP BY ALL ORDER BY ALL',
        'SELECT sum(calls), sum(cost_usd) FROM usage',
        'SELECT tool_name FROM tools ORDER BY tool_name',
        'SELECT name FROM system.tables ORDER BY name',
        'SELECT name FROM system.users ORDER BY name',
        'SELECT query FROM system.processes',
      ].map((sql) => ({ path: '/api/v1/sql', body: { query: sql } })),
  },
  'GET /api/v1/quality': {
    asks: ({ period }) => [{ path: `/api/v1/quality${query({ ...period, by: 'agent,model' })}` }],
  },
  'GET /api/v1/quality/poor': {
    asks: ({ period }) => [{ path: `/api/v1/quality/poor${query({ ...period, threshold: '1' })}` }],
  },
  'GET /api/v1/waste': { asks: ({ period }) => [{ path: `/api/v1/waste${query(period)}` }] },
  'GET /api/v1/why': {
    asks: ({ period }) =>
      ['planner', 'nobody'].map((agent) => ({
        path: `/api/v1/why${query({ ...period, agent, conversation_id: CONVERSATION })}`,
      })),
  },
  'GET /api/v1/verify': { asks: ({ period }) => [{ path: `/api/v1/verify${query(period)}` }] },
  'POST /api/v1/verify/repair': {
    deeds: ({ period }) => [{ path: '/api/v1/verify/repair', body: period }],
  },
  'GET /api/v1/prices': {
    asks: () => [{ path: `/api/v1/prices${query({ model: MODEL, provider: 'openai' })}` }],
  },
  'GET /api/v1/unpriced': {
    asks: ({ period }) => [{ path: `/api/v1/unpriced${query(period)}` }],
  },
  'POST /api/v1/recost': {
    asks: ({ period }) => [{ path: '/api/v1/recost', body: { ...period, dry_run: true } }],
    deeds: ({ period }) => [{ path: '/api/v1/recost', body: { ...period, dry_run: false } }],
  },
  'GET /api/v1/periods': { asks: () => [{ path: '/api/v1/periods' }] },
  'POST /api/v1/periods': {
    deeds: ({ month }) => [{ path: '/api/v1/periods', body: { month } }],
  },
  'GET /api/v1/bill': {
    asks: ({ period }) => [{ path: `/api/v1/bill${query({ ...period, by: 'model' })}` }],
  },
  // Grows with what the organisation itself does; the test of what admins changed looks for others' in it.
  'GET /api/v1/audit': { asks: () => [] },
  'GET /api/v1/alerts': { asks: () => [{ path: '/api/v1/alerts' }] },
  'GET /api/v1/alerts/rules': { asks: () => [{ path: '/api/v1/alerts/rules' }] },
  'POST /api/v1/alerts/rules': {
    deeds: () => [{ path: '/api/v1/alerts/rules', body: { name: 'cost', threshold: '1' } }],
  },
  'DELETE /api/v1/alerts/rules/:name': {
    missing: () => [{ path: '/api/v1/alerts/rules/nobody' }],
  },
  'GET /api/v1/tools/combinations': {
    asks: ({ period }) => [{ path: `/api/v1/tools/combinations${query(period)}` }],
  },
  'GET /api/v1/metrics': { asks: () => [{ path: '/api/v1/metrics?window=1h' }] },
  'GET /api/v1/forecast': {
    asks: () =>
      ['', '?unit=tokens', '?user=user-1'].map((end) => ({ path: `/api/v1/forecast${end}` })),
  },
  'GET /api/v1/budgets': { asks: () => [{ path: '/api/v1/budgets' }] },
  'GET /api/v1/budgets/check': { asks: () => [{ path: '/api/v1/budgets/check?agent=planner' }] },
  'POST /api/v1/budgets': {
    deeds: () => [
      {
        path: '/api/v1/budgets',
        body: { name: 'month', scope: 'organisation', period: 'month', limit_usd: '5' },
      },
    ],
  },
  'DELETE /api/v1/budgets/:name': {
    missing: () => [{ path: '/api/v1/budgets/nobody' }],
  },
  'GET /api/v1/deletions': { asks: () => [{ path: '/api/v1/deletions' }] },
  'POST /api/v1/deletions': {
    asks: () => [deletion('conversation', CONVERSATION, true)],
    deeds: ({ period }) => [
      deletion('conversation', CONVERSATION, false),
      deletion('user', USER, false),
      {
        path: '/api/v1/deletions',
        body: { kind: 'range', ...period, dry_run: false },
      },
    ],
  },
  'GET /api/v1/keys': { asks: () => [{ path: '/api/v1/keys' }] },
  'POST /api/v1/keys': {
    deeds: () => [{ path: '/api/v1/keys', body: { name: 'one more', role: 'ingest' } }],
  },
  'POST /api/v1/keys/:key_id/revoke': {
    missing: ({ foreign_key_id }) => [
      { path: `/api/v1/keys/${foreign_key_id}/revoke`, body: {} },
      { path: '/api/v1/keys/000000000000/revoke', body: {} },
    ],
  },
  ...EXECUTION_WAYS,
  'POST /api/v1/readers': { refused: 403 },
};

const EXECUTION = `${TRACE}:${SPAN_OF_RUN}`;

function deletion(kind: string, subject: string, dry_run: boolean): Request {
  return { path: '/api/v1/deletions', body: { kind, subject, dry_run } };
}

/** Arguments of each command that asks the service; null for one that asks none of a key's data. */
export const COMMAND_LINES: Readonly<
  Record<string, ((world: World) => readonly (readonly string[])[]) | null>
> = {
  // Start a service or an agent of their own.
  demo: null,
  up: null,
  // Reads files.
  account: null,
  // Prints what it knows itself.
  completion: null,
  // Sends a span of its own and follows it.
  doctor: null,
  // For the operator; refused, as its way is.
  readers: null,
  report: ({ period: { from, to } }) => [
    ['report', '--from', from, '--to', to, '--by', 'agent,model,tool'],
    ['report', '--as-billed', '--month', to.slice(0, 7)],
  ],
  waste: ({ period: { from, to } }) => [['waste', '--from', from, '--to', to]],
  'debug-agent': () => [['debug-agent', 'planner', '--conversation-id', CONVERSATION]],
  'poor-responses': () => [['poor-responses', '--hours', '1', '--threshold', '1']],
  trace: () => [['trace', TRACE]],
  explain: () => [['explain', TRACE]],
  prices: () => [
    ['prices', MODEL, '--provider', 'openai'],
    ['prices', 'check', '--last', '1d'],
  ],
  recost: ({ period: { from, to } }) => [['recost', '--from', from, '--to', to, '--dry-run']],
  periods: () => [['periods', 'list']],
  alerts: () => [['alerts'], ['alerts', 'rules']],
  combinations: ({ period: { from, to } }) => [['combinations', '--from', from, '--to', to]],
  audit: () => [],
  budgets: () => [['budgets', 'list']],
  forecast: () => [['forecast'], ['forecast', '--tokens']],
  executions: ({ period: { from, to } }) => [['executions', '--from', from, '--to', to]],
  failed: ({ period: { from, to } }) => [['failed', '--from', from, '--to', to]],
  slow: ({ period: { from, to } }) => [['slow', '--from', from, '--to', to, '--over', '1']],
  errors: ({ period: { from, to } }) => [['errors', '--from', from, '--to', to]],
  'view-execution': () => [['view-execution', EXECUTION]],
  timeline: () => [['timeline', EXECUTION]],
  chain: () => [['chain', EXECUTION]],
  interactions: () => [['interactions', EXECUTION]],
  'tracking-stats': () => [['tracking-stats', '--hours', '3']],
  tail: () => [['tail', '--once']],
  delete: () => [['delete', 'conversation', CONVERSATION, '--dry-run']],
  verify: ({ period: { from, to } }) => [['verify', '--from', from, '--to', to]],
  tools: ({ period: { from, to } }) => [['tools', '--from', from, '--to', to]],
  generations: () => [['generations'], ['generations', '--by', 'user']],
  sql: () => [['sql', 'SELECT org_id, count() FROM calls GROUP BY org_id']],
  keys: () => [['keys', 'list']],
};
