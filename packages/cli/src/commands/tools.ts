// `spanledger tools`: what tools cost, their definitions and their results, never-used ones first; by MCP
// server, by agent and action, or request by request.

import { type Command, type Context, type Options, always } from '../command.ts';
import type { Exit } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { periodOf, periodOptions } from '../period-options.ts';
import { Service } from '../service.ts';
import {
  renderToolGroups,
  renderToolRequests,
  renderTools,
  renderToolServers,
  renderToolTotals,
  type ToolReport,
  type ToolRequestAnswer,
} from '../tool-view.ts';

const SUBJECTS = ['tool', 'agent', 'server', 'request'];
const USUAL = '24h';

export const toolsCommand: Command = {
  name: 'tools',
  summary: 'What tools cost: definitions sent with every request, results sent back',
  arguments: [],
  options: [
    ...periodOptions(USUAL),
    {
      flags: '--by <subject>',
      meaning: SUBJECTS.join(', '),
      fallback: 'tool',
      parse: parseSubject,
    },
  ],
  example: 'spanledger tools --last 7d\nspanledger tools --by agent',
  reads: always,
  run: (context, _, options) => (options['by'] === 'request' ? requests : report)(context, options),
};

async function report({ terminal, settings }: Context, options: Options): Promise<Exit> {
  const { asked } = periodOf(options, USUAL);
  const answer = await new Service(settings).get<ToolReport>('api/v1/tools', asked);
  if (settings.json) terminal.print(JSON.stringify(answer, null, 2));
  else {
    const by = String(options['by']);
    if (by === 'agent') terminal.print(renderToolGroups(terminal, answer.groups));
    else if (by === 'server') terminal.print(renderToolServers(terminal, answer.servers));
    else terminal.print(renderTools(terminal, answer.tools));
    if (answer.totals.requests > 0) {
      terminal.print(`\n${renderToolTotals(terminal, answer.totals)}`);
    }
  }
  return 'ok';
}

async function requests({ terminal, settings }: Context, options: Options): Promise<Exit> {
  const path = 'api/v1/tool-requests';
  const answer = await new Service(settings).get<{ requests: ToolRequestAnswer[] }>(
    path,
    periodOf(options, USUAL).asked,
  );
  terminal.print(
    settings.json ? JSON.stringify(answer, null, 2) : renderToolRequests(terminal, answer.requests),
  );
  return 'ok';
}

function parseSubject(value: string): string {
  if (SUBJECTS.includes(value)) return value;
  throw wrong(`cannot show tools by "${value.slice(0, 40)}"`, `use one of ${SUBJECTS.join(', ')}`);
}

function wrong(message: string, next_step: string): Failure {
  return new Failure('wrong_use', 'invalid_tools_command', message, next_step);
}
