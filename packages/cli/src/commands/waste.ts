// `spanledger waste`: what was paid for nothing, or may have been, with the calls that show it.

import type { Command } from '../command.ts';
import { parsePeriod, parseTime } from '../period.ts';
import { Service } from '../service.ts';
import { renderWaste, type WasteAnswer } from '../waste-view.ts';

export const wasteCommand: Command = {
  name: 'waste',
  summary: 'What repeated, failed, refused, empty, truncated and uncached calls cost',
  arguments: [],
  options: [
    {
      flags: '--last <period>',
      meaning: 'how far to look back: 30m, 24h, 7d (default 24h)',
      parse: parsePeriod,
    },
    { flags: '--from <time>', meaning: 'start of the period', parse: parseTime },
    { flags: '--to <time>', meaning: 'end of the period, not included', parse: parseTime },
  ],
  example: 'spanledger waste --last 7d',
  run: async ({ terminal, settings }, _, options) => {
    const [last, from, to] = ['last', 'from', 'to'].map((name) =>
      options[name] === undefined ? undefined : String(options[name]),
    );
    const answer = await new Service(settings).get<WasteAnswer>('api/v1/waste', { last, from, to });
    terminal.print(settings.json ? JSON.stringify(answer, null, 2) : renderWaste(terminal, answer));
    return 'ok';
  },
};
