// `spanledger sql`: one read-only query on the public views.

import { type Command, always } from '../command.ts';
import { Service } from '../service.ts';
import { renderSql, type SqlAnswer } from '../sql-view.ts';

export const sqlCommand: Command = {
  name: 'sql',
  summary:
    'Run one read-only query on the views: usage, calls, runs, run_events, tools, quality, …',
  arguments: [{ name: 'query', meaning: 'a SELECT statement' }],
  options: [],
  example: 'spanledger sql "SELECT agent_name, sum(cost_usd) FROM usage GROUP BY agent_name"',
  reads: always,
  run: async ({ terminal, settings }, [query = '']) => {
    const answer = await new Service(settings).post<SqlAnswer>('api/v1/sql', { query });
    terminal.print(settings.json ? JSON.stringify(answer, null, 2) : renderSql(terminal, answer));
    return 'ok';
  },
};
