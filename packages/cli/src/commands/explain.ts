// `spanledger explain`: why each record of a trace is counted or not, and how its cost came about.

import type { Explanation } from '@spanledger/ledger';
import { type Command, always } from '../command.ts';
import { renderExplanation } from '../explain-view.ts';
import { Service } from '../service.ts';
import { parseTraceId } from '../trace-id.ts';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'Why each record of a trace is counted or not: roles, rules, arithmetic, prices',
  arguments: [{ name: 'id', meaning: 'trace id, 32 hex digits' }],
  options: [],
  example: 'spanledger explain 0af7651916cd43dd8448eb211c80319c',
  reads: always,
  run: async ({ terminal, settings }, [id = '']) => {
    const path = `api/v1/explain/${parseTraceId(id)}`;
    const explanation = await new Service(settings).get<Explanation>(path);
    terminal.print(
      settings.json
        ? JSON.stringify(explanation, null, 2)
        : renderExplanation(terminal, explanation),
    );
    return 'ok';
  },
};
