// One piece of work that is no billed call (an agent's run, a step, a tool call) and its span:
// started once, ended once, whichever of the many ways out comes first.

import { createContextKey, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span } from '@opentelemetry/api';
import { contextAttributes } from '../context/agent-context.ts';
import { admitContent, type Admitted } from '../privacy/admission.ts';
import { ownTracer } from '../calls/call.ts';
import { closed, opened, type Work } from '../context/open-work.ts';
import { UNFINISHED } from '../own-attributes.ts';
import { safely } from '../safely.ts';
import { ERROR_TYPE, TOOL_CALL_ID, TOOL_NAME } from '../semantic-conventions.ts';

export interface Started {
  /** Null when nobody wants the span. */
  run: Run | null;
  /** The context for what runs within. */
  inner: Context;
}

/** Starts a span in `below`, with what that context says of conversation, user and agent. */
export function startRun(
  name: string,
  attributes: Attributes,
  below: Context,
  kind: SpanKind = SpanKind.INTERNAL,
): Started {
  const all = { ...contextAttributes(below), ...attributes };
  const content = admitContent(all);
  const span = ownTracer().startSpan(name, { kind, attributes: all }, below);
  const inner = trace.setSpan(below, span);
  const tool = all[TOOL_NAME];
  const known =
    typeof tool === 'string' ? inner.setValue(TOOL, { name: tool, id: all[TOOL_CALL_ID] }) : inner;
  return { run: span.isRecording() ? new Run(span, content) : null, inner: known };
}

const TOOL = createContextKey('spanledger.tool');

/** The tool call that the code in this context runs for; null when it runs for none. */
export function toolIn(active: Context): { name: string; id: unknown } | null {
  return (active.getValue(TOOL) as { name: string; id: unknown } | undefined) ?? null;
}

export class Run implements Work {
  readonly span: Span;
  readonly #content: Admitted | undefined;
  #ended = false;

  /** `content`: what the span has of it. */
  constructor(span: Span, content: Admitted | undefined) {
    this.span = span;
    this.#content = content;
    opened(this);
  }

  /** Attributes that may hold content go this way. */
  put(attributes: Attributes): void {
    admitContent(attributes, this.#content);
    this.span.setAttributes(attributes);
  }

  /** `at` in milliseconds since 1970; now when left out. */
  end(at?: number): void {
    safely('an end', () => {
      if (this.#ended) return;
      this.#ended = true;
      closed(this);
      this.span.end(at);
    });
  }

  fail(error: unknown): void {
    if (this.#ended) return;
    safely('an error', () => {
      this.span.setStatus({ code: SpanStatusCode.ERROR });
      this.span.setAttribute(ERROR_TYPE, errorType(error));
    });
    this.end();
  }

  leave(): void {
    if (this.#ended) return;
    safely('an end', () => this.span.setAttribute(UNFINISHED, true));
    this.end();
  }
}

/** Any value can be thrown, also one whose class has no name. */
export function errorType(error: unknown): string {
  const name = safely('the class of an error', () =>
    error instanceof Error ? (error.constructor.name as unknown) : typeof error,
  );
  return typeof name === 'string' && name !== '' ? name : 'Error';
}
