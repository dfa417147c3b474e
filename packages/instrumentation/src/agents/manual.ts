// The manual interface: agents, stages, tools and context said by the program itself. Without a
// registered provider each of these just calls the function.

import { context, trace, type Attributes } from '@opentelemetry/api';
import { contextWith, type AgentContext } from '../context/agent-context.ts';
import { planAgent, type AgentOptions } from './agent-plan.ts';
import { currentRun, startAgentRun } from './agent-run.ts';
import { givenName, givenNote, givenText } from '../context/given.ts';
import { STAGE } from '../own-attributes.ts';
import { put } from '../calls/request.ts';
import { EXECUTION_STAGE } from '../run-attributes.ts';
import { startRun } from './run.ts';
import { safely } from '../safely.ts';
import * as names from '../semantic-conventions.ts';
import { stageOf } from './stage.ts';
import { inContext, watched } from './within.ts';

export interface ToolOptions {
  name: string;
  call_id?: string;
  description?: string;
  type?: 'function' | 'extension' | 'datastore';
}

/** The stages of a usual run; any other name will do. */
export type Stage =
  | 'init'
  | 'should_respond'
  | 'pre_process'
  | 'llm_prepare'
  | 'llm_call'
  | 'llm_parse'
  | 'post_process'
  | 'complete'
  | (string & {});

/** Runs `fn` as a run of this agent. Nests: the inner agent is a part of the outer one's run. */
export function withAgent<T>(agent: string | AgentOptions, fn: () => T): T {
  const started = safely('a run', () => {
    const { name, attributes, below, options } = planAgent(agent);
    return startAgentRun(name, attributes, below, options);
  });
  if (started === undefined || started.run === null) return inContext(started?.inner, fn);
  return watched(started.run, started.inner, fn);
}

/** Runs `fn` as one execution of this tool. */
export function withTool<T>(tool: string | ToolOptions, fn: () => T): T {
  const started = safely('a tool call', () => {
    const name = givenName(tool);
    const attributes: Attributes = {
      [names.OPERATION_NAME]: 'execute_tool',
      [names.TOOL_NAME]: name,
      [names.TOOL_TYPE]: givenText(tool, 'type') ?? 'function',
    };
    put(attributes, names.TOOL_CALL_ID, givenText(tool, 'call_id') ?? null);
    put(attributes, names.TOOL_DESCRIPTION, givenNote(tool, 'description', names.TOOL_DESCRIPTION));
    return startRun(`execute_tool ${name}`, attributes, contextWith(context.active(), null));
  });
  if (started === undefined || started.run === null) return inContext(started?.inner, fn);
  return watched(started.run, started.inner, fn);
}

/**
 * Marks what the agent does meanwhile: every span below carries the stage, and its run tells when it
 * began, and how long it took.
 */
export function withStage<T>(stage: Stage, fn: () => T): T {
  const name = givenName(stage);
  const inner = safely('a stage', () => contextWith(context.active(), { stage: name }));
  const run = safely('a stage', currentRun) ?? null;
  if (run === null) {
    safely('a stage', () => trace.getActiveSpan()?.addEvent(EXECUTION_STAGE, { [STAGE]: name }));
    return inContext(inner, fn);
  }
  return watched(stageOf(run, name), inner, fn);
}

/** Runs `fn` with these values on every span below, over those that held before. */
export function runWithContext<T>(values: AgentContext, fn: () => T): T {
  return inContext(
    safely('a context', () => contextWith(context.active(), values)),
    fn,
  );
}
