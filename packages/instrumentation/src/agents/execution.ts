// A run that begins in one place and ends in another, where no function stands around it.

import { randomUUID } from 'node:crypto';
import type { Attributes } from '@opentelemetry/api';
import { planAgent, type AgentOptions } from './agent-plan.ts';
import { startAgentRun, type AgentRun, type StartedAgent } from './agent-run.ts';
import { given, givenText } from '../context/given.ts';
import { errorMessage, errorWord } from './given-error.ts';
import { put } from '../calls/request.ts';
import { ERROR_MESSAGE } from '../run-attributes.ts';
import { noteLog, noteOutput, noteRoute, noteSkip, noteStatus } from './run-notes.ts';
import type { Route, Skip, Status } from './run-notes.ts';
import { safely, warnOnce } from '../safely.ts';
import { ERROR_TYPE } from '../semantic-conventions.ts';
import { inContext } from './within.ts';

export interface ExecutionEnd {
  /** `success`, or `failed` with an error, when left out. */
  status?: Status;
  /** Content: recorded only where content is. */
  output?: unknown;
  error?: unknown;
}

const OPEN_LIMIT = 10_000;
const open = new Map<string, Execution>();

export class Execution {
  readonly execution_id: string;
  readonly #run: AgentRun | null;
  readonly #inner: StartedAgent['inner'] | undefined;

  constructor(execution_id: string, started: StartedAgent | undefined) {
    this.execution_id = execution_id;
    this.#run = started?.run ?? null;
    this.#inner = started?.inner;
  }

  /** Runs `fn` as a part of this execution: what it calls and starts belongs to it. */
  run<T>(fn: () => T): T {
    return inContext(this.#inner, fn);
  }

  setStatus(status: Status): void {
    this.#note((run) => noteStatus(run, status));
  }

  log(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#note((run) => noteLog(run, message, fields));
  }

  skip(decision: Skip = {}): void {
    this.#note((run) => noteSkip(run, decision));
  }

  route(decision: Route): void {
    this.#note((run) => noteRoute(run, decision));
  }

  setOutput(output: unknown): void {
    this.#note((run) => noteOutput(run, output));
  }

  /** Ends it; a second end does nothing. */
  end(outcome: ExecutionEnd = {}): void {
    this.finish(outcome, {});
  }

  finish(outcome: unknown, more: Attributes): void {
    open.delete(this.execution_id);
    this.#note((run) => {
      noteOutput(run, given(outcome, 'output'));
      noteStatus(run, given(outcome, 'status'));
      const error = given(outcome, 'error');
      if (error === undefined || error === null) return run.succeed(more);
      const told: Attributes = { ...more, [ERROR_TYPE]: errorWord(error) };
      put(told, ERROR_MESSAGE, errorMessage(error));
      run.fail(error, told);
    });
  }

  #note(step: (run: AgentRun) => void): void {
    const run = this.#run;
    if (run !== null) safely('a note', () => step(run));
  }
}

/** Begins a run; its id is made here when none is given. Never throws. */
export function startExecution(agent: string | AgentOptions): Execution {
  return beginExecution(agent, () => ({}));
}

/** Ends an execution, given itself or by its id. Never throws. */
export function endExecution(execution: Execution | string, outcome: ExecutionEnd = {}): void {
  finishExecution(execution, outcome, {});
}

/** `more`: what else the span and the first event tell. */
export function beginExecution(
  agent: string | AgentOptions,
  more: (execution_id: string) => Attributes,
): Execution {
  const started = safely('an execution', () => {
    const execution_id = givenText(agent, 'execution_id') || randomUUID();
    const { name, attributes, below, options } = planAgent(agent, execution_id);
    const all = { ...attributes, ...safely('an execution', () => more(execution_id)) };
    return { execution_id, ...startAgentRun(name, all, below, options) };
  });
  const execution = new Execution(started?.execution_id ?? randomUUID(), started);
  if (open.size < OPEN_LIMIT) open.set(execution.execution_id, execution);
  return execution;
}

/** `more`: what else the span and the last event tell. */
export function finishExecution(execution: unknown, outcome: unknown, more: Attributes): void {
  const found = safely('an execution', () =>
    execution instanceof Execution ? execution : open.get(String(execution)),
  );
  if (found !== undefined) found.finish(outcome, more);
  else warnOnce('execution', 'an execution that is not open here cannot be ended');
}
