// `spanledger poor-responses`: answers that are empty, errors, refusals or otherwise poor, and how many
// answers were judged at all.

import { type Command, always } from '../command.ts';
import { Failure } from '../failure.ts';
import { renderPoor, type PoorAnswers, type QualitySums } from '../quality-view.ts';
import { Service } from '../service.ts';

const HOURS_MAX = 8_784;
const LIMIT_MAX = 1_000;

export const poorResponsesCommand: Command = {
  name: 'poor-responses',
  summary: 'Answers that are empty, errors, refusals, no JSON, or score low',
  arguments: [],
  options: [
    {
      flags: '--threshold <score>',
      meaning: 'also answers that score below this, from 0 to 1',
      fallback: '0.7',
      parse: (value) => checked(value, /^(?:0|1|[01]?\.\d{1,6})$/, 1, 'a score from 0 to 1'),
    },
    {
      flags: '--hours <hours>',
      meaning: 'how far to look back',
      fallback: '24',
      parse: (value) => checked(value, /^\d{1,4}$/, HOURS_MAX, `hours from 1 to ${HOURS_MAX}`, 1),
    },
    {
      flags: '--limit <answers>',
      meaning: 'how many to show',
      fallback: '50',
      parse: (value) => checked(value, /^\d{1,4}$/, LIMIT_MAX, `1 to ${LIMIT_MAX}`, 1),
    },
  ],
  example: 'spanledger poor-responses --hours 48 --threshold 0.9',
  reads: always,
  run: async ({ terminal, settings }, _, options) => {
    const service = new Service(settings);
    const [threshold, limit] = [String(options['threshold']), String(options['limit'])];
    const asked = { last: `${String(options['hours'])}h` };
    const [poor, quality] = await Promise.all([
      service.get<PoorAnswers>('api/v1/quality/poor', { ...asked, threshold, limit }),
      service.get<{ rows: QualitySums[] }>('api/v1/quality', asked),
    ]);
    const sums = quality.rows[0] ?? null;
    terminal.print(
      settings.json
        ? JSON.stringify({ ...poor, quality: sums }, null, 2)
        : renderPoor(terminal, poor, sums, Number(options['hours'])),
    );
    return 'ok';
  },
};

function checked(value: string, like: RegExp, max: number, allowed: string, min = 0): string {
  if (like.test(value) && Number(value) >= min && Number(value) <= max) return value;
  throw new Failure(
    'wrong_use',
    'invalid_number',
    `cannot use "${value.slice(0, 40)}"`,
    `allowed: ${allowed}`,
  );
}
