// The Vercel AI SDK 4 to 6 writes spans of its own for a call that asks for them, in the scope `ai`.
// Here every call asks: what it is given is handed on as a copy that names our tracer and, unless
// content is wanted, leaves prompts and answers out.

import { tracingChannel } from 'node:diagnostics_channel';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import type {
  Attributes,
  Context,
  Exception,
  Span,
  SpanContext,
  SpanOptions,
  SpanStatus,
  TimeInput,
  Tracer,
} from '@opentelemetry/api';
import { tracerOf } from '../calls/call.ts';
import { noteBilledCall } from '../calls/call-scope.ts';
import { foreignAttributes } from '../privacy/foreign-content.ts';
import { capturesContent } from '../calls/content.ts';
import { closed, opened, type Work } from '../context/open-work.ts';
import * as own from '../own-attributes.ts';
import { patchPoints, type MethodCall, type PatchPoint } from '../hooks/patch-point.ts';
import { isRecording } from '../calls/recording.ts';
import { fields, type Fields } from '../calls/request.ts';
import { safely, warnOnce } from '../safely.ts';
import { ERROR_TYPE } from '../semantic-conventions.ts';
import { putSize } from '../calls/tool-size.ts';
import { aiSdkFailure } from './ai-sdk-reading.ts';

const NAME = 'ai';
const FILE = 'dist/index';
const RANGE = '>=4.0.0 <7.0.0';
const TELEMETRY = 'experimental_telemetry';
const TOOL_SPAN = 'ai.toolCall';

const FUNCTIONS = [
  'generateText',
  'streamText',
  'generateObject',
  'streamObject',
  'embed',
  'embedMany',
] as const;

export const AI_SDK_PATCH_POINTS: readonly PatchPoint[] = [
  ...FUNCTIONS.flatMap((name) => patchPoints('telemetry', NAME, RANGE, FILE, name)),
  ...patchPoints('telemetry', NAME, '>=6.0.0 <7.0.0', FILE, 'rerank'),
  ...patchPoints('unsupported', NAME, '>=8.0.0 || <4.0.0', FILE, 'generateText'),
  ...patchPoints('unsupported', NAME, '>=8.0.0 || <4.0.0', FILE, 'streamText'),
];

export function watchAiSdkSpans(): void {
  const asked = tracingChannel<unknown, object>(`orchestrion:${NAME}:telemetry`);
  asked.start.subscribe((message) => {
    safely('a call', () => {
      if (!isRecording()) return;
      const given = (message as MethodCall).arguments as unknown[];
      given[0] = withTelemetry(given[0]);
    });
  });
  const unsupported = tracingChannel<unknown, object>(`orchestrion:${NAME}:unsupported`);
  unsupported.start.subscribe((message) => {
    const version = (message as MethodCall).moduleVersion ?? '';
    warnOnce(NAME, `${NAME} ${version} is not known here; its calls may not be recorded`);
  });
}

/** The same options, with telemetry on unless they turn it off or bring a tracer. */
function withTelemetry(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return options;
  const asked: unknown = (options as Fields)[TELEMETRY];
  if (asked !== undefined && (typeof asked !== 'object' || asked === null)) return options;
  const { isEnabled, tracer, recordInputs, recordOutputs } = fields(asked);
  if (isEnabled === false || (tracer !== undefined && tracer !== null)) return options;
  const telemetry: Record<string, unknown> = { ...fields(asked), isEnabled: true, tracer: dressed };
  if (isEnabled !== true) {
    telemetry['recordInputs'] = recordInputs ?? capturesContent();
    telemetry['recordOutputs'] = recordOutputs ?? capturesContent();
  }
  const value = { value: telemetry, enumerable: true, configurable: true, writable: true };
  return Object.create(Object.getPrototypeOf(options) as object | null, {
    ...Object.getOwnPropertyDescriptors(options),
    [TELEMETRY]: value,
  });
}

const toolSpans = new WeakSet<Span>();

