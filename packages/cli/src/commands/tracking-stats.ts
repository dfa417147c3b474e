// `spanledger tracking-stats`: how the executions of the last hours went, by agent.

import { type Command, always } from '../command.ts';
import { nothing } from '../empty-answer.ts';
import { Failure } from '../failure.ts';
import { count, duration, UNKNOWN } from '../figures.ts';
import { textOf } from '../period-options.ts';
import { Service } from '../service.ts';
import { renderTable, type TableColumn } from '../table.ts';

interface StatsAnswer {
  readonly agent_type: string;
  readonly executions: number;
  readonly status_counts: Readonly<Record<string, number>>;
  readonly success_rate: number | null;
  readonly duration_avg_ms: number | null;
  readonly duration_max_ms: number | null;
}

interface TrackingAnswer {
  readonly total: StatsAnswer;
  readonly agents: readonly StatsAnswer[];
}

const HOURS_USUAL = '48';
const LOOK_BACK =
  'look further back with --hours 720; "spanledger doctor" says whether anything arrives';
const HOURS_MAX = 8_784;
const ENDED = ['success', 'failed', 'timeout', 'skipped', 'abandoned'] as const;

const statusColumn = (status: string): TableColumn<StatsAnswer> => ({
  title: status,
  align: 'right',
  text: ({ status_counts }) => count(status_counts[status] ?? 0),
  drop: status === 'success' || status === 'failed' ? 1 : 2,
});

const COLUMNS: readonly TableColumn<StatsAnswer>[] = [
  {
    title: 'agent',
    align: 'left',
    text: ({ agent_type }) => agent_type || 'all',
    style: () => 'agent',
    shrink_to: 12,
  },
  { title: 'runs', align: 'right', text: ({ executions }) => count(executions) },
  { title: 'going on', align: 'right', text: runningOf },
  ...ENDED.map(statusColumn),
  { title: 'succeeded', align: 'right', text: ({ success_rate }) => percent(success_rate) },
  { title: 'mean', align: 'right', text: ({ duration_avg_ms }) => duration(duration_avg_ms) },
  { title: 'longest', align: 'right', text: ({ duration_max_ms }) => duration(duration_max_ms) },
];

export const trackingStatsCommand: Command = {
  name: 'tracking-stats',
  summary: 'How the runs of the last hours went, by agent: how many ended how, and their time',
  arguments: [],
  options: [
    {
      flags: '--hours <hours>',
      meaning: 'how far to look back',
      fallback: HOURS_USUAL,
      parse: parseHours,
    },
    { flags: '--scope <name>', meaning: 'only of this agent, or of this service' },
  ],
  example: 'spanledger tracking-stats --hours 48 --scope planner',
  reads: always,
  run: async ({ terminal, settings }, _, options) => {
    const hours = String(options['hours']);
    const answer = await new Service(settings).get<TrackingAnswer>('api/v1/tracking-stats', {
      hours,
      scope: textOf(options['scope']),
    });
    if (settings.json) terminal.print(JSON.stringify(answer, null, 2));
    else if (answer.agents.length === 0) {
      terminal.print(nothing(terminal, 'No execution', `in the last ${hours} h`, LOOK_BACK));
    } else terminal.print(renderTable(terminal, COLUMNS, [...answer.agents, answer.total]));
    return 'ok';
  },
};

/** Pending, waiting for a model and the like. */
function runningOf({ executions, status_counts }: StatsAnswer): string {
  const over = [...ENDED, 'cancelled'].reduce((sum, one) => sum + (status_counts[one] ?? 0), 0);
  return count(executions - over);
}

function percent(share: number | null): string {
  return share === null ? UNKNOWN : `${(share * 100).toFixed(1)} %`;
}

function parseHours(value: string): string {
  if (/^\d{1,4}$/.test(value) && Number(value) >= 1 && Number(value) <= HOURS_MAX) return value;
  throw new Failure(
    'wrong_use',
    'invalid_hours',
    `cannot use "${value.slice(0, 40)}" as hours`,
    `give a whole number from 1 to ${HOURS_MAX}`,
  );
}
