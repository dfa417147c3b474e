// What the agents cost: spend, tokens, calls and errors over time by agent and by model, and how much
// of it is known. Every number comes from the public views, so REST, CLI and SQL say the same.

import { INPUT_CLASSES, OUTPUT_CLASSES } from '@spanledger/ledger';
import { dashboard } from './dashboard.ts';
import { stat, table, timeseries, type Panel } from './panel.ts';
import { filter } from './variable.ts';

const FROM_USAGE = `FROM usage\nWHERE $__timeFilter(time)\n  AND ${filter}`;

/** Money is a decimal in the views; a chart is the one place where it may become a float. */
const SPEND = 'toFloat64(sum(cost_usd))';
/** The classes are disjoint, so the sum of those that are known is the total. */
const tokens = (classes: readonly string[]) =>
  `arrayReduce('sum', [${classes.map((name) => `sum(${name})`).join(', ')}])`;

/** The view counts failed tools and runs too; its rows are calls or not, never both. */
const ERRORS = 'sum(call_errors)';

const MEASURES = [
  {
    title: 'Spend',
    unit: 'currencyUSD',
    value: SPEND,
    description:
      'Cost of the counted calls. Calls without a known price are not in it: see coverage.',
  },
  {
    title: 'Tokens',
    unit: 'short',
    value: tokens([...INPUT_CLASSES, ...OUTPUT_CLASSES]),
    description:
      'Input and output tokens of the counted calls, cache reads and reasoning included.',
  },
  {
    title: 'Calls',
    unit: 'short',
    value: 'sum(calls)',
    description: 'Model calls, each counted once however many spans report it.',
  },
  {
    title: 'Errors',
    unit: 'short',
    value: ERRORS,
    description: 'Model calls that failed.',
  },
];

const SPLITS = [
  { name: 'agent', column: 'agent_name', nobody: '(no agent)' },
  { name: 'model', column: 'model', nobody: '(unknown)' },
];

function overTime(measure: (typeof MEASURES)[number], split: (typeof SPLITS)[number]): Panel {
  return timeseries({
    title: `${measure.title} by ${split.name}`,
    description: measure.description,
    unit: measure.unit,
    shape: 'amount',
    label: split.name,
    sql: `SELECT $__timeInterval(time) AS at,
  if(${split.column} = '', '${split.nobody}', ${split.column}) AS ${split.name},
  ${measure.value} AS value
${FROM_USAGE}
GROUP BY at, ${split.name}
ORDER BY at, ${split.name}`,
  });
}

const total = (title: string, description: string, unit: string, value: string): Panel =>
  stat({ title, description, unit, sql: `SELECT ${value} AS value\n${FROM_USAGE}` });

const ratio = (part: string) => `sum(${part}) / nullIf(sum(calls), 0)`;

const totals: Panel[] = [
  total('Spend', MEASURES[0]?.description ?? '', 'currencyUSD', SPEND),
  total('Calls', 'Model calls, each counted once.', 'short', 'sum(calls)'),
  total('Errors', 'Model calls that failed.', 'short', ERRORS),
  total('Input tokens', 'Cache reads and writes included.', 'short', tokens(INPUT_CLASSES)),
  total('Output tokens', 'Reasoning included.', 'short', tokens(OUTPUT_CLASSES)),
  total('Priced', 'Share of the calls whose cost is known.', 'percentunit', ratio('calls_priced')),
];

const coverage = timeseries({
  title: 'Coverage',
  description: 'Share of the calls whose tokens are known, and of those whose cost is known.',
  unit: 'percentunit',
  shape: 'ratio',
  sql: `SELECT $__timeInterval(time) AS at,
  ${ratio('calls_with_usage')} AS with_usage,
  ${ratio('calls_priced')} AS priced
${FROM_USAGE}
GROUP BY at
ORDER BY at`,
});

const reasons = table({
  title: 'Why tokens or cost are unknown',
  description: 'Calls by the reason that their tokens or their cost are unknown.',
  unit: 'short',
  sql: `SELECT reason, agent_name AS agent, model, sum(of_reason) AS calls
FROM usage
ARRAY JOIN mapKeys(reasons) AS reason, mapValues(reasons) AS of_reason
WHERE $__timeFilter(time)
  AND ${filter}
GROUP BY reason, agent, model
HAVING calls > 0
ORDER BY calls DESC, reason, agent, model
LIMIT 100`,
});

const doubts = table({
  title: 'What is doubted',
  description:
    'Records by doubt: calls, and sums, tools and agent runs beside them. docs/reasons.md says what each means.',
  unit: 'short',
  sql: `SELECT doubt, agent_name AS agent, model, count() AS records
FROM doubts
WHERE $__timeFilter(start_time)
  AND ${filter}
GROUP BY doubt, agent, model
ORDER BY records DESC, doubt, agent, model
LIMIT 100`,
});

export const spendDashboard = dashboard({
  uid: 'spanledger-spend',
  title: 'Spanledger: spend',
  description: 'Spend, tokens, calls and errors of the agents, and how much of it is known.',
  rows: [
    { height: 4, panels: totals },
    ...MEASURES.map((measure) => ({
      height: 8,
      panels: SPLITS.map((split) => overTime(measure, split)),
    })),
    { height: 8, panels: [coverage, reasons, doubts] },
  ],
});
