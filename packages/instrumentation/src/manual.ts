// The manual interface: agents, stages, tools and context said by the program itself. Without a
// registered provider each of these just calls the function.

import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span } from '@opentelemetry/api';
import { contextAttributes, contextWith, type AgentContext } from './agent-context.ts';
import { ownTracer } from './call.ts';
import { followLazily, isPlainPromise, isThenable } from './lazy-result.ts';
import { closed, opened, type Work } from './open-work.ts';
import { STAGE, UNFINISHED } from './own-attributes.ts';
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
  const options = typeof agent === 'string' ? { name: agent } : agent;
  const attributes: Attributes = {
    [names.OPERATION_NAME]: 'invoke_agent',
    [names.AGENT_NAME]: options.name,
  };
  if (options.id !== undefined) attributes[names.AGENT_ID] = options.id;
  if (options.description !== undefined) attributes[names.AGENT_DESCRIPTION] = options.description;
  if (options.version !== undefined) attributes[names.AGENT_VERSION] = options.version;
  const below: AgentContext = {
    ...options.context,
    agent_name: options.name,
    // An outer agent's id is not the inner one's.
    agent_id: options.id ?? '',
  };
  return within(`invoke_agent ${options.name}`, attributes, below, fn);
}

/** Runs `fn` as one execution of this tool. */
export function withTool<T>(tool: string | ToolOptions, fn: () => T): T {
  const options = typeof tool === 'string' ? { name: tool } : tool;
  const attributes: Attributes = {
    [names.OPERATION_NAME]: 'execute_tool',
    [names.TOOL_NAME]: options.name,
    [names.TOOL_TYPE]: options.type ?? 'function',
  };
  if (options.call_id !== undefined) attributes[names.TOOL_CALL_ID] = options.call_id;
  if (options.description !== undefined) attributes[names.TOOL_DESCRIPTION] = options.description;
  return within(`execute_tool ${options.name}`, attributes, {}, fn);
}

/** Marks what the agent does meanwhile: every span below carries the stage, and the agent's own
 * span an event with the time it began. */
export function withStage<T>(stage: string, fn: () => T): T {
  safely('a stage', () => trace.getActiveSpan()?.addEvent(STAGE, { [STAGE]: stage }));
  return runWithContext({ stage }, fn);
}

/** Runs `fn` with these values on every span below, over those that held before. */
export function runWithContext<T>(values: AgentContext, fn: () => T): T {
  const inner = safely('a context', () => contextWith(context.active(), values));
  return inner === undefined ? fn() : context.with(inner, fn);
}

function within<T>(name: string, own: Attributes, below: AgentContext, fn: () => T): T {
  const started = safely(name, () => {
    const inner = contextWith(context.active(), below);
    const attributes = { ...contextAttributes(inner), ...own };
    const span = ownTracer().startSpan(name, { kind: SpanKind.INTERNAL, attributes }, inner);
    return { run: new Run(span), inner: trace.setSpan(inner, span) };
  });
  if (started === undefined || !started.run.span.isRecording()) {
    return started === undefined ? fn() : context.with(started.inner, fn);
  }
  return watched(started.run, started.inner, fn);
}

function watched<T>(run: Run, inner: Context, fn: () => T): T {
  let result: T;
  try {
    result = context.with(inner, fn);
  } catch (error) {
    run.fail(error);
    throw error;
  }
  if (!isPlainPromise(result)) {
    // A promise of an SDK or a query builder may begin its work when it is awaited: it is handed
    // on as it is, and the run ends when it settles.
    if (!isThenable(result) || !followLazily(result, run)) run.end();
    return result;
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

class Run implements Work {
  readonly span: Span;
  #ended = false;

  constructor(span: Span) {
    this.span = span;
    if (span.isRecording()) opened(this);
  }

  end(at?: number): void {
    safely('an end', () => {
      if (this.#ended) return;
      this.#ended = true;
      closed(this);
      this.span.end(at);
    });
  }

  fail(error: unknown): void {
    safely('an error', () => {
      if (this.#ended) return;
      this.span.setStatus({ code: SpanStatusCode.ERROR });
      const type = error instanceof Error ? error.constructor.name : typeof error;
      this.span.setAttribute(names.ERROR_TYPE, type);
      this.end();
    });
  }

  leave(): void {
    if (this.#ended) return;
    this.span.setAttribute(UNFINISHED, true);
    this.end();
  }
}
