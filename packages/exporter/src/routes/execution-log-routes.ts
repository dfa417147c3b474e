// Executions and model calls in the words, paths and parameters of the users' own logs.

import { z } from 'zod';
import { mayReadContent } from '../keys/content-right.ts';
import { EXECUTION_ANSWER, executionAnswer } from '../executions/execution-answer.ts';
import { callsPage, executionsPage, statusesOf } from '../executions/execution-pages.ts';
import { callsOf, contentOf, detailsOf, findExecution } from '../executions/execution-search.ts';
import { executionSummary, SUMMARY_ANSWER } from '../executions/execution-summary.ts';
import { MODEL_CALL_ANSWER, modelCallAnswer } from '../executions/model-call-answer.ts';
import type { Caller } from '../keys/keys.ts';
import type { Stages } from '../stages.ts';
import { askAnswer } from './deletion-routes.ts';
import { DATES, EXECUTION_ID, LOGGED_CALLS, LOGGED_EXECUTIONS } from './execution-parameters.ts';
import { period, route, type Route } from './route.ts';

/** What is asked without a date. */
export const USUAL_PERIOD_MS = 30 * 24 * 3_600_000;

const PAGED = { limit: z.number(), offset: z.number(), next_cursor: z.string().nullable() };
const WITH_CALLS = EXECUTION_ANSWER.extend({ llm_calls: z.array(MODEL_CALL_ANSWER).optional() });
export const EXECUTIONS_ANSWER = z.looseObject({ executions: z.array(WITH_CALLS), ...PAGED });
const CALLS_ANSWER = z.looseObject({ llm_calls: z.array(MODEL_CALL_ANSWER), ...PAGED });

export function executionLogRoutes(stages: Stages): readonly Route[] {
  return [...listRoutes(stages), ...singleRoutes(stages)];
}

function listRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/execution-logs/executions',
      meaning: 'Executions of the last 30 days or between two dates, running ones included.',
      parameters: LOGGED_EXECUTIONS,
      answers: EXECUTIONS_ANSWER,
      answer: async (org, { include_llm_calls = false, ...given }) => {
        const asked = {
          ...{ org, ...datesOf(given), agent: given.agent_type, step: given.execution_step },
          ...{ action: given.action_type, statuses: statusesOf(given.status) },
          ...{ report: given.report_id, platform: given.external_platform },
        };
        const { rows, ...page } = await executionsPage(stages, asked, given);
        const details = await detailsOf(stages, org, rows.filter(isFailed));
        const calls = include_llm_calls ? await callsAnswers(stages, org, rows) : null;
        const executions = rows.map((row) => ({
          ...executionAnswer(row, details.get(row.span_id)),
          ...(calls === null ? {} : { llm_calls: calls.get(row.span_id) ?? [] }),
        }));
        return { executions, ...page };
      },
    }),
    route({
      method: 'GET',
      path: '/execution-logs/llm-calls',
      meaning: 'Model calls of the last 30 days or between two dates, failed ones included.',
      parameters: LOGGED_CALLS,
      answers: CALLS_ANSWER,
      answer: async (org, given) => {
        const asked = {
          ...{ org, ...datesOf(given), provider: given.provider, model: given.model_id },
          ...{ execution: given.execution_log_id, report: given.report_id },
          ...typeOf(given.call_type),
          status: given.status === undefined ? undefined : (SAID[given.status] ?? given.status),
        };
        const { rows, ...page } = await callsPage(stages, asked, given);
        const details = await detailsOf(stages, org, rows);
        const { book } = stages.prices;
        const llm_calls = rows.map((row) =>
          modelCallAnswer(row, org, book, details.get(row.span_id)),
        );
        return { llm_calls, ...page };
      },
    }),
    route({
      method: 'GET',
      path: '/execution-logs/analytics/summary',
      meaning: 'How the executions of the last 30 days or between two dates went, and their cost.',
      parameters: DATES,
      answers: SUMMARY_ANSWER,
      answer: (org, given) => executionSummary(stages, { org, ...datesOf(given) }),
    }),
  ];
}

function singleRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/execution-logs/executions/:execution_id',
      meaning: 'One execution with its model calls, and what was said where it is kept.',
      parameters: EXECUTION_ID,
      answers: WITH_CALLS,
      answer: (org, { execution_id }, caller) => wholeExecution(stages, org, execution_id, caller),
    }),
    route({
      method: 'DELETE',
      path: '/execution-logs/executions/:execution_id',
      meaning: 'Deletes an execution and all beneath it; the answer is the deletion, to follow it.',
      role: 'admin',
      parameters: EXECUTION_ID,
      answer: async (org_id, { execution_id: subject }) => {
        await findExecution(stages, org_id, subject);
        const request = { org_id, kind: 'execution', subject, from_ns: 0n, to_ns: 0n } as const;
        return askAnswer(stages, request);
      },
    }),
  ];
}

export async function wholeExecution(
  stages: Stages,
  org: string,
  execution_id: string,
  caller: Caller,
): Promise<unknown> {
  const row = await findExecution(stages, org, execution_id);
  const calls = (await callsOf(stages, org, [row])).get(row.span_id) ?? [];
  const places = [row, ...calls];
  const details = await detailsOf(stages, org, places);
  const seen = await mayReadContent(stages, caller);
  const content = seen ? await contentOf(stages, org, places) : new Map<string, never>();
  const { book } = stages.prices;
  const said = content.get(row.span_id);
  const { exception = {}, attributes = {} } = details.get(row.span_id) ?? {};
  return {
    ...executionAnswer(row, details.get(row.span_id)),
    traceback: exception['exception.stacktrace'] || attributes['spanledger.error.stack'] || null,
    input_data: said?.given ?? null,
    output_data: said?.made ?? null,
    llm_calls: calls.map((call) => ({
      ...modelCallAnswer(call, org, book, details.get(call.span_id)),
      prompt: content.get(call.span_id)?.given ?? null,
      response: content.get(call.span_id)?.made ?? null,
    })),
  };
}

async function callsAnswers(
  stages: Stages,
  org: string,
  rows: Parameters<typeof callsOf>[2],
): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const calls = await callsOf(stages, org, rows);
  const details = await detailsOf(stages, org, [...calls.values()].flat());
  const { book } = stages.prices;
  const answers = [...calls].map(([span, own]) => [
    span,
    own.map((call) => modelCallAnswer(call, org, book, details.get(call.span_id))),
  ]);
  return new Map(answers as [string, readonly unknown[]][]);
}

const SAID: Readonly<Record<string, string>> = { completed: 'success', error: 'failed' };

/** `inference` and `inference_stream` are one kind of ours; others have the same name. */
function typeOf(call_type: string | undefined): { kind?: string; streaming?: string } {
  if (call_type === undefined) return {};
  if (call_type === 'inference') return { kind: 'llm', streaming: 'false' };
  if (call_type === 'inference_stream') return { kind: 'llm', streaming: 'true' };
  return { kind: call_type };
}

function isFailed({
  error_type,
  status,
  error_message,
}: {
  readonly [name: string]: unknown;
}): boolean {
  return error_message === '' && (error_type !== '' || status === 'failed');
}

function datesOf(given: {
  readonly start_date?: number | undefined;
  readonly end_date?: number | undefined;
}) {
  return period({ from: given.start_date, to: given.end_date }, USUAL_PERIOD_MS);
}
