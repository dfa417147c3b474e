// `spanledger periods`: what each month was billed and what changed since; and freezing one. There is
// no way back: what was frozen too early is set right by adjustments, like everything else.

import type { Command, Context } from '../command.ts';
import type { Exit } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { parseMonth } from '../period.ts';
import {
  renderFreeze,
  renderPeriods,
  type FreezeAnswer,
  type PeriodAnswer,
} from '../period-view.ts';
import { withProgress } from '../progress.ts';
import { Service } from '../service.ts';

const PATH = 'api/v1/periods';
/** The service settles and sums what is open of the month first. */
const FREEZE_LIMIT_MS = 290_000;

export const periodsCommand: Command = {
  name: 'periods',
  summary: 'What each month was billed, and freezing a month so that its bill stays',
  arguments: [
    { name: 'action', meaning: 'list or freeze (default list)', optional: true },
    {
      name: 'month',
      meaning: 'freeze: a month of UTC that is over, as in 2026-10',
      optional: true,
    },
  ],
  options: [{ flags: '--dry-run', meaning: 'freeze: only say what would be frozen' }],
  example: 'spanledger periods freeze 2026-10 --dry-run\nspanledger periods list',
  run: async (context, [action = 'list', month], options) => {
    switch (action) {
      case 'list':
        return list(context);
      case 'freeze':
        return freeze(context, month, options['dryRun'] === true);
      case 'unfreeze':
        throw wrong(
          'cannot open a frozen month again: its bill may have been sent',
          'leave it frozen: whatever changes in it is booked as an adjustment on the day it is seen',
        );
      default:
        throw wrong(`cannot use the action "${action.slice(0, 40)}"`, 'use list or freeze');
    }
  },
};

async function list({ terminal, settings }: Context): Promise<Exit> {
  const answer = await new Service(settings).get<{ periods: PeriodAnswer[] }>(PATH);
  terminal.print(
    settings.json ? JSON.stringify(answer, null, 2) : renderPeriods(terminal, answer.periods),
  );
  return 'ok';
}

async function freeze(
  { terminal, settings }: Context,
  named: string | undefined,
  dry_run: boolean,
): Promise<Exit> {
  if (named === undefined) {
    throw wrong('cannot freeze without a month', 'as in: spanledger periods freeze 2026-10');
  }
  const month = parseMonth(named);
  const service = new Service(settings);
  const answer = await withProgress(terminal, `settling and summing ${month}`, () =>
    service.post<FreezeAnswer>(PATH, { month, dry_run }, FREEZE_LIMIT_MS),
  );
  terminal.print(settings.json ? JSON.stringify(answer, null, 2) : renderFreeze(terminal, answer));
  return 'ok';
}

function wrong(message: string, next_step: string): Failure {
  return new Failure('wrong_use', 'invalid_periods_command', message, next_step);
}
