// `spanledger audit`: what was changed with keys of admins, and what was refused.

import { type Command, always } from '../command.ts';
import { Service } from '../service.ts';
import { renderTable, type TableColumn } from '../table.ts';

interface DeedAnswer {
  readonly at: string;
  readonly org_id: string;
  readonly key_id: string;
  readonly way: string;
  readonly given: string;
  readonly outcome: string;
}

const COLUMNS: readonly TableColumn<DeedAnswer>[] = [
  { title: 'when (UTC)', align: 'left', text: ({ at }) => at.slice(0, 19).replace('T', ' ') },
  { title: 'key', align: 'left', text: ({ key_id }) => key_id || '–' },
  { title: 'organisation', align: 'left', text: ({ org_id }) => org_id, shrink_to: 8, drop: 1 },
  { title: 'what', align: 'left', text: ({ way }) => way, shrink_to: 20 },
  {
    title: 'outcome',
    align: 'left',
    text: ({ outcome }) => outcome,
    style: ({ outcome }) => (outcome === 'done' ? 'good' : 'bad'),
  },
  { title: 'with', align: 'left', text: ({ given }) => given, beneath: () => '  ' },
];

export const auditCommand: Command = {
  name: 'audit',
  summary: 'What was changed, or tried, with keys of admins',
  arguments: [],
  options: [{ flags: '--limit <count>', meaning: 'at most so many (default 100)' }],
  example: 'spanledger audit --limit 20',
  reads: always,
  run: async ({ terminal, settings }, _args, options) => {
    const limit = options['limit'] === undefined ? {} : { limit: String(options['limit']) };
    const answer = await new Service(settings).get<{ deeds: DeedAnswer[] }>('api/v1/audit', limit);
    if (settings.json) terminal.print(JSON.stringify(answer, null, 2));
    else if (answer.deeds.length === 0) terminal.print('Nothing was changed yet.');
    else terminal.print(renderTable(terminal, COLUMNS, answer.deeds));
    return 'ok';
  },
};
