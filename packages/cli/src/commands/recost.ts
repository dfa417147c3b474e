// `spanledger recost`: a period priced again with the book of today, page by page, with what that does
// to the cost of each model. Without an end it would be no dry run that a person reads.

import type { Command } from '../command.ts';
import { minus, plus } from '../amount.ts';
import { Failure } from '../failure.ts';
import { count } from '../figures.ts';
import { parsePeriod, parseTime } from '../period.ts';
import { withProgress } from '../progress.ts';
import {
  renderRecost,
  type FrozenMonth,
  type RecostModel,
  type RecostSum,
} from '../recost-view.ts';
import { Service } from '../service.ts';

interface RecostAnswer {
  readonly price_book: string;
  readonly traces: number;
  readonly models: readonly RecostModel[];
  readonly frozen_months: readonly FrozenMonth[];
  readonly next: unknown;
}

/** A page is some hundred traces, the largest of them large. */
const PAGE_LIMIT_MS = 290_000;

export const recostCommand: Command = {
  name: 'recost',
  summary: 'Price a period again with the prices of today, and say what that changes',
  arguments: [],
  options: [
    { flags: '--last <period>', meaning: 'how far to look back: 30m, 24h, 7d', parse: parsePeriod },
    { flags: '--from <time>', meaning: 'start of the period', parse: parseTime },
    { flags: '--to <time>', meaning: 'end of the period, not included', parse: parseTime },
    { flags: '--model <model>', meaning: 'only traces with a call of this model' },
    { flags: '--dry-run', meaning: 'only say what would change' },
  ],
  example: 'spanledger recost --from 2026-11-01 --to 2026-12-01 --dry-run',
  run: async ({ terminal, settings }, _, options) => {
    const given = (name: string) =>
      options[name] === undefined ? undefined : String(options[name]);
    // The end stays the same on every page, also while new calls come in.
    const to = given('to') ?? new Date().toISOString();
    const period = periodOf(given('last'), given('from'), to);
    const dry_run = options['dryRun'] === true;
    const body = { ...period, model: given('model'), org: given('org'), dry_run };
    const service = new Service(settings);
    const sum: RecostSum = { dry_run, price_book: '', traces: 0, models: [], frozen_months: [] };
    const now = () => `${count(sum.traces)} traces ${dry_run ? 'looked at' : 'priced again'}`;
    await withProgress(terminal, now, async () => {
      let after: unknown = null;
      do {
        const page = await service.post<RecostAnswer>(
          'api/v1/recost',
          { ...body, after },
          PAGE_LIMIT_MS,
        );
        add(sum, page);
        after = page.next;
      } while (after !== null);
    });
    if (settings.json) terminal.print(JSON.stringify({ ...period, ...sum }, null, 2));
    else terminal.print(renderRecost(terminal, sum));
    return 'ok';
  },
};

function periodOf(
  last: string | undefined,
  from: string | undefined,
  to: string,
): { last?: string; from?: string; to: string } {
  if (last !== undefined && from === undefined) return { last, to };
  if (from !== undefined && last === undefined) return { from, to };
  throw new Failure(
    'wrong_use',
    'invalid_period',
    `cannot recost ${last === undefined ? 'without a period' : 'with --last together with --from'}`,
    'name the start with --from or --last, as in --last 30d',
  );
}

function add(sum: RecostSum, page: RecostAnswer): void {
  sum.price_book = page.price_book;
  sum.traces += page.traces;
  for (const one of page.models) {
    const at = sum.models.findIndex(
      ({ provider, model }) => provider === one.provider && model === one.model,
    );
    const known = sum.models[at];
    if (known === undefined) sum.models.push({ ...one, difference_usd: difference(one) });
    else sum.models[at] = together(known, one);
  }
  for (const one of page.frozen_months) addFrozen(sum, one);
}

function addFrozen({ frozen_months }: RecostSum, one: FrozenMonth): void {
  const at = frozen_months.findIndex(({ month }) => month === one.month);
  const known = frozen_months[at];
  const both = {
    month: one.month,
    calls: one.calls + (known?.calls ?? 0),
    changed: one.changed + (known?.changed ?? 0),
    before_usd: plus(known?.before_usd ?? null, one.before_usd),
    after_usd: plus(known?.after_usd ?? null, one.after_usd),
  };
  const row = { ...both, difference_usd: difference(both) };
  if (known === undefined) frozen_months.push(row);
  else frozen_months[at] = row;
}

function together(
  known: RecostModel,
  one: RecostModel,
): RecostModel & { difference_usd: string | null } {
  const both = {
    provider: one.provider,
    model: one.model,
    calls: known.calls + one.calls,
    changed: known.changed + one.changed,
    priced_before: known.priced_before + one.priced_before,
    priced_after: known.priced_after + one.priced_after,
    before_usd: plus(known.before_usd, one.before_usd),
    after_usd: plus(known.after_usd, one.after_usd),
  };
  return { ...both, difference_usd: difference(both) };
}

function difference({
  before_usd,
  after_usd,
}: Pick<RecostModel, 'before_usd' | 'after_usd'>): string | null {
  return minus(after_usd, before_usd);
}
