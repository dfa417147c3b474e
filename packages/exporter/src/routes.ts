// The questions of the REST API, one entry each: path, parameters, answer. The caller's
// organisation is the first argument of every answer, so that none can forget it.

import {
  explain,
  meaningsOf,
  metricUsage,
  SpanledgerError,
  usd,
  type DisplayCurrency,
  type LedgerRow,
  type MetricUsage,
} from '@spanledger/ledger';
import type { Period, UsageRow } from '@spanledger/store';
import { keyRoutes } from './key-routes.ts';
import { amountAnswer, currencyOf, rateAnswer } from './display-currency.ts';
import { BY, CURRENCY, OPTIONAL_TRACE, PERIOD, QUERY, TRACE } from './parameters.ts';
import { periodRoutes } from './period-routes.ts';
import { priceRoutes } from './price-routes.ts';
import type { Readers } from './readers.ts';
import { period, route, type Route } from './route.ts';
import type { Stages } from './stages.ts';
import { verifyAnswer } from './verify-answer.ts';

const NS_PER_MS = 1_000_000;

export function createRoutes(stages: Stages, readers: Readers): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/usage',
      meaning:
        'What was used in a period, by any of the dimensions; apart, what only metrics tell of a service.',
      parameters: { ...PERIOD, ...BY, ...CURRENCY },
      answer: async (org, { by = [], limit, currency: code, ...given }) => {
        const currency = code === undefined ? null : currencyOf(stages, code);
        const asked = { org, ...period(given) };
        const [rows, sums] = await Promise.all([
          stages.store.ask('usage', { ...asked, by, ...(limit === undefined ? {} : { limit }) }),
          stages.store.ask('metric_usage', asked),
        ]);
        const metric_only = metricUsage(sums).map(metricAnswer);
        const shown = rows.map((row) => usageAnswer(row, currency));
        return { by, rows: shown, metric_only, ...rateAnswer(currency) };
      },
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
      method: 'GET',
      path: '/api/v1/verify',
      meaning: 'Recomputes a period from its facts and tells what differs.',
      parameters: PERIOD,
      answer: (org, given) => verifyAnswer(stages, org, period(given)),
    }),
    route({
      method: 'POST',
      path: '/api/v1/sql',
      meaning:
        'One read-only query on the views usage, calls, runs, tools, doubts and metric_usage.',
      parameters: QUERY,
      answer: (org, { query }) => readers.run(org, query),
    }),
    ...priceRoutes(stages),
    ...periodRoutes(stages),
    ...keyRoutes(stages),
  ];
}

async function coverageAnswer({ store }: Stages, asked: Period): Promise<unknown> {
  const [coverage] = await store.ask('coverage', asked);
  const { reasons = {}, doubts = {} } = coverage ?? {};
  const meanings = meaningsOf([...Object.keys(reasons), ...Object.keys(doubts)]);
  return { ...coverage, meanings };
}

/** Dimensions, sums and token classes side by side, as the columns of the view have them. */
function usageAnswer(
  { group, tokens, cost_usd, ...sums }: UsageRow,
  currency: DisplayCurrency | null,
): unknown {
  const shown = amountAnswer(cost_usd, currency);
  return { ...group, ...sums, ...tokens, cost_usd: usd(cost_usd), ...shown };
}

/** Sums without calls, which are in no other row. */
function metricAnswer(row: MetricUsage): unknown {
  const { service_name, scope_name, provider, model, usage_reason, doubts } = row;
  const { input_total, cache_read, cache_write, output_total, reasoning } = row;
  return {
    ...{ service_name, scope_name, provider, model },
    ...{ input_total, cache_read, cache_write, output_total, reasoning },
    ...{ reported_cost_usd: usd(row.reported_cost_usd), usage_reason, doubts },
  };
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
