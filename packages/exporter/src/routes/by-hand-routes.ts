// The routes by which programs tell of their own work where no instrumentation reaches: runs, what
// happens in them, model calls and generations. Told twice under one id it is there once.

import { RUN_EVENT_PREFIX } from '@spanledger/ledger';
import {
  CALL,
  END,
  ENTRY,
  GENERATION,
  GENERATION_FAILURE,
  GENERATION_RESULT,
  START,
  USAGE,
} from './by-hand-parameters.ts';
import { endRun, noteEntry, startRun } from './by-hand-runs.ts';
import { recordCall } from './by-hand-calls.ts';
import { route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';

const GENERATION_AGENT = 'generation';
const GENERATION_ACTION = 'generate';

export function byHandRoutes(stages: Stages): readonly Route[] {
  return [...runRoutes(stages), ...callRoutes(stages), ...generationRoutes(stages)];
}

function runRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/executions',
      meaning:
        'Begins an execution, which is seen while it runs; its id is made when none is given.',
      role: 'ingest',
      parameters: START,
      answer: (org, given) => startRun(stages, org, given),
    }),
    route({
      method: 'POST',
      path: '/api/v1/executions/:execution_id/events',
      meaning:
        'Tells what happens in an execution: a stage or its end, a line of its log, a status, a skip or a route.',
      role: 'ingest',
      parameters: ENTRY,
      answer: (org, { event, ...given }) => noteEntry(stages, org, RUN_EVENT_PREFIX + event, given),
    }),
    route({
      method: 'POST',
      path: '/api/v1/executions/:execution_id/end',
      meaning: 'Ends an execution, with what it made or what went wrong.',
      role: 'ingest',
      parameters: END,
      answer: (org, given) => endRun(stages, org, given),
    }),
  ];
}

function callRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/usage',
      meaning: 'Records the usage of one model call that no instrumentation reaches.',
      role: 'ingest',
      parameters: USAGE,
      answer: (org, given) => recordCall(stages, org, given),
    }),
    route({
      method: 'POST',
      path: '/api/v1/calls',
      meaning: 'Records one model call with all that is known of it, prompt and answer included.',
      role: 'ingest',
      parameters: CALL,
      answer: (org, given) => recordCall(stages, org, given),
    }),
  ];
}

function generationRoutes(stages: Stages): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/generations',
      meaning: 'Begins the record of a request to make an agent, before the work starts.',
      role: 'ingest',
      parameters: GENERATION,
      answer: (org, { id, prompt, existing_agent_id, is_update, model, agent, ...run }) =>
        startRun(
          stages,
          org,
          {
            ...run,
            agent: agent ?? GENERATION_AGENT,
            action_type: GENERATION_ACTION,
            execution_id: id,
            input: prompt,
          },
          { existing_agent_id, is_update, model },
        ),
    }),
    route({
      method: 'POST',
      path: '/api/v1/generations/:id/complete',
      meaning: 'Completes a generation with its results; its tokens are those of the calls within.',
      role: 'ingest',
      parameters: GENERATION_RESULT,
      answer: (org, { id, ...given }) => endRun(stages, org, { ...given, execution_id: id }),
    }),
    route({
      method: 'POST',
      path: '/api/v1/generations/:id/fail',
      meaning: 'Ends a generation that failed, with what went wrong.',
      role: 'ingest',
      parameters: GENERATION_FAILURE,
      answer: (org, { id, ...given }) => endRun(stages, org, { ...given, execution_id: id }),
    }),
  ];
}
