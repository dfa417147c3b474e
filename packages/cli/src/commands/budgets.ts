// `spanledger budgets`: what may be used in a day, week or month, and how much of it is used; setting and
// removing one.

import { renderBudgets, type BudgetAnswer } from '../budget-view.ts';
import { type Command, type Context, type Options, whenListing } from '../command.ts';
import type { Exit } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { Service } from '../service.ts';

const PATH = 'api/v1/budgets';
const SCOPES = ['agent', 'user', 'model', 'tool'] as const;
const LIMIT = /^(?:\$?(\d+(?:\.\d+)?)(?: ?usd)?|(\d+) ?tokens)$/i;

export const budgetsCommand: Command = {
  name: 'budgets',
  summary: 'What may be used in a day, week or month, how much of it is, and until when it lasts',
  arguments: [
    { name: 'action', meaning: 'list, set or remove (default list)', optional: true },
    { name: 'name', meaning: 'set, remove: what the budget is called', optional: true },
  ],
  options: [
    {
      flags: '--limit <amount>',
      meaning: 'set: dollars as in 50 or 12.50, or as in 2000000tokens',
    },
    { flags: '--period <period>', meaning: 'set: day, week or month (default month)' },
    { flags: '--zone <zone>', meaning: 'set: time zone as in Europe/Berlin (default UTC)' },
    { flags: '--agent <agent>', meaning: 'set: of this agent alone' },
    { flags: '--user <user>', meaning: 'set: of this user alone' },
    { flags: '--model <model>', meaning: 'set: of this model alone' },
    { flags: '--tool <tool>', meaning: 'set: of the model calls that name this tool alone' },
    { flags: '--stop', meaning: 'set: agents that ask are stopped when nothing is left' },
  ],
  example:
    'spanledger budgets set writer --agent writer --limit 50 --period month --zone Europe/Berlin --stop\n' +
    'spanledger budgets',
  reads: whenListing,
  run: async (context, [action = 'list', name], options) => {
    switch (action) {
      case 'list':
        return list(context);
      case 'set':
        return set(context, name, options);
      case 'remove':
        return remove(context, name);
      default:
        throw wrong(`cannot use the action "${action.slice(0, 40)}"`, 'use list, set or remove');
    }
  },
};

async function list({ terminal, settings }: Context): Promise<Exit> {
  const answer = await new Service(settings).get<{ budgets: BudgetAnswer[] }>(PATH);
  terminal.print(
    settings.json ? JSON.stringify(answer, null, 2) : renderBudgets(terminal, answer.budgets),
  );
  return 'ok';
}

async function set(context: Context, name: string | undefined, options: Options): Promise<Exit> {
  const [, dollars, tokens] = LIMIT.exec(String(options['limit'] ?? '')) ?? [];
  if (name === undefined || (dollars === undefined && tokens === undefined)) {
    throw wrong(
      'cannot set a budget without a name and a limit',
      'as in: spanledger budgets set month --limit 50, or --limit 2000000tokens',
    );
  }
  const scopes = SCOPES.filter((scope) => options[scope] !== undefined);
  const [scope] = scopes;
  if (scopes.length > 1) {
    throw wrong(`cannot use --${scopes.join(' with --')}`, 'a budget is of one of them');
  }
  const { terminal, settings } = context;
  const made = await new Service(settings).post<BudgetAnswer>(PATH, {
    ...{ name, scope: scope ?? 'organisation', period: options['period'] ?? 'month' },
    ...(scope === undefined ? {} : { subject: options[scope] }),
    ...(dollars === undefined ? { limit_tokens: Number(tokens) } : { limit_usd: dollars }),
    time_zone: options['zone'],
    stops: options['stop'] === true,
  });
  terminal.print(settings.json ? JSON.stringify(made, null, 2) : renderBudgets(terminal, [made]));
  return 'ok';
}

async function remove({ terminal, settings }: Context, name: string | undefined): Promise<Exit> {
  if (name === undefined) {
    throw wrong('cannot remove without a name', 'see the names with: spanledger budgets');
  }
  const gone = await new Service(settings).delete<{ removed: string }>(
    `${PATH}/${encodeURIComponent(name)}`,
  );
  terminal.print(
    settings.json
      ? JSON.stringify(gone, null, 2)
      : `${terminal.paint('good', 'Removed')} the budget ${gone.removed}.`,
  );
  return 'ok';
}

function wrong(message: string, next_step: string): Failure {
  return new Failure('wrong_use', 'invalid_budgets_command', message, next_step);
}
