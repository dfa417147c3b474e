// `spanledger verify`: has the service derive a period again from its facts, and says what differs.

import type { Command } from '../command.ts';
import { plural } from '../figures.ts';
import { parsePeriod, parseTime } from '../period.ts';
import { withProgress } from '../progress.ts';
import { Service } from '../service.ts';
import { renderTable, type TableColumn } from '../table.ts';

interface Difference {
  readonly level: string;
  readonly where: string;
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

interface VerifyAnswer {
  readonly traces: number;
  readonly rows: number;
  readonly differences: readonly Difference[];
  readonly complete: boolean;
}

const COLUMNS: TableColumn<Difference>[] = [
  { title: 'level', align: 'left', text: (one) => one.level },
  { title: 'where', align: 'left', text: (one) => one.where, shrink_to: 16 },
  { title: 'what', align: 'left', text: (one) => one.what },
  { title: 'expected', align: 'left', text: (one) => one.expected, shrink_to: 8 },
  { title: 'found', align: 'left', text: (one) => one.found, shrink_to: 8, style: () => 'bad' },
];

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Derive a period again from what was received, and say what differs',
  arguments: [],
  options: [
    { flags: '--last <period>', meaning: 'how far to look back: 30m, 24h, 7d', parse: parsePeriod },
    { flags: '--from <time>', meaning: 'start of the period', parse: parseTime },
    { flags: '--to <time>', meaning: 'end of the period, not included', parse: parseTime },
  ],
  example: 'spanledger verify --from 2026-11-20 --to 2026-11-21',
  run: async ({ terminal, settings }, _, options) => {
    const given = (name: string) =>
      options[name] === undefined ? undefined : String(options[name]);
    const period = { last: given('last'), from: given('from'), to: given('to') };
    const answer = await withProgress(terminal, 'deriving the period again', () =>
      new Service(settings).get<VerifyAnswer>('api/v1/verify', period),
    );
    const { traces, rows, differences, complete } = answer;
    if (settings.json) terminal.print(JSON.stringify(answer, null, 2));
    else {
      const checked = `${plural(traces, 'trace')} and ${plural(rows, 'row')} derived again`;
      const verdict =
        differences.length === 0
          ? terminal.paint('good', 'no difference')
          : terminal.paint('bad', plural(differences.length, 'difference'));
      terminal.print(`${checked}: ${verdict}${complete ? '' : ', and more than are listed'}`);
      if (differences.length > 0) terminal.print(renderTable(terminal, COLUMNS, differences));
    }
    return differences.length === 0 && complete ? 'ok' : 'difference';
  },
};
