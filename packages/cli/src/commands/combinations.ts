// `spanledger combinations`: which tools are used together, and what that costs.

import { renderCombinations, type CombinationAnswer } from '../combination-view.ts';
import type { Command } from '../command.ts';
import { parsePeriod, parseTime } from '../period.ts';
import { Service } from '../service.ts';

export const combinationsCommand: Command = {
  name: 'combinations',
  summary: 'Which tools are used together, how it goes, and what such traces cost',
  arguments: [],
  options: [
    { flags: '--last <period>', meaning: 'how far back: 30m, 24h, 7d', parse: parsePeriod },
    { flags: '--from <time>', meaning: 'start, as in 2026-11-20', parse: parseTime },
    { flags: '--to <time>', meaning: 'end (default now)', parse: parseTime },
    { flags: '--limit <count>', meaning: 'at most so many (default 50)' },
  ],
  example: 'spanledger combinations --last 7d',
  run: async ({ terminal, settings }, _args, options) => {
    const said = (name: string) =>
      options[name] === undefined ? {} : { [name]: String(options[name]) };
    const asked = { ...said('last'), ...said('from'), ...said('to'), ...said('limit') };
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