/** Version 6 tells its registered integrations of tool calls while the span of the call is active. */
export function putToolSize(name: string, value: unknown): void {
  const span = trace.getActiveSpan();
  if (span === undefined || !toolSpans.has(span)) return;
  const size: Attributes = {};
  putSize(size, name, value);
  span.setAttributes(size);
}

/** A tracer whose spans end with the process at the latest, and tell of an error its type only. */
const dressed: Tracer = {
  startSpan: (name: string, options?: SpanOptions, parent?: Context): Span =>
    dress(name, tracerOf(NAME).startSpan(name, allowed(options), parent)),
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...rest: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
  ): ReturnType<F> {
    const run = rest[rest.length - 1] as F;
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : {};
    const outer = rest.length > 2 ? (rest[1] as Context) : context.active();
    if (/\.do[A-Z]/.test(name)) safely('a call', () => noteBilledCall(outer));
    const span = tracerOf(NAME).startSpan(name, allowed(options), outer);
    const inner = trace.setSpan(outer, span);
    return context.with(inner, () => run(dress(name, span))) as ReturnType<F>;
  },
};

/** What the SDK writes itself goes by the options of privacy, too. */
function allowed(options: SpanOptions = {}): SpanOptions {
  const { attributes } = options;
  return attributes === undefined
    ? options
    : { ...options, attributes: foreignAttributes(attributes) };
}

function dress(name: string, span: Span): Span {
  if (!span.isRecording()) return span;
  if (name === TOOL_SPAN) toolSpans.add(span);
  const handle = new SpanHandle(span);
  dropped.register(handle, handle.work);
  return handle;
}

/** The SDK never ends the spans of a stream that is left: they end when it has let go of them. */
const dropped = new FinalizationRegistry<OpenSpan>((work) => {
  safely('a dropped stream', () => work.drop());
});

class OpenSpan implements Work {
  readonly span: Span;
  cancelled = false;
  #ended = false;

  constructor(span: Span) {
    this.span = span;
    opened(this);
  }

  end(at?: TimeInput): void {
    if (this.#ended) return;
    this.#ended = true;
    closed(this);
    this.span.end(at);
  }

  drop(): void {
    if (!this.#ended) this.span.setAttribute(own.STREAM_ABORTED, true);
    this.end();
  }

  leave(): void {
    if (!this.#ended) this.span.setAttribute(own.UNFINISHED, true);
    this.end();
  }
}

/** What the SDK holds in place of the span: nothing else may hold it, or its loss goes unnoticed. */
class SpanHandle implements Span {
  readonly work: OpenSpan;
  readonly #span: Span;

  constructor(span: Span) {
    this.#span = span;
    this.work = new OpenSpan(span);
  }

  spanContext(): SpanContext {
    return this.#span.spanContext();
  }

  isRecording(): boolean {
    return this.#span.isRecording();
  }

  end(at?: TimeInput): void {
    this.work.end(at);
  }

  setStatus({ code }: SpanStatus): this {
    if (code !== SpanStatusCode.ERROR || !this.work.cancelled) this.#span.setStatus({ code });
    return this;
  }

  recordException(error: Exception): void {
    safely('an error', () => {
      const failure = aiSdkFailure(error);
      this.work.cancelled = failure.cancelled;
      if (failure.cancelled) this.#span.setAttribute(own.STREAM_ABORTED, true);
      else this.#span.setAttribute(ERROR_TYPE, failure.type);
    });
  }

  setAttribute(...[name, value]: Parameters<Span['setAttribute']>): this {
    return this.setAttributes({ [name]: value });
  }

  setAttributes(attributes: Attributes): this {
    this.#span.setAttributes(foreignAttributes(attributes));
    return this;
  }

  addEvent(...given: Parameters<Span['addEvent']>): this {
    this.#span.addEvent(...given);
    return this;
  }

  addLink(...given: Parameters<Span['addLink']>): this {
    this.#span.addLink(...given);
    return this;
  }

  addLinks(...given: Parameters<Span['addLinks']>): this {
    this.#span.addLinks(...given);
    return this;
  }

  updateName(...given: Parameters<Span['updateName']>): this {
    this.#span.updateName(...given);
    return this;
  }
}
