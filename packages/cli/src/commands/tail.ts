// `spanledger tail`: executions while they run, a line for each that begins, changes or ends, until it is
// interrupted.

import type { Command } from '../command.ts';
import { nothing } from '../empty-answer.ts';
import { errorOf, statusStyle, timeOf, type ExecutionAnswer } from '../execution-view.ts';
import { duration, money } from '../figures.ts';
import { textOf } from '../period-options.ts';
import { Service } from '../service.ts';
import { printable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

const PATH = 'api/v1/executions/live';
const ENDED = '"spanledger executions" lists what ran, "spanledger tail" waits for what begins';
const AGENT_WIDTH = 20;
const STATUS_WIDTH = 12;

export const tailCommand: Command = {
  name: 'tail',
  summary: 'Runs of agents while they go on: a line for each start, change and end',
  arguments: [],
  options: [
    { flags: '--agent <name>', meaning: 'only of this agent' },
    { flags: '--once', meaning: 'only what runs now' },
  ],
  example: 'spanledger tail --agent planner',
  run: async ({ terminal, settings }, _, options) => {
    const service = new Service(settings);
    const once = options['once'] === true;
    const asked = { agent: textOf(options['agent']), once: once ? 'true' : undefined };
    const seen = new Map<string, string>();
    do {
      for await (const data of service.events(PATH, asked)) {
        const row = JSON.parse(data) as ExecutionAnswer;
        // A stream that begins again tells again what runs.
        const key = `${row.trace_id}:${row.execution_id}`;
        if (seen.get(key) === data) continue;
        if (row.end_time === null) seen.set(key, data);
        else seen.delete(key);
        terminal.print(settings.json ? data : lineOf(terminal, row));
      }
    } while (!once);
    if (seen.size === 0 && !settings.json)
      terminal.print(nothing(terminal, 'Nothing runs', 'now', ENDED));
    return 'ok';
  },
};

function lineOf(terminal: Terminal, row: ExecutionAnswer): string {
  const { agent_type, status, stage, duration_ms, cost_usd, execution_id } = row;
  const took = duration_ms === null ? (stage ?? '') : duration(duration_ms);
  return [
    terminal.paint('quiet', timeOf(row.end_time ?? row.start_time)),
    terminal.paint('agent', printable(agent_type).padEnd(AGENT_WIDTH)),
    terminal.paint(statusStyle(status), printable(status).padEnd(STATUS_WIDTH)),
    printable(took).padEnd(STATUS_WIDTH),
    money(cost_usd),
    terminal.paint('quiet', printable(execution_id)),
    terminal.paint('bad', printable(errorOf(row))),
  ]
    .join('  ')
    .trimEnd();
}
