// The run of an agent: what happens within it is told while it goes on, as small events, and stands on
// its span at the end.

import {
  context,
  createContextKey,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { contextAttributes } from '../context/agent-context.ts';
import { admitContent, type Admitted } from '../privacy/admission.ts';
import { ownTracer } from '../calls/call.ts';
import { errorMessage, errorStack } from './given-error.ts';
import * as own from '../run-attributes.ts';
import { errorType, Run } from './run.ts';
import { eventsAreTaken, tellEvent } from './run-events.ts';
import { safely } from '../safely.ts';
import { ERROR_TYPE } from '../semantic-conventions.ts';
import { UNFINISHED } from '../own-attributes.ts';

const KEY = createContextKey('spanledger.agent-run');
const STATUS_LIMIT_CHARS = 64;
/** A run that has one of these does not go on. */
const FINAL = new Set(['success', 'completed', 'failed', 'timeout', 'cancelled', 'skipped']);

export interface AgentRunOptions {
  /** What the run begins as; `running` when left out. */
  status?: string | undefined;
  /** After this time the run's status is `timeout`; its function goes on. */
  timeout_ms?: number | null;
}

export interface StartedAgent {
  /** Null when nobody wants the span. */
  run: AgentRun | null;
  /** The context for what runs within. */
  inner: Context;
}

/** The run that the current code is a part of. */
export function currentRun(): AgentRun | null {
  return (context.active().getValue(KEY) as AgentRun | undefined) ?? null;
}

export function startAgentRun(
  name: string,
  attributes: Attributes,
  below: Context,
  options: AgentRunOptions = {},
): StartedAgent {
  const all = { ...contextAttributes(below), ...attributes };
  const content = admitContent(all);
  const span = ownTracer().startSpan(name, { kind: SpanKind.INTERNAL, attributes: all }, below);
  const inner = trace.setSpan(below, span);
  if (!span.isRecording()) return { run: null, inner };
  const parent = trace.getSpanContext(below)?.spanId;
  const run = new AgentRun(span, content, below, options);
  safely('the start of a run', () => {
    const known = parent === undefined ? all : { ...all, [own.PARENT_SPAN_ID]: parent };
    run.began(known);
  });
  return { run, inner: inner.setValue(KEY, run) };
}

export class AgentRun extends Run {
  readonly #below: Context;
  readonly #startedAt_ms = performance.now();
  #status: string;
  #timer: NodeJS.Timeout | null = null;
  #over = false;
  #left = false;

  constructor(
    span: Span,
    content: Admitted | undefined,
    below: Context,
    { status, timeout_ms = null }: AgentRunOptions,
  ) {
    super(span, content);
    this.#below = below;
    this.#status = status ?? 'running';
    if (timeout_ms === null) return;
    this.#timer = setTimeout(() => this.setStatus('timeout'), timeout_ms);
    this.#timer.unref();
  }

  began(attributes: Attributes): void {
    if (!eventsAreTaken()) return;
    const all = { ...attributes, [own.STATUS]: this.#status };
    tellEvent(own.EXECUTION_START, this.span.spanContext(), all);
  }

  /** An event of the run: on its span, and told at once. */
  note(name: string, attributes: Attributes, body?: string): void {
    safely('an event', () => {
      if (this.#over) return;
      this.span.addEvent(name, body === undefined ? attributes : { ...attributes, message: body });
      this.#tell(name, attributes, body);
    });
  }

  setStatus(status: string): void {
    if (FINAL.has(this.#status)) return;
    this.#status = status.slice(0, STATUS_LIMIT_CHARS);
    this.note(own.EXECUTION_STATUS, { [own.STATUS]: this.#status });
  }

  override end(at?: number): void {
    this.succeed({}, at);
  }

  /** `told`: what the program says of the end by hand. */
  succeed(told: Attributes, at?: number): void {
    if (this.#over) return;
    safely('the end of a run', () => {
      this.put(told);
      this.#finish(told);
    });
    this.#over = true;
    super.end(at);
  }

  /** `told`: the same of the error; it may name the type, too. */
  override fail(error: unknown, told: Attributes = {}): void {
    if (this.#over) return;
    if (!FINAL.has(this.#status)) this.#status = statusOf(error);
    const attributes: Attributes = { [ERROR_TYPE]: errorType(error), ...told };
    safely('the end of a run', () => {
      this.span.setStatus({ code: SpanStatusCode.ERROR });
      attributes[own.ERROR_MESSAGE] ??= errorMessage(error) ?? undefined;
      this.put({ ...attributes, [own.ERROR_STACK]: errorStack(error) ?? undefined });
      this.#finish(attributes);
    });
    this.#over = true;
    super.end();
  }

  override leave(): void {
    this.#left = true;
    super.leave();
  }

  #finish(more: Attributes): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (!this.#left && !FINAL.has(this.#status)) this.#status = 'success';
    this.span.setAttribute(own.STATUS, this.#status);
    this.#tell(own.EXECUTION_END, {
      ...more,
      [own.STATUS]: this.#status,
      [own.DURATION_MS]: performance.now() - this.#startedAt_ms,
      ...(this.#left ? { [UNFINISHED]: true } : null),
    });
  }

  #tell(name: string, attributes: Attributes, body?: string): void {
    if (!eventsAreTaken()) return;
    const all = { ...contextAttributes(this.#below), ...attributes };
    tellEvent(name, this.span.spanContext(), all, body);
  }
}

/** By the names that platforms and clients give their errors. */
function statusOf(error: unknown): string {
  const names = safely('an error', () =>
    error instanceof Error ? [error.name, error.constructor.name] : [],
  );
  if (names?.some((name) => /timeout/i.test(String(name))) === true) return 'timeout';
  return names?.some((name) => /abort|cancel/i.test(String(name))) === true
    ? 'cancelled'
    : 'failed';
}
