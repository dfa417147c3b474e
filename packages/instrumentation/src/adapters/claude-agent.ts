// The Claude Agent SDK runs Claude Code as a child process, so its model calls are not made here.
// What `query` hands to the program tells the run: its tools, its end, and the usage of each model.

import { context, SpanStatusCode, type Attributes, type Context } from '@opentelemetry/api';
import { contextWith } from '../context/agent-context.ts';
import { Call } from '../calls/call.ts';
import { childEnvironment, environmentOf, exportsCalls, providerOf } from './claude-environment.ts';
import { RunUsage } from './claude-usage.ts';
import * as own from '../own-attributes.ts';
import { isRecording } from '../calls/recording.ts';
import { fields, list, put, text, type Fields } from '../calls/request.ts';
import { startRun, type Run, type Started } from '../agents/run.ts';
import { safely } from '../safely.ts';
import * as names from '../semantic-conventions.ts';
import { WatchedIterator, type Watcher } from '../calls/stream-watch.ts';
import { putSize } from '../calls/tool-size.ts';

type Query = AsyncIterator<unknown> & AsyncIterable<unknown>;

/**
 * Wraps the `query` of `@anthropic-ai/claude-agent-sdk`: each use of it is a run of an agent, with
 * its tool calls and, for each model, what the run used. The wrapped function is used as ever.
 */
export function instrumentClaudeAgent<Asked extends object, Answer extends object>(
  query: (asked: Asked) => Answer,
): (asked: Asked) => Answer {
  return (asked) => {
    const begun = isRecording() ? safely('a run', () => begin(asked)) : undefined;
    if (begun === undefined) return query(asked);
    const { given, watch, inner } = begun;
    let answer: Answer;
    try {
      answer = context.with(inner, () => query(given as Asked));
    } catch (error) {
      watch.fail(error);
      throw error;
    }
    safely('a run', () => watch.follow(answer as unknown as Query));
    return answer;
  };
}

function begin(asked: object) {
  const options = fields(fields(asked)['options']);
  const environment = environmentOf(options);
  const attributes: Attributes = { [names.OPERATION_NAME]: 'invoke_agent' };
  const name = 'claude-code';
  attributes[names.AGENT_NAME] = name;
  put(attributes, names.PROVIDER_NAME, providerOf(environment));
  put(attributes, names.REQUEST_MODEL, text(options['model']));
  const below = contextWith(context.active(), { agent_name: name, agent_id: '' });
  const started = startRun(`invoke_agent ${name}`, attributes, below);
  const env = childEnvironment(environment, started.inner);
  const resumes = options['resume'] !== undefined || options['continue'] === true;
  const watch = new RunWatch(started, exportsCalls(env), providerOf(environment), resumes);
  return { given: { ...asked, options: { ...options, env } }, watch, inner: started.inner };
}

class RunWatch implements Watcher {
  readonly #run: Run | null;
  readonly #inner: Context;
  readonly #childTells: boolean;
  readonly #provider: string;
  readonly #usage: RunUsage;
  readonly #tools = new Map<string, Started>();
  readonly #startedAt_ms = performance.now();
  #ended = false;

  constructor({ run, inner }: Started, childTells: boolean, provider: string, resumes: boolean) {
    this.#run = run;
    this.#inner = inner;
    this.#childTells = childTells;
    this.#provider = provider;
    this.#usage = new RunUsage(resumes);
  }

  /** The query stays the object that the SDK made: it has methods to steer the run. */
  follow(query: Query): void {
    const { next, return: leave, throw: raise } = query;
    const iterate = query[Symbol.asyncIterator];
    const watch = this as Watcher;
    const steps = {
      next: (...given: [] | [unknown]) =>
        next.apply(query, given).then(watch.received, watch.failed),
      return: leave && ((value: unknown) => (watch.left(), leave.call(query, value))),
      throw: raise && ((error: unknown) => (watch.left(), raise.call(query, error))),
      [Symbol.asyncIterator]: () => {
        const inner = iterate.call(query);
        return inner === query ? query : new WatchedIterator(inner, watch, query);
      },
    };
    for (const name of Reflect.ownKeys(steps) as (keyof typeof steps)[]) {
      const value = steps[name];
      if (value === undefined) continue;
      Object.defineProperty(query, name, { value, configurable: true, writable: true });
    }
  }

  readonly received = (result: IteratorResult<unknown>): IteratorResult<unknown> => {
    safely('a message', () => {
      if (result.done === true) this.left();
      else this.#read(fields(result.value));
    });
    return result;
  };

  readonly failed = (error: unknown): never => {
    this.fail(error);
    throw error;
  };

  left(): void {
    this.#end((run) => run.end());
  }

  fail(error: unknown): void {
    this.#end((run) => run.fail(error));
  }

  #end(end: (run: Run) => void): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const { run } of this.#tools.values()) run?.end();
    if (this.#run !== null) end(this.#run);
  }

  #read(message: Fields): void {
    const { type, session_id: session } = message;
    if (type === 'system' && typeof session === 'string') {
      this.#run?.span.setAttribute(names.CONVERSATION_ID, session);
    }
    if (type === 'result') this.#result(message);
    if (this.#childTells) return;
    for (const part of list(fields(message['message'])['content'])) {
      const { type: kind } = fields(part);
      if (kind === 'tool_use') this.#toolStarts(fields(part), message['parent_tool_use_id']);
      else if (kind === 'tool_result') this.#toolEnds(fields(part));
    }
  }

  #toolStarts({ id, name, input }: Fields, parent: unknown): void {
    if (typeof id !== 'string' || this.#tools.has(id)) return;
    const tool = text(name) ?? 'unnamed';
    const attributes: Attributes = {
      [names.OPERATION_NAME]: 'execute_tool',
      [names.TOOL_NAME]: tool,
      [names.TOOL_CALL_ID]: id,
    };
    putSize(attributes, own.TOOL_ARGUMENTS_SIZE, input);
    const below = this.#tools.get(text(parent) ?? '')?.inner ?? this.#inner;
    this.#tools.set(id, startRun(`execute_tool ${tool}`, attributes, below));
  }

  #toolEnds({ tool_use_id: id, content, is_error: failed }: Fields): void {
    const run = this.#tools.get(text(id) ?? '')?.run;
    this.#tools.delete(text(id) ?? '');
    if (run === null || run === undefined) return;
    const size: Attributes = {};
    putSize(size, own.TOOL_RESULT_SIZE, content);
    run.span.setAttributes(size);
    if (failed === true) {
      run.span.setStatus({ code: SpanStatusCode.ERROR });
      run.span.setAttribute(names.ERROR_TYPE, 'tool_error');
    }
    run.end();
  }

  /** A turn has ended. What the child tells of each call is better than our sums. */
  #result(message: Fields): void {
    const subtype = text(message['subtype']);
    if (subtype !== null && subtype !== 'success') {
      this.#run?.span.setStatus({ code: SpanStatusCode.ERROR });
      this.#run?.span.setAttribute(names.ERROR_TYPE, subtype);
    }
    const used = this.#usage.turn(message);
    if (this.#childTells) return;
    for (const [model, usage] of used) {
      const attributes = { [names.PROVIDER_NAME]: this.#provider, [own.USAGE_OF_RUN]: true };
      new Call('chat', model, attributes, {
        active: this.#inner,
        startedAt_ms: this.#startedAt_ms,
        firstChunk_ms: null,
        chunks: 0,
      }).succeed(usage);
    }
  }
}
