// What a program says of a run before it begins, read and checked: the name of its span, its
// attributes, and the context for everything below it.

import { context, type Attributes, type Context } from '@opentelemetry/api';
import { contextWith, type AgentContext } from '../context/agent-context.ts';
import { currentRun, type AgentRunOptions } from './agent-run.ts';
import { given, givenName, givenNote, givenNumber, givenText } from '../context/given.ts';
import { put } from '../calls/request.ts';
import { INPUT, INPUT_SIZE } from '../run-attributes.ts';
import { putGivenContent } from './given-content.ts';
import * as names from '../semantic-conventions.ts';

export interface AgentOptions {
  name: string;
  id?: string;
  description?: string;
  version?: string;
  /** plan, execute, observe, … */
  execution_step?: string;
  /** generate, stream, analyze, … */
  action_type?: string;
  /** The run's own id, where the program has one. */
  execution_id?: string;
  /** What was handed over. Content: recorded only where content is. */
  input?: unknown;
  /** What the run begins as; `running` when left out. */
  status?: string;
  /** After this time the run's status is `timeout`; the function goes on, and nothing is called off. */
  timeout_ms?: number;
  /** What this run and everything below it belongs to. */
  context?: AgentContext;
}

export interface AgentPlan {
  readonly name: string;
  readonly attributes: Attributes;
  readonly below: Context;
  readonly options: AgentRunOptions;
}

/** The longest time that a timer can wait. */
const TIMEOUT_LIMIT_MS = 2 ** 31 - 1;

/** `made_id`: the run's id, where the program must have one. */
export function planAgent(agent: unknown, made_id?: string): AgentPlan {
  const name = givenName(agent);
  const id = givenText(agent, 'id');
  const attributes: Attributes = {
    [names.OPERATION_NAME]: 'invoke_agent',
    [names.AGENT_NAME]: name,
  };
  put(attributes, names.AGENT_ID, id ?? null);
  put(
    attributes,
    names.AGENT_DESCRIPTION,
    givenNote(agent, 'description', names.AGENT_DESCRIPTION),
  );
  put(attributes, names.AGENT_VERSION, givenText(agent, 'version') ?? null);
  putGivenContent(attributes, INPUT, INPUT_SIZE, given(agent, 'input'));
  const options = {
    status: givenText(agent, 'status') || undefined,
    timeout_ms: givenNumber(agent, 'timeout_ms', TIMEOUT_LIMIT_MS),
  };
  return {
    name: `invoke_agent ${name}`,
    attributes,
    below: belowOf(agent, name, id, made_id),
    options,
  };
}

/** An outer run's ids, step and action are not the inner one's. */
function belowOf(
  agent: unknown,
  name: string,
  id: string | undefined,
  made_id: string | undefined,
): Context {
  const outer = context.active();
  const own = {
    agent_name: name,
    agent_id: id ?? '',
    execution_step: givenText(agent, 'execution_step') ?? '',
    action_type: givenText(agent, 'action_type') ?? '',
  };
  const fresh = currentRun() === null ? own : { ...own, execution_id: '' };
  const execution_id = made_id ?? givenText(agent, 'execution_id');
  const below = contextWith(contextWith(outer, fresh), given(agent, 'context'));
  return execution_id === undefined ? below : contextWith(below, { execution_id });
}
