// `spanledger waste`: what was paid for nothing, or may have been, with the calls that show it.

import { type Command, always } from '../command.ts';
import { periodOf, periodOptions } from '../period-options.ts';
import { Service } from '../service.ts';
import { renderWaste, type WasteAnswer } from '../waste-view.ts';

const USUAL = '24h';

export const wasteCommand: Command = {
  name: 'waste',
  summary: 'What repeated, failed, refused, empty, truncated and uncached calls cost',
  arguments: [],
  options: periodOptions(USUAL),
  example: 'spanledger waste --last 7d',
  reads: always,
  run: async ({ terminal, settings }, _, options) => {
    const { asked } = periodOf(options, USUAL);
    const answer = await new Service(settings).get<WasteAnswer>('api/v1/waste', asked);
    terminal.print(settings.json ? JSON.stringify(answer, null, 2) : renderWaste(terminal, answer));
    return 'ok';
  },
};
