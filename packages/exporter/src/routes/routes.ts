// The questions of the REST API, one entry each: path, parameters, answer. The caller's
// organisation is the first argument of every answer, so that none can forget it.

import { explain, meaningsOf, SpanledgerError, usd, type LedgerRow } from '@spanledger/ledger';
import type { Period } from '@spanledger/store';
import { alertRoutes } from './alert-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { budgetRoutes } from './budget-routes.ts';
import { byHandRoutes } from './by-hand-routes.ts';
import { deletionRoutes } from './deletion-routes.ts';
import { generationRoutes } from './generation-routes.ts';
import { executionLogRoutes } from './execution-log-routes.ts';
import { executionRoutes } from './execution-routes.ts';
import { economyRoutes } from './economy-routes.ts';
import { forecastRoutes } from './forecast-routes.ts';
import { keyRoutes } from './key-routes.ts';
import { BY, CURRENCY, OPTIONAL_TRACE, PERIOD, QUERY, TRACE } from './parameters.ts';
import { periodRoutes } from './period-routes.ts';
import { priceRoutes } from './price-routes.ts';
import { qualityRoutes } from './quality-routes.ts';
import { readerRoutes } from './reader-routes.ts';
import type { Readers } from '../keys/readers.ts';
import { period, route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';
import { toolRoutes } from './tool-routes.ts';
import { usageReport } from './usage-report.ts';
import { verifyRoutes } from './verify-routes.ts';
import { wasteRoutes } from './waste-routes.ts';
import { whyRoutes } from './why-routes.ts';

const NS_PER_MS = 1_000_000;

export function createRoutes(stages: Stages, readers: Readers): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/usage',
      meaning:
        'What was used in a period, by any of the dimensions; apart, what only metrics tell of a service.',
      parameters: { ...PERIOD, ...BY, ...CURRENCY },
      answer: (org, { by = [], limit, currency, ...given }) =>
        usageReport(stages, { org, ...period(given) }, by, limit, currency),
    }),
    route({
      method: 'GET',
      path: '/api/v1/coverage',
      meaning:
        'How many calls have usage and a price, the reasons for the rest, and what is doubted; each with its meaning.',
      parameters: PERIOD,
      answer: (org, given) => coverageAnswer(stages, { org, ...period(given) }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/traces/:trace_id',
      meaning: 'The ledger rows and agent runs of one trace.',
      parameters: TRACE,
      answer: (org, { trace_id }) => traceAnswer(stages, org, trace_id),
    }),
    route({
      method: 'GET',
      path: '/api/v1/explain/:trace_id',
      meaning: 'Why a trace came out as it did: roles, rules and sums, as a tree.',
      parameters: TRACE,
      answer: (org, { trace_id }) => explainAnswer(stages, org, trace_id),
    }),
    route({
      method: 'GET',
      path: '/api/v1/freshness',
      meaning: 'The time from the last span of a trace, or of the latest, to its roll-up.',
      parameters: OPTIONAL_TRACE,
      answer: (org, { trace_id }) => freshnessAnswer(stages, org, trace_id),
    }),
    route({
      method: 'POST',
      path: '/api/v1/sql',
      meaning:
        'One read-only query on the views usage, calls, model_calls, runs, run_events, generations, tools, quality, doubts, metric_usage and alerts.',
      parameters: QUERY,
      answer: (org, { query }) => readers.run(org, query),
    }),
    ...alertRoutes(stages),
    ...auditRoutes(stages),
    ...budgetRoutes(stages),
    ...forecastRoutes(stages),
    ...economyRoutes(stages),
    ...byHandRoutes(stages),
    ...generationRoutes(stages),
    ...toolRoutes(stages),
    ...qualityRoutes(stages),
    ...wasteRoutes(stages),
    ...whyRoutes(stages),
    ...executionRoutes(stages),
    ...executionLogRoutes(stages),
    ...verifyRoutes(stages),
    ...priceRoutes(stages),
    ...periodRoutes(stages),
    ...deletionRoutes(stages),
    ...keyRoutes(stages),
    ...readerRoutes(stages, readers),
  ];
}

async function coverageAnswer({ store }: Stages, asked: Period): Promise<unknown> {
  const [coverage] = await store.ask('coverage', asked);
  const { reasons = {}, doubts = {} } = coverage ?? {};
  const meanings = meaningsOf([...Object.keys(reasons), ...Object.keys(doubts)]);
  return { ...coverage, meanings };
}

async function traceAnswer({ store }: Stages, org: string, trace: string): Promise<unknown> {
  const [rows, runs] = await Promise.all([
    store.ask('trace_rows', { org, trace }),
    store.ask('trace_executions', { org, trace }),
  ]);
  if (rows.length === 0) throw new SpanledgerError('not_found', `trace ${trace}`);
  return { trace_id: trace, rows: rows.map(ledgerAnswer), runs: runs.map(withCost) };
}

function ledgerAnswer(row: LedgerRow): unknown {
  return { ...withCost(row), reported_cost_usd: usd(row.reported_cost_usd) };
}

function withCost<Row extends { readonly cost_usd: bigint | null }>(row: Row) {
  return { ...row, cost_usd: usd(row.cost_usd) };
}

/** From the unit that the trace was settled with, so that the answer is what the ledger says. */
async function explainAnswer(stages: Stages, org: string, trace_id: string): Promise<unknown> {
  const unit = await stages.store.traceUnit(org, trace_id);
  if (unit === null) throw new SpanledgerError('not_found', `trace ${trace_id}`);
  return { trace_id, ...explain(unit.facts, stages.prices.book, trace_id) };
}

async function freshnessAnswer(
  { store }: Stages,
  org: string,
  asked: string | undefined,
): Promise<unknown> {
  const latest = { org, ...period({}), limit: 1 };
  const trace_id = asked ?? (await store.ask('recent_traces', latest))[0]?.trace_id ?? null;
  if (trace_id === null) return { trace_id, freshness_ms: null };
  const [times] = await store.ask('freshness', { org, trace: trace_id });
  const end_ns = times?.last_span_end_ns ?? null;
  if (end_ns === null) throw new SpanledgerError('not_found', `trace ${trace_id}`);
  const rolled_up_ns = times?.rolled_up_ns ?? null;
  const freshness_ms = rolled_up_ns === null ? null : Number(rolled_up_ns - end_ns) / NS_PER_MS;
  return { trace_id, freshness_ms, ...times };
}
