// The period that a question is about: the same flags, and the same words, in every command that has one.

import type { CommandOption, Options } from './command.ts';
import { Failure } from './failure.ts';
import { parseMoment, parsePeriod } from './period.ts';
import type { Parameters } from './service.ts';

/** `usual` is the length that is meant when nothing is said, as in `24h`. */
export function periodOptions(usual: string): readonly CommandOption[] {
  return [
    {
      flags: '--last <period>',
      meaning: `how far to look back: 30m, 24h, 7d (default ${usual})`,
      parse: parsePeriod,
    },
    {
      flags: '--since, --from <time>',
      meaning: 'start of the period: 2026-11-20, 2026-11-20T14:00Z, or 7d before now as 7d',
      parse: parseMoment,
    },
    { flags: '--to <time>', meaning: 'end of the period, not included', parse: parseMoment },
  ];
}

/** The period in the words of the service, and in those of a person. */
export function periodOf(
  options: Options,
  usual: string,
): { readonly asked: Parameters; readonly words: string } {
  const [last, from, to] = ['last', 'from', 'to'].map((name) => textOf(options[name]));
  if (last !== undefined && from !== undefined) {
    throw new Failure(
      'wrong_use',
      'invalid_period',
      'cannot use --last together with --from',
      'name the start with one of them',
    );
  }
  const asked = { last: from === undefined ? (last ?? usual) : undefined, from, to };
  return { asked, words: wordsOf(asked) };
}

export function wordsOf(asked: Parameters): string {
  const { last, from, to } = asked;
  const end = to === undefined ? '' : shortTime(to);
  if (from !== undefined) {
    return end === '' ? `since ${shortTime(from)}` : `from ${shortTime(from)} to ${end}`;
  }
  return end === '' ? `in the last ${last ?? ''}` : `in the ${last ?? ''} before ${end}`;
}

export function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}

function shortTime(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}
