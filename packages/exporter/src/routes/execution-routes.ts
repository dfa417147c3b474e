// Executions as a person looks at them: lists, one with all that belongs to it, its timeline, who called
// whom, what goes wrong, and how it goes in all.

import { SpanledgerError } from '@spanledger/ledger';
import type { ExecutionAt, ModelCall } from '@spanledger/store';
import { chainOf, type Link } from '../executions/call-chain.ts';
import { executionAnswer, under } from '../executions/execution-answer.ts';
import { executionsPage, statusesOf } from '../executions/execution-pages.ts';
import {
  callsOf,
  contentOf,
  detailsOf,
  eventsOf,
  findExecution,
  runsBeside,
} from '../executions/execution-search.ts';
import { liveExecutions } from '../executions/live-executions.ts';
import { isoTime } from '../executions/iso-time.ts';
import { overheadOf } from '../executions/overhead.ts';
import { openStages, timelineOf } from '../executions/timeline.ts';
import { mayReadContent } from '../keys/content-right.ts';
import type { Caller } from '../keys/keys.ts';
import type { Stages } from '../stages.ts';
import { EXECUTIONS_ANSWER, wholeExecution } from './execution-log-routes.ts';
import {
  ERRORS_ASKED,
  EXECUTION_ID,
  FOUND_EXECUTIONS,
  LIVE,
  SLOW,
  TRACKED,
} from './execution-parameters.ts';
import { trackingStats } from '../executions/tracking-stats.ts';
import { EventStream } from './event-stream.ts';
import { PERIOD } from './parameters.ts';
import { period, route, type Route } from './route.ts';

const NS_PER_MS = 1_000_000;
const MS_PER_HOUR = 3_600_000;
const USUAL_HOURS = 48;
/** A trace's runs are looked for so long around one of them. */
const CHAIN_REACH_S = 86_400;
const GROUPS_USUAL = 50;

export function executionRoutes(stages: Stages): readonly Route[] {
  return [...listRoutes(stages), ...singleRoutes(stages)];
}

function listRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/executions',
      meaning:
        'Executions of a period, running ones included: by agent, status, user or conversation, or the slowest.',
      parameters: { ...PERIOD, ...FOUND_EXECUTIONS, ...SLOW },
      answers: EXECUTIONS_ANSWER,
      answer: async (org, given) => {
        const { agent, service, user_id: user, conversation_id: conversation, slower_ms } = given;
        const asked = {
          ...{ org, ...period(given), agent, service, user, conversation, slower_ms },
          statuses: statusesOf(given.status),
        };
        const { rows, ...page } = await executionsPage(stages, asked, given);
        const [calls, details] = await Promise.all([
          callsOf(stages, org, rows),
          detailsOf(
            stages,
            org,
            rows.filter(({ status }) => status === 'failed'),
          ),
        ]);
        const executions = rows.map((row) => ({
          ...executionAnswer(row, details.get(row.span_id)),
          ...timesOf(row, calls.get(row.span_id) ?? []),
        }));
        return { executions, ...page };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/executions/live',
      meaning:
        'Executions while they run, as server-sent events: all that do now, then each change and end.',
      parameters: LIVE,
      media: 'text/event-stream',
      answer: (org, { agent, once = false }) =>
        new EventStream((signal) => liveExecutions(stages, { org, agent, once }, signal)),
    }),
    route({
      method: 'GET',
      path: '/api/v1/errors',
      meaning:
        'What went wrong in a period: failed calls, tools and runs, grouped by what they said without ids and numbers.',
      parameters: { ...PERIOD, ...ERRORS_ASKED },
      answer: async (org, { agent, limit = GROUPS_USUAL, ...given }) => {
        const asked = { org, ...period(given), limit, ...(agent === undefined ? {} : { agent }) };
        const groups = await stages.store.ask('error_groups', asked);
        return {
          errors: groups.map(({ first_ns, last_ns, ...group }) => ({
            ...group,
            ...{ first_time: isoTime(first_ns), last_time: isoTime(last_ns) },
          })),
        };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/tracking-stats',
      meaning: 'How the executions of the last hours went, by agent: statuses, success and times.',
      parameters: TRACKED,
      answer: (org, { hours = USUAL_HOURS, scope }) =>
        trackingStats(stages, { org, ...period({ last: hours * MS_PER_HOUR }) }, scope),
    }),
  ];
}

function singleRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/executions/:execution_id',
      meaning:
        'One execution: its figures, model calls, time outside of them, and where it broke or is.',
      parameters: EXECUTION_ID,
      answer: async (org, { execution_id }, caller) => {
        const row = await findExecution(stages, org, execution_id);
        const [whole, calls, events] = await Promise.all([
          wholeExecution(stages, org, execution_id, caller),
          callsOf(stages, org, [row]),
          eventsOf(stages, org, row),
        ]);
        const own = events.filter(({ span_id }) => span_id === row.span_id);
        return {
          ...(whole as object),
          ...timesOf(row, calls.get(row.span_id) ?? []),
          broke_in: brokenStage(row, own),
          timeline: timelineOf(own).map(entryAnswer),
        };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/executions/:execution_id/timeline',
      meaning: 'What an execution told while it went on: stages, log lines, and the time between.',
      parameters: EXECUTION_ID,
      answer: async (org, { execution_id }) => {
        const row = await findExecution(stages, org, execution_id);
        const events = await eventsOf(stages, org, row);
        const own = events.filter(({ span_id }) => span_id === row.span_id);
        const { status } = row;
        return { execution_id, status, timeline: timelineOf(own).map(entryAnswer) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/executions/:execution_id/chain',
      meaning: 'Who called whom around an execution, as a tree, with what was handed over.',
      parameters: EXECUTION_ID,
      answer: (org, { execution_id }, caller) => chainAnswer(stages, org, execution_id, caller),
    }),
  ];
}

/** Null where it is not over. */
function timesOf(row: ExecutionAt, calls: readonly ModelCall[]) {
  if (row.duration_ms === null) return { model_ms: null, overhead_ms: null };
  const end_ns = row.start_ns + BigInt(Math.round(row.duration_ms * NS_PER_MS));
  return overheadOf(
    { start_ns: row.start_ns, end_ns },
    calls.map(({ start_ns, duration_ns }) => ({ start_ns, end_ns: start_ns + duration_ns })),
  );
}

/** The innermost stage that had not ended when the run failed or died; a failed one tells its error. */
function brokenStage(
  { status }: ExecutionAt,
  events: Awaited<ReturnType<typeof eventsOf>>,
): string | null {
  if (!['failed', 'timeout', 'cancelled', 'abandoned'].includes(status)) return null;
  const failed = events.find(({ event, error_type }) => event === 'stage_end' && error_type !== '');
  return failed?.stage ?? openStages(events).at(-1) ?? null;
}

function entryAnswer({ time_ns, ...entry }: ReturnType<typeof timelineOf>[number]) {
  return { time: isoTime(time_ns), ...entry };
}

async function chainAnswer(
  stages: Stages,
  org: string,
  execution_id: string,
  caller: Caller,
): Promise<unknown> {
  const row = await findExecution(stages, org, execution_id);
  const runs = await runsBeside(stages, org, row, CHAIN_REACH_S);
  if (runs.length === 0) throw new SpanledgerError('not_found', `execution ${execution_id}`);
  const seen = await mayReadContent(stages, caller);
  const content = seen ? await contentOf(stages, org, runs) : new Map<string, never>();
  const answerOf = ({ run, depth, sequence, children }: Link<ExecutionAt>): unknown => ({
    ...executionAnswer(run),
    ...{ depth, sequence },
    handed_over: content.get(run.span_id)?.given ?? null,
    handed_over_characters: sizeOf(run),
    children: children.map(answerOf),
  });
  return { trace_id: row.trace_id, chain: chainOf(runs).map(answerOf) };
}

/** Told by the program also where the text itself is not kept. */
function sizeOf({ attributes }: ExecutionAt): number | null {
  const { size } = under(attributes, 'spanledger.input.');
  return size === undefined ? null : Number(size);
}
