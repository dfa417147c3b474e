// The record of a long-running request to make an agent: it stands from the start, ends with what was
// made or with the error, and its tokens are those of the model calls made within it.

import type { Attributes } from '@opentelemetry/api';
import { beginExecution, finishExecution, type Execution } from './execution.ts';
import { given, givenCount, givenText } from '../context/given.ts';
import { putGivenContent } from './given-content.ts';
import { put } from '../calls/request.ts';
import * as own from '../run-attributes.ts';
import { safely } from '../safely.ts';

export interface GenerationStart {
  /** Made when none is given. */
  id?: string;
  user_id?: string;
  /** Content, as the schema, the skills and the errors below: recorded only where content is. */
  prompt?: string;
  existing_agent_id?: string;
  is_update?: boolean;
  model?: string;
  /** What the run is called; `generation` when left out. */
  agent?: string;
}

export interface GenerationResult {
  generated_agent_schema?: unknown;
  identified_skills?: unknown;
  retry_count?: number;
  validation_errors?: readonly unknown[];
}

/**
 * `start` gives the execution that the generation is: run what belongs to it with its `run`. A process
 * that dies leaves a start without an end. None of these throws.
 */
export const generationLog = {
  start(generation: GenerationStart = {}): Execution {
    const started = safely('a generation', () => {
      const id = givenText(generation, 'id') || undefined;
      const user_id = givenText(generation, 'user_id');
      const agent = {
        name: givenText(generation, 'agent') || 'generation',
        action_type: 'generate',
        ...(id === undefined ? null : { execution_id: id }),
        ...(user_id === undefined ? null : { context: { user_id } }),
      };
      return beginExecution(agent, (made) => startAttributes(generation, made));
    });
    return started ?? beginExecution('generation', () => ({}));
  },

  complete(generation: Execution | string, result: GenerationResult = {}): void {
    finishExecution(generation, {}, safely('a generation', () => resultAttributes(result)) ?? {});
  },

  fail(generation: Execution | string, error: unknown, result: GenerationResult = {}): void {
    const failed = error ?? 'unknown';
    const more = safely('a generation', () => resultAttributes(result)) ?? {};
    finishExecution(generation, { error: failed }, more);
  },
};

function startAttributes(generation: unknown, id: string): Attributes {
  const attributes: Attributes = { [own.GENERATION_ID]: id };
  const is_update = given(generation, 'is_update');
  if (typeof is_update === 'boolean') attributes[own.GENERATION_IS_UPDATE] = is_update;
  const existing = givenText(generation, 'existing_agent_id') || null;
  put(attributes, own.GENERATION_EXISTING_AGENT_ID, existing);
  put(attributes, own.GENERATION_MODEL, givenText(generation, 'model') || null);
  putGivenContent(attributes, own.INPUT, own.INPUT_SIZE, given(generation, 'prompt'));
  return attributes;
}

function resultAttributes(result: unknown): Attributes {
  const attributes: Attributes = {};
  put(attributes, own.GENERATION_RETRY_COUNT, givenCount(result, 'retry_count'));
  const errors = given(result, 'validation_errors');
  if (Array.isArray(errors)) attributes[own.GENERATION_VALIDATION_ERROR_COUNT] = errors.length;
  putGivenContent(attributes, own.GENERATION_VALIDATION_ERRORS, null, errors);
  const schema = given(result, 'generated_agent_schema');
  putGivenContent(attributes, own.GENERATION_AGENT_SCHEMA, null, schema);
  const skills = given(result, 'identified_skills');
  putGivenContent(attributes, own.GENERATION_IDENTIFIED_SKILLS, null, skills);
  return attributes;
}
