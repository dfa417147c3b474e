// `spanledger combinations`: which tools are used together, and what that costs.

import { renderCombinations, type CombinationAnswer } from '../combination-view.ts';
import { type Command, always } from '../command.ts';
import { periodOf, periodOptions, textOf } from '../period-options.ts';
import { Service } from '../service.ts';
import { parseRows } from './executions.ts';

const USUAL = '24h';

export const combinationsCommand: Command = {
  name: 'combinations',
  summary: 'Which tools are used together, how it goes, and what such traces cost',
  arguments: [],
  options: [
    ...periodOptions(USUAL),
    { flags: '--limit <rows>', meaning: 'rows to show', fallback: '50', parse: parseRows },
  ],
  example: 'spanledger combinations --last 7d',
  reads: always,
  run: async ({ terminal, settings }, _args, options) => {
    const asked = { ...periodOf(options, USUAL).asked, limit: textOf(options['limit']) };
    const answer = await new Service(settings).get<{ combinations: CombinationAnswer[] }>(
      'api/v1/tools/combinations',
      asked,
    );
    terminal.print(
      settings.json
        ? JSON.stringify(answer, null, 2)
        : renderCombinations(terminal, answer.combinations),
    );
    return 'ok';
  },
};
