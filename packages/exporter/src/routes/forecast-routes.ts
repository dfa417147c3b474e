// The route about what this month will come to: what is spent, exactly; what is forecast, with its interval,
// and how wrong such forecasts were.

import { forecast, SpanledgerError, usd } from '@spanledger/ledger';
import type { BudgetScope, SpendingDay } from '@spanledger/store';
import { z } from 'zod';
import { SCOPE_DIMENSIONS } from '../planning/standing-budgets.ts';
import { route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';

const DAY_S = 86_400;
const MS_PER_S = 1_000;
/** Days before this month that are looked at. */
const HISTORY_DAYS = 180;
const PICO_PER_USD = 1e12;
/** A forecast has no more places than these, of dollars. */
const MICRO_USD = 1_000_000n;
const NAME_LENGTH_MAX = 200;

const SCOPES = ['agent', 'user', 'model', 'tool'] as const satisfies readonly BudgetScope[];
const UNITS = ['usd', 'tokens'] as const;
type Unit = (typeof UNITS)[number];

const subject = z
  .string()
  .min(1)
  .max(NAME_LENGTH_MAX)
  .describe(`a name of 1 to ${NAME_LENGTH_MAX} characters`);

const FORECAST = {
  unit: z.enum(UNITS).describe(UNITS.join(', ')).optional(),
  agent: subject.optional(),
  user: subject.optional(),
  model: subject.optional(),
  tool: subject.optional(),
};

export function forecastRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/forecast',
      meaning:
        'What this month of UTC will come to, with an interval of 80 %, and how wrong this method and simpler ones were.',
      parameters: FORECAST,
      answer: (org, { unit = 'usd', ...of }) => forecastAnswer(stages, org, unit, of),
    }),
  ];
}

type Of = { readonly [Scope in (typeof SCOPES)[number]]?: string | undefined };

async function forecastAnswer(stages: Stages, org: string, unit: Unit, of: Of): Promise<unknown> {
  const named = SCOPES.filter((scope) => of[scope] !== undefined);
  const [scope = 'organisation'] = named;
  if (named.length > 1) {
    throw new SpanledgerError('invalid_parameter', `${named.join(', ')}; allowed: one of them`);
  }
  const name = scope === 'organisation' ? '' : (of[scope] ?? '');
  const month = monthOf(Date.now());
  const rows = await daysOf(stages, org, scope, name, month.from_s - HISTORY_DAYS * DAY_S);
  const inMonth = rows.filter(({ time_s }) => time_s >= month.from_s);
  const said = forecast({ ...inputOf(rows, unit, month), length: month.days });
  const sum = (of: (row: SpendingDay) => number) => inMonth.reduce((all, row) => all + of(row), 0);
  const calls = sum((row) => row.calls);
  const known = sum((row) => (unit === 'usd' ? row.calls_priced : row.calls_with_usage));
  const spent =
    calls > 0 && known === 0
      ? null
      : inMonth.reduce((all, row) => all + (amountOf(row, unit) ?? 0n), 0n);
  return {
    ...{
      month: timeText(month.from_s).slice(0, 7),
      unit,
      scope,
      subject: name === '' ? null : name,
    },
    ...{ from: timeText(month.from_s), to: timeText(month.from_s + month.days * DAY_S) },
    ...{ calls, unknown_calls: calls - known, spent: unit === 'usd' ? usd(spent) : spent },
    total: said === null ? null : told(said.total, unit),
    low: said === null ? null : told(said.low, unit),
    high: said === null ? null : told(said.high, unit),
    interval: 0.8,
    error_share: said?.error_share ?? null,
    naive_error_shares: said?.naive_error_shares ?? null,
    tried: said?.tried ?? 0,
  };
}

interface Month {
  readonly from_s: number;
  readonly days: number;
  /** Whole days of it that are over. */
  readonly elapsed: number;
}

function monthOf(now_ms: number): Month {
  const now = new Date(now_ms);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const [from_ms, to_ms] = [Date.UTC(year, month), Date.UTC(year, month + 1)];
  const days = (to_ms - from_ms) / (DAY_S * MS_PER_S);
  return { from_s: from_ms / MS_PER_S, days, elapsed: now.getUTCDate() - 1 };
}

function daysOf(
  { store }: Stages,
  org: string,
  scope: BudgetScope,
  name: string,
  from_s: number,
): Promise<SpendingDay[]> {
  const to_s = Math.floor(Date.now() / MS_PER_S) + 60;
  const asked = { org, from_s, to_s, step_s: DAY_S, subjects: [name] };
  return scope === 'user'
    ? store.ask('spending_of_users_by_day', asked)
    : store.ask('spending_by_day', { ...asked, by: SCOPE_DIMENSIONS[scope] });
}

/** Days without a row had nothing; of a day of which nothing is known, nothing is taken. */
function inputOf(rows: readonly SpendingDay[], unit: Unit, { from_s, elapsed }: Month) {
  const first_s = from_s - HISTORY_DAYS * DAY_S;
  const days = Array.from({ length: HISTORY_DAYS + elapsed }, () => 0);
  let today = 0;
  for (const row of rows) {
    const amount = Number(amountOf(row, unit) ?? 0n) / (unit === 'usd' ? PICO_PER_USD : 1);
    const index = (row.time_s - first_s) / DAY_S;
    if (index < days.length) days[index] = amount;
    else today += amount;
  }
  return { days, first_day: first_s / DAY_S, elapsed, today };
}

function amountOf({ cost_usd, tokens }: SpendingDay, unit: Unit): bigint | null {
  return unit === 'usd' ? cost_usd : tokens;
}

/** An estimate: rounded to millionths of a dollar, or whole tokens. */
function told(amount: number, unit: Unit): string | bigint | null {
  if (unit === 'tokens') return BigInt(Math.round(amount));
  return usd(BigInt(Math.round(amount * Number(MICRO_USD))) * MICRO_USD);
}

function timeText(time_s: number): string {
  return new Date(time_s * MS_PER_S).toISOString().replace('.000Z', 'Z');
}
