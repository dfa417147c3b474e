// The routes about bills: which months are frozen, freezing one, and what a period is billed with.

import { settle, SpanledgerError, usd } from '@spanledger/ledger';
import type { BilledMonth, GroupedSums, Sums, FreezeReport } from '@spanledger/store';
import { BY, FREEZE, MONTH, PERIOD } from './parameters.ts';
import { period, route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';
import { Busy } from '../receive/try-later.ts';

const NS_PER_MS = 1_000_000n;

export function periodRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/periods',
      meaning:
        'The months with what each was billed, what changed since it was frozen, and what it is today.',
      parameters: {},
      answer: async (org) => {
        const months = await stages.store.billedMonths(org);
        return { periods: months.map(monthAnswer) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/periods',
      meaning: 'Freezes a month that is over and settled; what changes in it later is booked.',
      role: 'admin',
      parameters: FREEZE,
      answer: (org_id, { month, dry_run = false }, { key_id }) =>
        freezeAnswer(stages, org_id, month, dry_run, key_id),
    }),
    route({
      method: 'GET',
      path: '/api/v1/bill',
      meaning:
        'What a period is billed with: frozen months as they were, others as they are, and apart the adjustments booked in it.',
      parameters: { ...PERIOD, ...MONTH, ...BY },
      answer: async (org, { by = [], limit, month, ...given }) => {
        const { from_s, to_s } = billPeriod(month, given);
        const rows_max = limit === undefined ? {} : { limit };
        const bill = await stages.store.bill({ org, from_s, to_s, by, ...rows_max });
        return {
          ...{ from: instant(from_s), to: instant(to_s), by },
          rows: bill.rows.map(rowAnswer),
          adjustments: bill.adjustments.map(({ month, booked_on, ...row }) => ({
            ...{ month, booked_on, ...rowAnswer(row) },
          })),
          used: sumsAnswer(bill.used),
          adjusted: sumsAnswer(bill.adjusted),
          billed: sumsAnswer(bill.billed),
        };
      },
    }),
  ];
}

type Given = Parameters<typeof period>[0];

function billPeriod(month: MonthPeriod | undefined, given: Given): Omit<MonthPeriod, 'month'> {
  if (month === undefined) return period(given);
  if (given.last === undefined && given.from === undefined && given.to === undefined) return month;
  throw new SpanledgerError('invalid_parameter', 'month excludes last, from and to');
}

type MonthPeriod = { readonly month: string; readonly from_s: number; readonly to_s: number };

const running = new WeakSet<Stages>();

async function freezeAnswer(
  stages: Stages,
  org_id: string,
  { month }: MonthPeriod,
  dry_run: boolean,
  frozen_by: string,
): Promise<unknown> {
  if (running.has(stages)) throw new Busy('freezes', 'freezes at once; limit: 1');
  running.add(stages);
  const { store, metrics, log, prices } = stages;
  try {
    if (!dry_run) await stages.catchUp();
    const request = { org_id, month, dry_run, frozen_by };
    const { book } = prices;
    const report = await store.freezeMonth(request, (facts) => settle(facts, book));
    if (!dry_run) {
      const outcome = report.already ? 'already' : 'frozen';
      metrics.count('spanledger_months_frozen_total', { outcome });
      log.info({ org_id, month, frozen_by, outcome }, 'month is frozen');
    }
    return await frozenAnswer(stages, org_id, month, report);
  } catch (error) {
    metrics.count('spanledger_months_frozen_total', { outcome: 'refused' });
    throw error;
  } finally {
    running.delete(stages);
  }
}

async function frozenAnswer(
  { store }: Stages,
  org_id: string,
  month: string,
  { already, open, frozen_ns }: FreezeReport,
): Promise<unknown> {
  const found = (await store.billedMonths(org_id)).find((one) => one.month === month);
  return {
    month,
    frozen: frozen_ns !== null,
    already,
    open,
    period: found === undefined ? null : monthAnswer(found),
  };
}

function monthAnswer({ month, frozen_ns, frozen_by, ...parts }: BilledMonth): unknown {
  const { used, booked, billed, adjusted, now, unbooked } = parts;
  return {
    month,
    state: frozen_ns === null ? 'open' : 'frozen',
    frozen_at: frozen_ns === null ? null : new Date(Number(frozen_ns / NS_PER_MS)).toISOString(),
    frozen_by,
    used: sumsAnswer(used),
    booked: sumsAnswer(booked),
    billed: sumsAnswer(billed),
    adjusted_later: sumsAnswer(adjusted),
    priced_today: sumsAnswer(now),
    not_booked_yet: unbooked === null ? null : sumsAnswer(unbooked),
  };
}

/** Dimensions, sums and token classes side by side, as the rows of usage have them. */
function rowAnswer({ group, ...sums }: GroupedSums): Readonly<Record<string, unknown>> {
  return { ...group, ...sumsAnswer(sums) };
}

function sumsAnswer({ tokens, cost_usd, ...counts }: Sums): Readonly<Record<string, unknown>> {
  return { ...counts, ...tokens, cost_usd: usd(cost_usd) };
}

function instant(time_s: number): string {
  return new Date(time_s * 1_000).toISOString();
}
