// `spanledger generations`: requests to make an agent, the newest first; one by its id; how they went by
// user or by day.

import { type Command, type Context, type Options, always } from '../command.ts';
import type { Exit } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import {
  renderGeneration,
  renderGenerationDays,
  renderGenerations,
  renderGenerationUsers,
  type GenerationAnswer,
  type GenerationDayAnswer,
  type GenerationUserAnswer,
} from '../generation-view.ts';
import { parsePeriod } from '../period.ts';
import { Service } from '../service.ts';

const PATH = 'api/v1/generations';
const PERIODS = { day: '7d', user: '30d' } as const;

export const generationsCommand: Command = {
  name: 'generations',
  summary: 'Requests to make an agent: who asked, how they went, what they used',
  arguments: [{ name: 'id', meaning: 'one of them, with all that is kept', optional: true }],
  options: [
    { flags: '--user <id>', meaning: 'of this user only' },
    {
      flags: '--last <period>',
      meaning: 'how far to look back (default 30d; by day, 7d)',
      parse: parsePeriod,
    },
    { flags: '--limit <number>', meaning: 'at most so many (default 50)', parse: parseLimit },
    { flags: '--by <subject>', meaning: 'sums by user or by day', parse: parseSubject },
  ],
  example:
    'spanledger generations --user ada\nspanledger generations --by day --last 7d\nspanledger generations g-1',
  reads: always,
  run: async (context, [id], options) => {
    if (id !== undefined) return one(context, id);
    const by = options['by'] as keyof typeof PERIODS | undefined;
    return by === undefined ? list(context, options) : sums(context, by, options);
  },
};

async function one({ terminal, settings }: Context, id: string): Promise<Exit> {
  const path = `${PATH}/${encodeURIComponent(id)}`;
  const answer = await new Service(settings).get<GenerationAnswer>(path);
  terminal.print(
    settings.json ? JSON.stringify(answer, null, 2) : renderGeneration(terminal, answer),
  );
  return 'ok';
}

async function list({ terminal, settings }: Context, options: Options): Promise<Exit> {
  const asked = { ...askedOf(options, '30d'), limit: textOf(options['limit']) };
  const answer = await new Service(settings).get<{ generations: GenerationAnswer[] }>(PATH, asked);
  terminal.print(
    settings.json
      ? JSON.stringify(answer, null, 2)
      : renderGenerations(terminal, answer.generations),
  );
  return 'ok';
}

async function sums(
  { terminal, settings }: Context,
  by: keyof typeof PERIODS,
  options: Options,
): Promise<Exit> {
  const service = new Service(settings);
  const asked = { ...askedOf(options, PERIODS[by]), limit: textOf(options['limit']) };
  if (by === 'day') {
    const answer = await service.get<{ days: GenerationDayAnswer[] }>(`${PATH}-by-day`, asked);
    terminal.print(
      settings.json ? JSON.stringify(answer, null, 2) : renderGenerationDays(terminal, answer.days),
    );
  } else {
    const answer = await service.get<{ users: GenerationUserAnswer[] }>(`${PATH}-by-user`, asked);
    terminal.print(
      settings.json
        ? JSON.stringify(answer, null, 2)
        : renderGenerationUsers(terminal, answer.users),
    );
  }
  return 'ok';
}

function askedOf(options: Options, last: string) {
  return { last: textOf(options['last']) ?? last, user_id: textOf(options['user']) };
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}

function parseLimit(value: string): string {
  if (/^[1-9]\d{0,2}$/.test(value) && Number(value) <= 500) return value;
  throw wrong(`cannot list "${value.slice(0, 40)}" generations`, 'give a number from 1 to 500');
}

function parseSubject(value: string): string {
  if (Object.hasOwn(PERIODS, value)) return value;
  throw wrong(`cannot sum by "${value.slice(0, 40)}"`, 'use --by user or --by day');
}

function wrong(message: string, next_step: string): Failure {
  return new Failure('wrong_use', 'invalid_generations_command', message, next_step);
}
