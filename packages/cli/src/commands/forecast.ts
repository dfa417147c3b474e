// `spanledger forecast`: what this month will come to, how sure that is, and how wrong such numbers were.

import { type Command, always } from '../command.ts';
import { Failure } from '../failure.ts';
import { renderForecast, type ForecastAnswer } from '../forecast-view.ts';
import { Service } from '../service.ts';

const SCOPES = ['agent', 'user', 'model', 'tool'] as const;

export const forecastCommand: Command = {
  name: 'forecast',
  summary: 'What this month will come to, with its interval and the error of such forecasts',
  arguments: [],
  options: [
    { flags: '--agent <agent>', meaning: 'of this agent alone' },
    { flags: '--user <user>', meaning: 'of this user alone' },
    { flags: '--model <model>', meaning: 'of this model alone' },
    { flags: '--tool <tool>', meaning: 'of the model calls that name this tool alone' },
    { flags: '--tokens', meaning: 'tokens instead of dollars' },
  ],
  example: 'spanledger forecast --agent writer',
  reads: always,
  run: async ({ terminal, settings }, _args, options) => {
    const named = SCOPES.filter((scope) => options[scope] !== undefined);
    if (named.length > 1) {
      throw new Failure(
        ...(['wrong_use', 'invalid_forecast', `cannot use --${named.join(' with --')}`] as const),
        'name one of them',
      );
    }
    const asked = Object.fromEntries(named.map((scope) => [scope, String(options[scope])]));
    const unit = options['tokens'] === true ? 'tokens' : 'usd';
    const answer = await new Service(settings).get<ForecastAnswer>('api/v1/forecast', {
      ...asked,
      unit,
    });
    terminal.print(
      settings.json ? JSON.stringify(answer, null, 2) : renderForecast(terminal, answer),
    );
    return 'ok';
  },
};
