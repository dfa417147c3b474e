// The parameters of the questions about executions, each with its limit.

import { z } from 'zod';
import { PAGE, pageLimit } from './paging.ts';
import { time } from './times.ts';

const TEXT_CHARACTERS_MAX = 1_024;
export const EXECUTIONS_MAX = 500;
const USUAL = 50;
const HOURS_MAX = 8_784;
const MS_MAX = 2_592_000_000;

const name = z
  .string()
  .min(1)
  .max(TEXT_CHARACTERS_MAX)
  .describe(`a text of 1 to ${TEXT_CHARACTERS_MAX} characters`);
const yes = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .describe('true, false');
const status = name.describe(
  'pending, running, llm_request, llm_response, success, failed, timeout, cancelled, skipped, abandoned; started: not over; completed: success',
);
const limit = pageLimit(EXECUTIONS_MAX, USUAL);

export const DATES = { start_date: time.optional(), end_date: time.optional() };

export const EXECUTION_ID = { execution_id: name };

/** As the users' own tools name them. */
export const LOGGED_EXECUTIONS = {
  report_id: name.optional(),
  agent_type: name.optional(),
  execution_step: name.optional(),
  action_type: name.optional(),
  status: status.optional(),
  external_platform: name.optional(),
  ...DATES,
  limit: limit.optional(),
  ...PAGE,
  include_llm_calls: yes.optional(),
};

export const LOGGED_CALLS = {
  provider: name.optional(),
  model_id: name.optional(),
  call_type: name.optional(),
  status: z
    .enum(['success', 'failed', 'completed', 'error'])
    .optional()
    .describe('success or completed; failed or error'),
  report_id: name.optional(),
  execution_log_id: name.optional(),
  ...DATES,
  limit: limit.optional(),
  ...PAGE,
};

export const FOUND_EXECUTIONS = {
  agent: name.optional(),
  service: name.optional(),
  conversation_id: name.optional(),
  user_id: name.optional(),
  status: status.optional(),
  limit: limit.optional(),
  ...PAGE,
};

export const SLOW = {
  slower_ms: z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .pipe(z.number().min(1).max(MS_MAX))
    .describe(`milliseconds, 1 to ${MS_MAX}: at least so long, the longest first`)
    .optional(),
};

/** `once`: what runs now, and no more. */
export const LIVE = { agent: name.optional(), once: yes.optional() };

export const ERRORS_ASKED = { agent: name.optional(), limit: limit.optional() };

export const TRACKED = {
  hours: z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .pipe(z.number().min(1).max(HOURS_MAX))
    .describe(`1 to ${HOURS_MAX}; 48 when nothing is said`)
    .optional(),
  scope: name.optional(),
};
