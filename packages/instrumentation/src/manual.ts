// The manual interface: agents, stages, tools and context said by the program itself. Without a
// registered provider each of these just calls the function.

import { context, trace } from '@opentelemetry/api';
import type { Attributes, Context } from '@opentelemetry/api';
import { contextWith, type AgentContext } from './agent-context.ts';
import { given, givenName, givenText } from './given.ts';
import { followLazily, isPlainPromise, isThenable } from './lazy-result.ts';
import { STAGE } from './own-attributes.ts';
import { put } from './request.ts';
import { startRun, type Run } from './run.ts';
import { safely } from './safely.ts';
import * as names from './semantic-conventions.ts';

export interface AgentOptions {
  name: string;
  id?: string;
  description?: string;
  version?: string;
  /** What this run and everything below it belongs to. */
  context?: AgentContext;
}

export interface ToolOptions {
  name: string;
  call_id?: string;
  description?: string;
  type?: 'function' | 'extension' | 'datastore';
}

/** Runs `fn` as a run of this agent. Nests: the inner agent is a part of the outer one's run. */
export function withAgent<T>(agent: string | AgentOptions, fn: () => T): T {
  return within(() => {
    const name = givenName(agent);
    const id = givenText(agent, 'id');
    const attributes: Attributes = {
      [names.OPERATION_NAME]: 'invoke_agent',
      [names.AGENT_NAME]: name,
    };
    put(attributes, names.AGENT_ID, id ?? null);
    put(attributes, names.AGENT_DESCRIPTION, givenText(agent, 'description') ?? null);
    put(attributes, names.AGENT_VERSION, givenText(agent, 'version') ?? null);
    const outer = contextWith(context.active(), given(agent, 'context'));
    // An outer agent's id is not the inner one's.
    const below = contextWith(outer, { agent_name: name, agent_id: id ?? '' });
    return { name: `invoke_agent ${name}`, attributes, below };
  }, fn);
}

/** Runs `fn` as one execution of this tool. */
export function withTool<T>(tool: string | ToolOptions, fn: () => T): T {
  return within(() => {
    const name = givenName(tool);
    const attributes: Attributes = {
      [names.OPERATION_NAME]: 'execute_tool',
      [names.TOOL_NAME]: name,
      [names.TOOL_TYPE]: givenText(tool, 'type') ?? 'function',
    };
    put(attributes, names.TOOL_CALL_ID, givenText(tool, 'call_id') ?? null);
    put(attributes, names.TOOL_DESCRIPTION, givenText(tool, 'description') ?? null);
    const below = contextWith(context.active(), null);
    return { name: `execute_tool ${name}`, attributes, below };
  }, fn);
}

/** Marks what the agent does meanwhile: every span below carries the stage, and the agent's own
 * span an event with the time it began. */
export function withStage<T>(stage: string, fn: () => T): T {
  const name = givenName(stage);
  safely('a stage', () => trace.getActiveSpan()?.addEvent(STAGE, { [STAGE]: name }));
  return runWithContext({ stage: name }, fn);
}

/** Runs `fn` with these values on every span below, over those that held before. */
export function runWithContext<T>(values: AgentContext, fn: () => T): T {
  return inContext(
    safely('a context', () => contextWith(context.active(), values)),
    fn,
  );
}

interface Plan {
  name: string;
  attributes: Attributes;
  below: Context;
}

function within<T>(plan: () => Plan, fn: () => T): T {
  const started = safely('a run', () => {
    const { name, attributes, below } = plan();
    return startRun(name, attributes, below);
  });
  if (started === undefined || started.run === null) return inContext(started?.inner, fn);
  return watched(started.run, started.inner, fn);
}

type Outcome<T> = { value: T } | { error: unknown };

/** `fn` runs once, whatever becomes of the context, and only what it throws is thrown. */
function inContext<T>(inner: Context | undefined, fn: () => T): T {
  if (inner === undefined) return fn();
  let outcome = null as Outcome<T> | null;
  safely('a context', () => {
    context.with(inner, () => {
      try {
        outcome = { value: fn() };
      } catch (error) {
        outcome = { error };
      }
    });
  });
  if (outcome === null) return fn();
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

function watched<T>(run: Run, inner: Context, fn: () => T): T {
  let result: T;
  try {
    result = inContext(inner, fn);
  } catch (error) {
    run.fail(error);
    throw error;
  }
  const followed = safely('a result', () => follow(result, run));
  if (followed !== undefined) return followed;
  run.end();
  return result;
}

/** What the caller gets in place of `result`; undefined when the run ends with it. */
function follow<T>(result: T, run: Run): T | undefined {
  if (!isPlainPromise(result)) {
    // A promise of an SDK or a query builder may begin its work when it is awaited: it is handed
    // on as it is, and the run ends when it settles.
    return isThenable(result) && followLazily(result, run) ? result : undefined;
  }
  // A promise made from this one settles in the same way; merely listening to the function's own
  // would make Node believe that its rejection is handled.
  return result.then(
    (value: unknown) => {
      run.end();
      return value;
    },
    (error: unknown) => {
      run.fail(error);
      throw error;
    },
  ) as T;
}
