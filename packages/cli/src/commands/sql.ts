// `spanledger sql`: one read-only query on the public views.

import type { Command } from '../command.ts';
import { UNKNOWN } from '../figures.ts';
import { Service } from '../service.ts';
import { renderTable, type TableColumn } from '../table.ts';

interface SqlAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

export const sqlCommand: Command = {
  name: 'sql',
  summary: 'Run one read-only query on the views usage, calls, runs and tools',
  arguments: [{ name: 'query', meaning: 'a SELECT statement' }],
  options: [],
  example: 'spanledger sql "SELECT agent_name, sum(cost_usd) FROM usage GROUP BY agent_name"',
  run: async ({ terminal, settings }, [query = '']) => {
    const answer = await new Service(settings).post<SqlAnswer>('api/v1/sql', { query });
    terminal.print(
      settings.json
        ? JSON.stringify(answer, null, 2)
        : renderTable(terminal, answer.columns.map(column), answer.rows),
    );
    return 'ok';
  },
};

function column(
  { name, type }: SqlAnswer['columns'][number],
  index: number,
): TableColumn<readonly unknown[]> {
  const numeric = /^(Nullable\()?(U?Int|Float|Decimal)/.test(type);
  return {
    title: name,
    align: numeric ? 'right' : 'left',
    text: (row) => cell(row[index]),
    shrink_to: numeric ? Infinity : 8,
  };
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return UNKNOWN;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
