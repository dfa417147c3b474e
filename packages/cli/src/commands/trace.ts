// `spanledger trace`: one trace as a tree, with time, tokens, cost and role.

import { treeRowOf, type LedgerAnswer } from '../answers.ts';
import { type Command, always } from '../command.ts';
import { Service } from '../service.ts';
import { parseTraceId } from '../trace-id.ts';
import { renderTree } from '../trace-tree.ts';

export const traceCommand: Command = {
  name: 'trace',
  summary: 'One trace as a tree: agents, model calls and tools, with tokens, cost and role',
  arguments: [{ name: 'id', meaning: 'trace id, 32 hex digits' }],
  options: [],
  example: 'spanledger trace 0af7651916cd43dd8448eb211c80319c',
  reads: always,
  run: async ({ terminal, settings }, [id = '']) => {
    const service = new Service(settings);
    const answer = await service.get<{ rows: LedgerAnswer[] }>(`api/v1/traces/${parseTraceId(id)}`);
    terminal.print(
      settings.json
        ? JSON.stringify(answer, null, 2)
        : renderTree(terminal, answer.rows.map(treeRowOf)),
    );
    return 'ok';
  },
};
