// `spanledger errors`: what went wrong in a period, grouped by what it said without ids and numbers.

import { type Command, always } from '../command.ts';
import { nothing } from '../empty-answer.ts';
import { errorWord } from '../execution-view.ts';
import { count, UNKNOWN } from '../figures.ts';
import { periodOf, periodOptions, textOf } from '../period-options.ts';
import { Service } from '../service.ts';
import { renderTable, type TableColumn } from '../table.ts';
import { parseRows } from './executions.ts';

interface ErrorGroupAnswer {
  readonly kind: string;
  readonly error_type: string;
  readonly fingerprint: string;
  readonly errors: number;
  readonly traces: number;
  readonly last_time: string;
  readonly last_execution_id: string;
  readonly agents: readonly string[];
  readonly subjects: readonly string[];
}

const USUAL = '24h';

const COLUMNS: readonly TableColumn<ErrorGroupAnswer>[] = [
  { title: 'errors', align: 'right', text: ({ errors }) => count(errors) },
  { title: 'traces', align: 'right', text: ({ traces }) => count(traces), drop: 2 },
  { title: 'in', align: 'left', text: ({ kind }) => kind },
  { title: 'of', align: 'left', text: ({ subjects }) => subjects.join(', '), shrink_to: 12 },
  {
    title: 'error',
    align: 'left',
    text: ({ error_type }) => errorWord(error_type) || UNKNOWN,
    style: () => 'bad',
  },
  {
    title: 'last (UTC)',
    align: 'left',
    text: ({ last_time }) => last_time.slice(0, 16).replace('T', ' '),
  },
  {
    title: 'execution',
    align: 'left',
    text: ({ last_execution_id }) => last_execution_id,
    style: () => 'quiet',
    shrink_to: 10,
    drop: 1,
  },
  { title: 'said', align: 'left', text: ({ fingerprint }) => fingerprint, beneath: () => '    ' },
];

export const errorsCommand: Command = {
  name: 'errors',
  summary: 'What went wrong: failed runs, model calls and tools, alike ones together',
  arguments: [],
  options: [
    ...periodOptions(USUAL),
    { flags: '--agent <name>', meaning: 'only of this agent' },
    { flags: '--limit <rows>', meaning: 'groups to show', fallback: '20', parse: parseRows },
  ],
  example: 'spanledger errors --last 7d',
  reads: always,
  run: async ({ terminal, settings }, _, options) => {
    const { asked, words } = periodOf(options, USUAL);
    const answer = await new Service(settings).get<{ errors: readonly ErrorGroupAnswer[] }>(
      'api/v1/errors',
      { ...asked, agent: textOf(options['agent']), limit: String(options['limit']) },
    );
    if (settings.json) terminal.print(JSON.stringify(answer, null, 2));
    else if (answer.errors.length === 0) terminal.print(nothing(terminal, 'No error', words));
    else terminal.print(renderTable(terminal, COLUMNS, answer.errors));
    return 'ok';
  },
};
