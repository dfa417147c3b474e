// `spanledger executions`, `failed` and `slow`: the runs of agents in a period, the latest or the
// slowest first, those that still run or died included.

import {
  type Command,
  type CommandOption,
  type Context,
  type Options,
  always,
} from '../command.ts';
import { nothing } from '../empty-answer.ts';
import { renderExecutions, type ExecutionAnswer } from '../execution-view.ts';
import type { Exit } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { periodOf, periodOptions, textOf } from '../period-options.ts';
import { Service, type Parameters } from '../service.ts';

const USUAL = '24h';
const ROWS_USUAL = '20';
const ROWS_MAX = 500;
/** `started` is all that are not over, `completed` what ended well. */
const STATUSES = [
  ...['running', 'success', 'failed', 'timeout', 'cancelled', 'skipped', 'abandoned'],
  ...['pending', 'llm_request', 'llm_response', 'started', 'completed'],
];
const SLOW_USUAL_S = '10';

const LIST_OPTIONS: readonly CommandOption[] = [
  ...periodOptions(USUAL),
  { flags: '--agent <name>', meaning: 'only of this agent' },
  { flags: '--user <id>', meaning: 'only for this user' },
  { flags: '--conversation-id <id>', meaning: 'only of this conversation' },
  {
    flags: '--limit <rows>',
    meaning: `rows to show, at most ${ROWS_MAX}`,
    fallback: ROWS_USUAL,
    parse: parseRows,
  },
];

export const executionsCommand: Command = {
  name: 'executions',
  summary: 'Runs of agents, the latest first, with those that still run or died',
  arguments: [],
  options: [
    ...LIST_OPTIONS,
    {
      flags: '--status <status>',
      meaning: STATUSES.join(', '),
      parse: parseStatus,
    },
  ],
  example: 'spanledger executions --last 1h --agent planner --status running',
  reads: always,
  run: (context, _, options) =>
    list(context, options, { status: textOf(options['status']) }, 'No execution'),
};

export const failedCommand: Command = {
  name: 'failed',
  summary: 'Runs that failed, with their error and the stage where each broke',
  arguments: [],
  options: LIST_OPTIONS,
  example: 'spanledger failed --last 24h',
  reads: always,
  run: (context, _, options) => list(context, options, { status: 'failed' }, 'No failed execution'),
};

export const slowCommand: Command = {
  name: 'slow',
  summary:
    'Runs that took longer than a threshold, the slowest first, with their time outside of models',
  arguments: [],
  options: [
    ...LIST_OPTIONS,
    {
      flags: '--over <seconds>',
      meaning: 'show what took at least so long',
      fallback: SLOW_USUAL_S,
      parse: parseThreshold,
    },
  ],
  example: 'spanledger slow --over 30 --last 7d',
  reads: always,
  run: (context, _, options) => {
    const seconds = Number(options['over']);
    const slower_ms = String(Math.max(1, Math.round(seconds * 1_000)));
    return list(context, options, { slower_ms }, `No execution of ${seconds} s or more`);
  },
};

async function list(
  { terminal, settings }: Context,
  options: Options,
  more: Parameters,
  what: string,
): Promise<Exit> {
  const { asked, words } = periodOf(options, USUAL);
  const answer = await new Service(settings).get<{ executions: readonly ExecutionAnswer[] }>(
    'api/v1/executions',
    {
      ...asked,
      ...more,
      agent: textOf(options['agent']),
      user_id: textOf(options['user']),
      conversation_id: textOf(options['conversationId']),
      limit: String(options['limit']),
    },
  );
  if (settings.json) terminal.print(JSON.stringify(answer, null, 2));
  else if (answer.executions.length === 0) terminal.print(nothing(terminal, what, words));
  else terminal.print(renderExecutions(terminal, answer.executions));
  return 'ok';
}

export function parseRows(value: string): string {
  const rows = Number(value);
  if (/^\d{1,3}$/.test(value) && rows >= 1 && rows <= ROWS_MAX) return value;
  throw new Failure(
    'wrong_use',
    'invalid_limit',
    `cannot show "${value.slice(0, 40)}" rows`,
    `give a whole number from 1 to ${ROWS_MAX}`,
  );
}

function parseStatus(value: string): string {
  if (STATUSES.includes(value)) return value;
  throw new Failure(
    'wrong_use',
    'invalid_status',
    `cannot look for the status "${value.slice(0, 40)}"`,
    `name one of ${STATUSES.join(', ')}`,
  );
}

function parseThreshold(value: string): string {
  if (/^\d{1,6}(\.\d{1,3})?$/.test(value) && Number(value) > 0) return value;
  throw new Failure(
    'wrong_use',
    'invalid_seconds',
    `cannot use "${value.slice(0, 40)}" as seconds`,
    'give a number such as 10 or 0.5',
  );
}
