// The parameters of what is told by hand: ids, people, tokens, times and content, each with its limit.

import { RUN_EVENTS } from '@spanledger/ledger';
import { z } from 'zod';
import { instant } from './times.ts';

const ID_BYTES_MAX = 200;
const TEXT_CHARACTERS_MAX = 1_024;
const PAIRS_MAX = 16;
const PAIR_CHARACTERS_MAX = 256;
const TOKENS_MAX = 0xffff_ffff;
const WEEK_MS = 7 * 24 * 3_600_000;
const ENTRIES_MAX = 32;

const id = z
  .string()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= ID_BYTES_MAX)
  .describe(`a text of 1 to ${ID_BYTES_MAX} bytes`);
const text = z
  .string()
  .min(1)
  .max(TEXT_CHARACTERS_MAX)
  .describe(`a text of 1 to ${TEXT_CHARACTERS_MAX} characters`);
const pairs = z
  .record(
    z.string().min(1).max(PAIR_CHARACTERS_MAX),
    z.union([z.string().max(PAIR_CHARACTERS_MAX), z.number(), z.boolean()]),
  )
  .refine((all) => Object.keys(all).length <= PAIRS_MAX)
  .describe(
    `an object of at most ${PAIRS_MAX} texts, numbers and booleans, each of at most ${PAIR_CHARACTERS_MAX} characters`,
  );
const tokens = z
  .number()
  .int()
  .min(0)
  .max(TOKENS_MAX)
  .describe('a whole number from 0 on; left out where it is not known');
const count = z.number().int().min(0).max(TOKENS_MAX).describe('a whole number from 0 on');
const duration = z.number().min(0).max(WEEK_MS).describe('milliseconds, at most a week');
const content = z.unknown().describe('any JSON; it is stored as content');
const yes = z.boolean().describe('true, false');
const error = z
  .union([text, z.strictObject({ type: id.optional(), message: text.optional() })])
  .describe('a text, or an object with type and message');
const list = z.array(z.unknown()).max(TEXT_CHARACTERS_MAX).describe('a list');

const SOURCE = { service_name: id.optional(), environment: id.optional() };

const WHO = {
  user_id: id.optional(),
  conversation_id: id.optional(),
  links: pairs.optional(),
  metadata: pairs.optional(),
};

const RUN = {
  ...WHO,
  ...SOURCE,
  parent_execution_id: id.optional(),
  started_at: instant.optional(),
};

export const START = {
  ...RUN,
  agent: id,
  execution_id: id.optional(),
  agent_id: id.optional(),
  execution_step: id.optional(),
  action_type: id.optional(),
  status: id.optional(),
  input: content.optional(),
};

export const END = {
  execution_id: id,
  status: id.optional(),
  output: content.optional(),
  error: error.optional(),
  ended_at: instant.optional(),
};

export const ENTRY = {
  execution_id: id,
  event: z.enum(RUN_EVENTS).describe(RUN_EVENTS.join(', ')),
  entry_id: id.optional(),
  at: instant.optional(),
  message: text.optional(),
  fields: pairs.optional(),
  stage: id.optional(),
  status: id.optional(),
  duration_ms: duration.optional(),
  error: error.optional(),
  confidence: z.number().min(0).max(1).describe('a number from 0 to 1').optional(),
  reasoning: text.optional(),
  candidates: z.array(id).max(ENTRIES_MAX).describe(`at most ${ENTRIES_MAX} names`).optional(),
  chosen: id.optional(),
  reason: text.optional(),
};

/** One model call in a few figures. */
export const USAGE = {
  ...WHO,
  ...SOURCE,
  call_id: id.optional(),
  execution_id: id.optional(),
  agent: id.optional(),
  action: id.optional(),
  model: id.optional(),
  provider: id.optional(),
  operation: id.optional(),
  response_id: id.optional(),
  input_tokens: tokens.optional(),
  output_tokens: tokens.optional(),
  cache_read_tokens: tokens.optional(),
  cache_write_tokens: tokens.optional(),
  reasoning_tokens: tokens.optional(),
  audio_input_tokens: tokens.optional(),
  audio_output_tokens: tokens.optional(),
  image_input_tokens: tokens.optional(),
  duration_ms: duration.optional(),
  error: error.optional(),
  ended_at: instant.optional(),
};

/** The same with everything that is known of it. */
export const CALL = {
  ...USAGE,
  call_type: z
    .enum(['inference', 'inference_stream', 'embedding', 'rerank'])
    .describe('inference, inference_stream, embedding, rerank')
    .optional(),
  response_model: id.optional(),
  chunks: count.optional(),
  time_to_first_chunk_ms: duration.optional(),
  finish_reason: id.optional(),
  prompt: content.optional(),
  response: content.optional(),
};

export const GENERATION = {
  ...RUN,
  id: id.optional(),
  agent: id.optional(),
  prompt: content.optional(),
  existing_agent_id: id.optional(),
  is_update: yes.optional(),
  model: id.optional(),
};

export const GENERATION_RESULT = {
  id,
  generated_agent_schema: content.optional(),
  identified_skills: content.optional(),
  retry_count: count.optional(),
  validation_errors: list.optional(),
  ended_at: instant.optional(),
};

export const GENERATION_FAILURE = { ...GENERATION_RESULT, error };
