// One call to a model provider and its span: started once, ended once, whichever of the many
// ways out comes first.

import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type {
  Attributes,
  Context,
  Span,
  SpanOptions,
  Tracer,
  TracerProvider,
} from '@opentelemetry/api';
import { contextAttributes } from '../context/agent-context.ts';
import { Attempts } from './attempts.ts';
import { noteBilledCall } from './call-scope.ts';
import { admitContent, type Admitted } from '../privacy/admission.ts';
import { tellInnerCalls } from './inner-calls.ts';
import { judgesAnswers, putVerdict } from './judged-answers.ts';
import { closed, opened, type Work } from '../context/open-work.ts';
import {
  ATTEMPTS,
  RESPONSE_RAW,
  STREAM_ABORTED,
  STREAM_CHUNKS,
  UNFINISHED,
} from '../own-attributes.ts';
import {
  ERROR_TYPE,
  HTTP_REQUEST_RESEND_COUNT,
  HTTP_RESPONSE_STATUS_CODE,
  OPERATION_NAME,
  OUTPUT_TYPE,
  REQUEST_MODEL,
  RESPONSE_TIME_TO_FIRST_CHUNK,
  SCHEMA_URL,
} from '../semantic-conventions.ts';
import { safely } from '../safely.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../scope.ts';

export interface Failure {
  type: string;
  status: number | null;
  /** The program itself called it off: no error, and nobody knows what the provider did. */
  cancelled: boolean;
}

/** A call that is written down after it began; times on the clock of `performance.now()`. */
export interface Earlier {
  active: Context;
  startedAt_ms: number;
  firstChunk_ms: number | null;
  chunks: number;
}

let provider: TracerProvider | null = null;
let tracer: Tracer | null = null;

/** Spans go to this provider from now on; null for whichever is the global one. */
export function setTracerProvider(next: TracerProvider | null): void {
  provider = next;
  tracer = null;
}

/** For spans that a library writes in a scope of its own, to where ours go. */
export function tracerOf(scope: string): Tracer {
  return (provider ?? trace.getTracerProvider()).getTracer(scope);
}

/** Asked for on first use; the API hands out one that follows whichever provider is set later. */
export function ownTracer(): Tracer {
  tracer ??= (provider ?? trace.getTracerProvider()).getTracer(SCOPE_NAME, SCOPE_VERSION, {
    schemaUrl: SCHEMA_URL,
  });
  return tracer;
}

export class Call implements Work {
  readonly span: Span;
  /** HTTP requests sent so far. */
  attempts = 0;
  #requests: Attempts | null = null;
  /** Chunks the program was handed so far. */
  chunks = 0;
  readonly #startedAt_ms: number;
  #firstChunk_ms: number | null = null;
  /** The answer is to be JSON. */
  readonly #json: boolean;
  /** What the span has of content; nothing while none is recorded. */
  readonly #content: Admitted | undefined;
  #ended = false;

  constructor(operation: string, model: string | null, attributes: Attributes, told?: Earlier) {
    const active = told?.active ?? context.active();
    noteBilledCall(active);
    this.#startedAt_ms = told?.startedAt_ms ?? performance.now();
    const all: Attributes = { [OPERATION_NAME]: operation };
    if (model !== null) all[REQUEST_MODEL] = model;
    Object.assign(all, contextAttributes(active), attributes);
    this.#json = all[OUTPUT_TYPE] === 'json';
    this.#content = admitContent(all);
    const name = model === null ? operation : `${operation} ${model}`;
    const options: SpanOptions = { kind: SpanKind.CLIENT, attributes: all };
    if (told !== undefined) {
      this.chunks = told.chunks;
      this.#firstChunk_ms =
        told.firstChunk_ms === null ? null : told.firstChunk_ms - told.startedAt_ms;
      options.startTime = performance.timeOrigin + told.startedAt_ms;
    }
    this.span = ownTracer().startSpan(name, options, active);
    opened(this);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** An HTTP request of this call is about to be sent. */
  request(): void {
    this.attempts += 1;
    this.#requests ??= new Attempts();
    this.#requests.begin();
  }

  /** What the last request is waited for with: a promise of the HTTP response. */
  requested(response: unknown): void {
    this.#requests?.follow(response);
  }

  chunk(): void {
    this.chunks += 1;
    this.#firstChunk_ms ??= performance.now() - this.#startedAt_ms;
  }

  /** The answer was received whole; it may be one that tells an error. */
  succeed(attributes: Attributes): void {
    const failed = !this.#ended && attributes[ERROR_TYPE] !== undefined;
    if (failed) this.span.setStatus({ code: SpanStatusCode.ERROR });
    if (judgesAnswers()) putVerdict(attributes, this.#json);
    this.#end(attributes);
  }

  /** The program took the raw response: what it says is not known here. */
  handOver(status: number | null): void {
    const attributes: Attributes = { [RESPONSE_RAW]: true };
    if (status !== null) attributes[HTTP_RESPONSE_STATUS_CODE] = status;
    this.#end(attributes);
  }

  /** The program gave up before the provider had finished: neither a success nor an error. */
  abort(attributes: Attributes): void {
    this.#end({ ...attributes, [STREAM_ABORTED]: true });
  }

  fail(failure: Failure, attributes: Attributes = {}): void {
    if (this.#ended) return;
    if (failure.cancelled) return this.abort(attributes);
    this.span.setStatus({ code: SpanStatusCode.ERROR });
    const all: Attributes = { ...attributes, [ERROR_TYPE]: failure.type };
    if (failure.status !== null) all[HTTP_RESPONSE_STATUS_CODE] = failure.status;
    this.#end(all);
  }

  /** Filled in by a stream, so that an exit in its middle keeps what was received. */
  soFar: (() => Attributes) | null = null;

  leave(): void {
    const received = safely('a stream', () => this.soFar?.());
    if (received === undefined) this.#end({ [UNFINISHED]: true });
    else this.#end({ ...received, [STREAM_ABORTED]: true, [UNFINISHED]: true });
  }

  #end(attributes: Attributes): void {
    if (this.#ended) return;
    this.#ended = true;
    this.soFar = null;
    closed(this);
    if (this.attempts > 1) {
      attributes[ATTEMPTS] = this.attempts;
      attributes[HTTP_REQUEST_RESEND_COUNT] = this.attempts - 1;
      this.#requests?.put(attributes);
    }
    if (this.#firstChunk_ms !== null) {
      attributes[STREAM_CHUNKS] = this.chunks;
      attributes[RESPONSE_TIME_TO_FIRST_CHUNK] = this.#firstChunk_ms / 1000;
    }
    safely('an answer', () => {
      admitContent(attributes, this.#content);
      this.span.setAttributes(attributes);
    });
    safely('calls within', () => tellInnerCalls(this.span, ownTracer(), attributes));
    this.span.end();
  }
}
