// `spanledger report`: what ran and what it cost, by any dimension.

import type { RateAnswer, UsageAnswer } from '../answers.ts';
import type { Command } from '../command.ts';
import { lacksPrices, renderCoverageExplained, type Coverage } from '../coverage.ts';
import { metricRowOf, renderMetricOnly, type MetricAnswer } from '../metric-view.ts';
import { labelledLine } from '../labelled-line.ts';
import { parsePeriod } from '../period.ts';
import { Service } from '../service.ts';
import { renderRate, renderUsage, rowsToShow } from '../usage-view.ts';

interface Usage {
  readonly by: string[];
  readonly rows: UsageAnswer[];
  readonly metric_only: MetricAnswer[];
  readonly currency?: RateAnswer;
}

export const reportCommand: Command = {
  name: 'report',
  summary: 'What ran, its tokens and its cost',
  arguments: [],
  options: [
    {
      flags: '--last <period>',
      meaning: 'how far to look back: 30m, 24h, 7d',
      fallback: '30m',
      parse: parsePeriod,
    },
    {
      flags: '--by <dimensions>',
      meaning: 'agent, model, tool, service, environment, operation, provider, status',
      fallback: 'agent,model',
    },
    {
      flags: '--currency <code>',
      meaning: 'show cost in a currency of the price file, at its fixed rate',
    },
  ],
  example: 'spanledger report --last 24h --by agent,model',
  run: async ({ terminal, settings }, _, options) => {
    const service = new Service(settings);
    const last = String(options['last']);
    const [usage, coverage] = await Promise.all([
      service.get<Usage>('api/v1/usage', {
        by: String(options['by']),
        last,
        currency: options['currency'] === undefined ? undefined : String(options['currency']),
      }),
      service.get<Coverage>('api/v1/coverage', { last }),
    ]);
    if (settings.json) {
      terminal.print(JSON.stringify({ ...usage, coverage }, null, 2));
      return 'ok';
    }
    if (rowsToShow(usage.by, usage.rows).length === 0) {
      terminal.print(`No model call in the last ${last}.`);
      if (Object.keys(coverage.doubts ?? {}).length > 0) {
        terminal.print(`\n${renderCoverageExplained(terminal, coverage)}`);
      }
    } else {
      terminal.print(renderUsage(terminal, usage.by, usage.rows, usage.currency));
      terminal.print(`\n${renderCoverageExplained(terminal, coverage)}`);
      if (usage.currency) terminal.print(renderRate(terminal, usage.currency));
      if (lacksPrices(coverage)) {
        const check = `spanledger prices check --last ${last}`;
        terminal.print(
          labelledLine(terminal, 'Prices', [
            { text: terminal.hint(`"${check}" says what to add`) },
          ]),
        );
      }
    }
    if (usage.metric_only.length > 0) {
      terminal.print(`\n${renderMetricOnly(terminal, usage.metric_only.map(metricRowOf))}`);
    }
    return 'ok';
  },
};
