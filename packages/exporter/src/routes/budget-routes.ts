// The routes about budgets: how they stand, setting and removing them, and the question of an agent
// whether it may begin.

import {
  isTimeZone,
  PERIOD_KINDS,
  SpanledgerError,
  usd,
  type PeriodKind,
} from '@spanledger/ledger';
import { BUDGET_SCOPES, type Budget, type BudgetScope } from '@spanledger/store';
import { z } from 'zod';
import { BudgetBook } from '../planning/budget-book.ts';
import { standingBudgets, type StandingBudget } from '../planning/standing-budgets.ts';
import { route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';

const NAME_LENGTH_MAX = 200;
const PICO_DIGITS = 12;
const MS_PER_S = 1_000;

const budgetName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
  .describe('1 to 64 letters, digits and . _ -, with a letter or digit first');
const subject = z
  .string()
  .min(1)
  .max(NAME_LENGTH_MAX)
  .describe(`a name of 1 to ${NAME_LENGTH_MAX} characters`);
const dollars = z
  .string()
  .regex(/^(?=.*[1-9])\d{1,12}(\.\d{1,12})?$/)
  .describe('dollars as decimal text above 0, as in "50" or "12.50"');
const tokens = z
  .int()
  .min(1)
  .max(Number.MAX_SAFE_INTEGER)
  .describe('a whole number of tokens from 1 on');
const zone = z
  .string()
  .max(64)
  .refine(isTimeZone)
  .describe('a time zone of the IANA list, as in Europe/Berlin');

const BUDGET = {
  name: budgetName,
  scope: z.enum(BUDGET_SCOPES).describe(BUDGET_SCOPES.join(', ')),
  subject: subject.optional(),
  period: z.enum(PERIOD_KINDS).describe(PERIOD_KINDS.join(', ')),
  time_zone: zone.optional(),
  limit_usd: dollars.optional(),
  limit_tokens: tokens.optional(),
  stops: z.boolean().describe('true, false').optional(),
};

const ASKER = {
  agent: subject.optional(),
  user: subject.optional(),
  model: subject.optional(),
  tool: subject.optional(),
};

export function budgetRoutes(stages: Stages): readonly Route[] {
  const book = new BudgetBook(stages.store, stages.clock);
  stages.metrics.source('spanledger_budget_answers', () => book.size);
  return [
    route({
      method: 'GET',
      path: '/api/v1/budgets',
      meaning:
        'The budgets with what is spent of each in its period, how fast, and when nothing will be left.',
      parameters: {},
      answer: async (org) => {
        const standing = await standingBudgets(stages.store, await stages.store.budgets.list(org));
        return { budgets: standing.map(budgetAnswer) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/budgets/check',
      meaning: 'Whether work may begin: which budgets of it have nothing left. For agents.',
      role: 'ingest',
      parameters: ASKER,
      answer: async (org, asker) => {
        const stopping = await book.stopping(org, asker);
        const stopped_by = stopping.map(({ budget, period }) => ({
          ...{ name: budget.name, scope: budget.scope, until: timeText(period.to_s) },
        }));
        const outcome = stopping.length === 0 ? 'allowed' : 'stopped';
        stages.metrics.count('spanledger_budget_checks_total', { outcome });
        return { allowed: stopping.length === 0, stopped_by };
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/budgets',
      meaning: 'Sets a budget, in the place of the one of that name.',
      role: 'admin',
      parameters: BUDGET,
      answer: async (org_id, given, { key_id }) => {
        const budget = budgetOf(org_id, given, key_id);
        await stages.store.budgets.set(budget);
        book.forget(org_id);
        const [standing] = await standingBudgets(stages.store, [budget]);
        return standing === undefined ? null : budgetAnswer(standing);
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/budgets/:name',
      meaning: 'Removes a budget.',
      role: 'admin',
      parameters: { name: budgetName },
      answer: async (org, { name }) => {
        const found = (await stages.store.budgets.list(org)).find((one) => one.name === name);
        if (found === undefined) throw new SpanledgerError('not_found', `budget ${name}`);
        await stages.store.budgets.remove(found);
        book.forget(org);
        return { removed: name };
      },
    }),
  ];
}

interface GivenBudget {
  readonly name: string;
  readonly scope: BudgetScope;
  readonly subject?: string | undefined;
  readonly period: PeriodKind;
  readonly time_zone?: string | undefined;
  readonly limit_usd?: string | undefined;
  readonly limit_tokens?: number | undefined;
  readonly stops?: boolean | undefined;
}

function budgetOf(org_id: string, given: GivenBudget, set_by: string): Budget {
  const { name, scope, period, time_zone = 'UTC', limit_usd, limit_tokens, stops = false } = given;
  if ((scope === 'organisation') !== (given.subject === undefined)) {
    const detail = `subject; allowed: the name of the ${scope}`;
    const none = 'subject; allowed: none for the organisation';
    throw new SpanledgerError('invalid_parameter', scope === 'organisation' ? none : detail);
  }
  if ((limit_usd === undefined) === (limit_tokens === undefined)) {
    throw new SpanledgerError('invalid_parameter', 'limit; allowed: limit_usd or limit_tokens');
  }
  return {
    ...{ org_id, name, scope, subject: given.subject ?? '', period, time_zone, stops, set_by },
    limit_usd: limit_usd === undefined ? null : picoUsd(limit_usd),
    limit_tokens: limit_tokens === undefined ? null : BigInt(limit_tokens),
  };
}

function picoUsd(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.padEnd(PICO_DIGITS, '0'));
}

/** Amounts in the unit of the limit: dollars as decimal text, tokens as whole numbers. */
function budgetAnswer({ budget, period, status }: StandingBudget): unknown {
  const { limit_usd, limit_tokens } = budget;
  const told = (amount: bigint | null) => (limit_usd === null ? amount : usd(amount));
  const { name, scope, subject, time_zone, stops, set_by } = budget;
  return {
    ...{ name, scope, subject: subject === '' ? null : subject, period: budget.period, time_zone },
    ...{ stops, set_by, unit: limit_usd === null ? 'tokens' : 'usd' },
    limit: told(limit_usd ?? limit_tokens),
    from: timeText(period.from_s),
    to: timeText(period.to_s),
    ...{ calls: status.calls, unknown_calls: status.unknown_calls },
    ...{ spent: told(status.spent), remaining: told(status.remaining) },
    ...{ used_share: status.used_share, exhausted: status.exhausted },
    burn: status.burn.map(({ spent, ...rest }) => ({ ...rest, spent: told(spent) })),
    used_up_at: status.used_up_at_s === null ? null : timeText(status.used_up_at_s),
    used_up_early: status.used_up_early,
  };
}

function timeText(time_s: number): string {
  return new Date(time_s * MS_PER_S).toISOString().replace('.000Z', 'Z');
}
