// `spanledger alerts`: what holds and held, and the rules; setting and removing rules of one's own.

import { renderAlerts, renderRules, type AlertAnswer, type RuleAnswer } from '../alert-view.ts';
import { type Command, type Context, type Options, whenListing } from '../command.ts';
import type { Exit } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { Service } from '../service.ts';

const PATH = 'api/v1/alerts';
const RULES = `${PATH}/rules`;

export const alertsCommand: Command = {
  name: 'alerts',
  summary: 'What is out of the ordinary now and was lately, and the rules that say so',
  arguments: [
    { name: 'action', meaning: 'list, rules, set or remove (default list)', optional: true },
    { name: 'rule', meaning: 'set, remove: the name of the rule', optional: true },
  ],
  options: [
    { flags: '--question <question>', meaning: 'set: what it asks, where its name does not say' },
    { flags: '--above <number>', meaning: 'set: it holds above this: a share, dollars, seconds' },
    { flags: '--of <name>', meaning: 'set: of this agent, tool or budget alone' },
    { flags: '--window <seconds>', meaning: 'set: how much of the past it looks at' },
    { flags: '--for <seconds>', meaning: 'set: how long it must hold first' },
    { flags: '--severity <severity>', meaning: 'set: info, warning or critical' },
    { flags: '--off', meaning: 'set: it is not evaluated' },
    { flags: '--limit <count>', meaning: 'list: at most so many (default 50)' },
  ],
  example:
    'spanledger alerts set cost --above 50 --severity critical\nspanledger alerts rules\nspanledger alerts',
  reads: whenListing,
  run: async (context, [action = 'list', name], options) => {
    switch (action) {
      case 'list':
        return list(context, options);
      case 'rules':
        return rules(context);
      case 'set':
        return set(context, name, options);
      case 'remove':
        return remove(context, name);
      default:
        throw wrong(
          `cannot use the action "${action.slice(0, 40)}"`,
          'use list, rules, set or remove',
        );
    }
  },
};

async function list({ terminal, settings }: Context, options: Options): Promise<Exit> {
  const limit = options['limit'] === undefined ? {} : { limit: String(options['limit']) };
  const answer = await new Service(settings).get<{ alerts: AlertAnswer[] }>(PATH, limit);
  terminal.print(
    settings.json ? JSON.stringify(answer, null, 2) : renderAlerts(terminal, answer.alerts),
  );
  return 'ok';
}

async function rules({ terminal, settings }: Context): Promise<Exit> {
  const answer = await new Service(settings).get<{ rules: RuleAnswer[] }>(RULES);
  terminal.print(
    settings.json ? JSON.stringify(answer, null, 2) : renderRules(terminal, answer.rules),
  );
  return 'ok';
}

async function set(context: Context, name: string | undefined, options: Options): Promise<Exit> {
  if (name === undefined) {
    throw wrong('cannot set a rule without a name', 'see the names with: spanledger alerts rules');
  }
  const { terminal, settings } = context;
  const made = await new Service(settings).post<RuleAnswer>(RULES, {
    ...{
      name,
      question: options['question'],
      subject: options['of'],
      severity: options['severity'],
    },
    threshold: options['above'],
    ...{ window_s: seconds(options['window']), for_s: seconds(options['for']) },
    enabled: options['off'] !== true,
  });
  terminal.print(settings.json ? JSON.stringify(made, null, 2) : renderRules(terminal, [made]));
  return 'ok';
}

function seconds(given: unknown): number | undefined {
  return given === undefined ? undefined : Number(given);
}

async function remove({ terminal, settings }: Context, name: string | undefined): Promise<Exit> {
  if (name === undefined) {
    throw wrong('cannot remove without a name', 'see the names with: spanledger alerts rules');
  }
  const gone = await new Service(settings).delete<{ removed: string }>(
    `${RULES}/${encodeURIComponent(name)}`,
  );
  terminal.print(
    settings.json
      ? JSON.stringify(gone, null, 2)
      : `${terminal.paint('good', 'Removed')} the rule ${gone.removed}.`,
  );
  return 'ok';
}

function wrong(message: string, next_step: string): Failure {
  return new Failure('wrong_use', 'invalid_alerts_command', message, next_step);
}
