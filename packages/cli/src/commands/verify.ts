// `spanledger verify`: has the service derive a period again from its facts, and says what differs.

import type { Command } from '../command.ts';
import { count, plural } from '../figures.ts';
import { parsePeriod, parseTime, slicesOf } from '../period.ts';
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
  /** Priced with another book than that of today, so their prices were not compared. */
  readonly rows_of_other_books: number;
}

const COLUMNS: TableColumn<Difference>[] = [
  { title: 'level', align: 'left', text: (one) => one.level },
  { title: 'where', align: 'left', text: (one) => one.where, shrink_to: 16 },
  { title: 'what', align: 'left', text: (one) => one.what },
  { title: 'expected', align: 'left', text: (one) => one.expected, shrink_to: 8 },
  { title: 'found', align: 'left', text: (one) => one.found, shrink_to: 8, style: () => 'bad' },
];

/** Below the time after which the platform's HTTP client gives up on its own. */
const SLICE_LIMIT_MS = 290_000;

type Verdict = { -readonly [Name in keyof VerifyAnswer]: VerifyAnswer[Name] };

/** Adds a slice. Roll-ups of a day are compared with each of its hours, and listed once. */
function add(verdict: Verdict, part: VerifyAnswer): void {
  const listed = new Set(verdict.differences.map((one) => JSON.stringify(one)));
  const fresh = part.differences.filter((one) => !listed.has(JSON.stringify(one)));
  verdict.traces += part.traces;
  verdict.rows += part.rows;
  verdict.differences = [...verdict.differences, ...fresh];
  verdict.complete &&= part.complete;
  verdict.rows_of_other_books += part.rows_of_other_books;
}

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
    const service = new Service(settings);
    const answer: Verdict = {
      traces: 0,
      rows: 0,
      differences: [],
      complete: true,
      rows_of_other_books: 0,
    };
    const slices = slicesOf(period, Date.now());
    let at = 0;
    const now = () =>
      `deriving ${slices[at]?.from.slice(0, 16)}Z again, ${count(at + 1)} of ${count(slices.length)}`;
    await withProgress(terminal, now, async () => {
      for (; at < slices.length; at += 1) {
        const slice = { ...slices[at] };
        add(answer, await service.get<VerifyAnswer>('api/v1/verify', slice, SLICE_LIMIT_MS));
      }
    });
    const { traces, rows, differences, complete } = answer;
    if (settings.json) terminal.print(JSON.stringify(answer, null, 2));
    else {
      const checked = `${plural(traces, 'trace')} and ${plural(rows, 'row')} derived again`;
      const verdict =
        differences.length === 0
          ? terminal.paint('good', 'no difference')
          : terminal.paint('bad', plural(differences.length, 'difference'));
      terminal.print(`${checked}: ${verdict}${complete ? '' : ', and more than are listed'}`);
      if (answer.rows_of_other_books > 0) {
        const rows = plural(answer.rows_of_other_books, 'row');
        const words = `${rows} keep the prices of another book: "spanledger recost" prices them again`;
        terminal.print(terminal.paint('quiet', terminal.hint(words)));
      }
      if (differences.length > 0) terminal.print(renderTable(terminal, COLUMNS, differences));
    }
    return differences.length === 0 && complete ? 'ok' : 'difference';
  },
};
