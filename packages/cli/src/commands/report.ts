// `spanledger report`: what ran and what it cost, by any dimension; as it is known and priced today,
// or as it was billed.

import { figuresOf, type BillAnswer, type RateAnswer, type UsageAnswer } from '../answers.ts';
import { renderBill } from '../bill-view.ts';
import { type Command, type Context, type Options, always } from '../command.ts';
import { lacksPrices, renderCoverageExplained, type Coverage } from '../coverage.ts';
import { nothing } from '../empty-answer.ts';
import type { Exit } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { metricRowOf, renderMetricOnly, type MetricAnswer } from '../metric-view.ts';
import { labelledLine } from '../labelled-line.ts';
import { periodOptions, wordsOf } from '../period-options.ts';
import { parseMonth, parsePeriod, sliceOfMonth } from '../period.ts';
import { Service, type Parameters } from '../service.ts';
import type { Terminal } from '../terminal.ts';
import { renderTotal } from '../token-columns.ts';
import { renderRate, renderUsage, rowsToShow } from '../usage-view.ts';

interface Usage {
  readonly by: string[];
  readonly rows: UsageAnswer[];
  readonly metric_only: MetricAnswer[];
  readonly currency?: RateAnswer;
}

const USUAL = '30m';

export const reportCommand: Command = {
  name: 'report',
  summary: 'What ran, its tokens and its cost; as known today, or as it was billed',
  arguments: [],
  options: [
    {
      flags: '--last <period>',
      meaning: `how far to look back: 30m, 24h, 7d (default ${USUAL}; of a bill, this month)`,
      parse: parsePeriod,
    },
    ...periodOptions(USUAL).slice(1),
    { flags: '--month <month>', meaning: 'a month of UTC, as in 2026-10', parse: parseMonth },
    {
      flags: '--by <dimensions>',
      meaning: 'agent, model, tool, service, environment, operation, provider, status',
      fallback: 'agent,model',
    },
    { flags: '--as-billed', meaning: 'frozen months as they were, and apart what is adjusted' },
    { flags: '--as-priced-today', meaning: 'all months as they are known and priced now' },
    {
      flags: '--currency <code>',
      meaning: 'show cost in a currency of the price file, at its fixed rate',
    },
  ],
  example:
    'spanledger report --last 24h --by agent,model\nspanledger report --as-billed --month 2026-10',
  reads: always,
  run: async (context, _, options) => {
    const [as_billed, as_priced_today] = [options['asBilled'], options['asPricedToday']];
    if (as_billed === true && as_priced_today === true) {
      throw wrong('cannot use --as-billed together with --as-priced-today', 'ask for one of them');
    }
    if (as_billed === true) return bill(context, options);
    return usage(context, options, as_priced_today === true);
  },
};

/** The period in the words of the service, and in those of a person. */
function periodOf(
  options: Options,
  usual: () => Parameters,
): { asked: Parameters; words: string; flags: string } {
  const given = ['last', 'from', 'to', 'month'].filter((name) => options[name] !== undefined);
  const [last, from, to, month] = ['last', 'from', 'to', 'month'].map((name) =>
    options[name] === undefined ? undefined : String(options[name]),
  );
  const flags = given.map((name) => `--${name} ${String(options[name])}`).join(' ');
  if (month !== undefined && given.length > 1) {
    throw wrong('cannot use --month together with another period', 'name the period once');
  }
  if (month !== undefined)
    return { asked: { ...sliceOfMonth(month) }, words: `in ${month}`, flags };
  if (last !== undefined && from !== undefined) {
    throw wrong('cannot use --last together with --from', 'name the start with one of them');
  }
  if (given.length === 0) {
    const asked = usual();
    const words = asked['last'] === undefined ? 'this month' : `in the last ${asked['last']}`;
    return { asked, words, flags: `--last ${asked['last'] ?? '31d'}` };
  }
  const asked = { last: from === undefined ? (last ?? '24h') : undefined, from, to };
  return { asked, words: wordsOf(asked), flags };
}

const lastMinutes = (): Parameters => ({ last: USUAL });
/** From its first instant in UTC until now. */
const thisMonth = (): Parameters => ({
  from: `${new Date().toISOString().slice(0, 7)}-01T00:00:00.000Z`,
});

async function bill({ terminal, settings }: Context, options: Options): Promise<Exit> {
  if (options['currency'] !== undefined) {
    throw wrong(
      'cannot show a bill in another currency: its rate is of another day',
      'leave it out',
    );
  }
  const { asked } = periodOf(options, thisMonth);
  const by = String(options['by']);
  const answer = await new Service(settings).get<BillAnswer>('api/v1/bill', { ...asked, by });
  terminal.print(
    settings.json
      ? JSON.stringify({ as: 'billed', ...answer }, null, 2)
      : renderBill(terminal, answer),
  );
  return 'ok';
}

async function usage(
  { terminal, settings }: Context,
  options: Options,
  as_priced_today: boolean,
): Promise<Exit> {
  const service = new Service(settings);
  const { asked, words, flags } = periodOf(options, as_priced_today ? thisMonth : lastMinutes);
  const currency = options['currency'] === undefined ? undefined : String(options['currency']);
  const whole = { ...asked, currency };
  const [answer, coverage, sum] = await Promise.all([
    service.get<Usage>('api/v1/usage', { by: String(options['by']), ...whole }),
    service.get<Coverage>('api/v1/coverage', asked),
    as_priced_today ? service.get<Usage>('api/v1/usage', whole) : null,
  ]);
  const total = sum === null ? undefined : (sum.rows[0] ?? null);
  if (settings.json) {
    const kind = as_priced_today ? { as: 'priced_today' } : {};
    const sums = total === undefined ? {} : { total };
    terminal.print(JSON.stringify({ ...kind, ...answer, ...sums, coverage }, null, 2));
    return 'ok';
  }
  if (rowsToShow(answer.by, answer.rows).length === 0) {
    terminal.print(nothing(terminal, 'No model call', words));
    if (Object.keys(coverage.doubts ?? {}).length > 0) {
      terminal.print(`\n${renderCoverageExplained(terminal, coverage)}`);
    }
  } else {
    terminal.print(renderUsage(terminal, answer.by, answer.rows, answer.currency));
    terminal.print(`\n${beneath(terminal, answer, coverage, flags)}`);
  }
  if (total) {
    const sums = { ...figuresOf(total), calls: Number(total.calls) };
    terminal.print(renderTotal(terminal, sums));
    terminal.print(terminal.paint('quiet', terminal.hint(pricedToday(flags))));
  }
  if (answer.metric_only.length > 0) {
    terminal.print(`\n${renderMetricOnly(terminal, answer.metric_only.map(metricRowOf))}`);
  }
  return 'ok';
}

/** A changed price file changes what is settled from then on; the rest is for recosting. */
function pricedToday(flags: string): string {
  return `Prices are those each call was last settled with: "spanledger recost ${flags} --dry-run" says what the prices of today would change.`;
}

function beneath(terminal: Terminal, usage: Usage, coverage: Coverage, flags: string): string {
  const lines = [renderCoverageExplained(terminal, coverage)];
  if (usage.currency) lines.push(renderRate(terminal, usage.currency));
  if (lacksPrices(coverage)) {
    const last = flags.startsWith('--last') ? ` ${flags}` : '';
    const hint = terminal.hint(`"spanledger prices check${last}" says what to add`);
    lines.push(labelledLine(terminal, 'Prices', [{ text: hint }]));
  }
  return lines.join('\n');
}

function wrong(message: string, next_step: string): Failure {
  return new Failure('wrong_use', 'invalid_report', message, next_step);
}
