// @anthropic-ai/sdk from 0.134 on writes a span for each call itself. These spans are correct and
// stay the only ones; here they get the names the conventions ask for and what they leave out.

import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span, SpanOptions, Tracer } from '@opentelemetry/api';
import { contextAttributes } from '../agent-context.ts';
import { noteBilledCall } from '../call-scope.ts';
import { ATTEMPTS, STREAM_ABORTED, STREAM_CHUNKS } from '../own-attributes.ts';
import { patchPoints, type MethodCall, type PatchPoint } from '../patch-point.ts';
import { safely } from '../safely.ts';
import * as names from '../semantic-conventions.ts';
import { countChunks, isStream } from '../stream-watch.ts';
import { finishReason, messagesRequest } from './anthropic-messages.ts';

const NAME = '@anthropic-ai/sdk';
const RANGE = '>=0.134.0 <2.0.0';
const SCOPE = 'com.anthropic.sdk.typescript';
const MESSAGE_SPAN = 'anthropic.messages.create';

export const NATIVE_PATCH_POINTS: readonly PatchPoint[] = [
  ...patchPoints('native', NAME, RANGE, 'resources/messages/messages', 'Messages.create'),
  ...patchPoints('native', NAME, RANGE, 'resources/beta/messages/messages', 'Messages.create'),
  ...patchPoints('native-helper', NAME, RANGE, 'resources/messages/messages', 'Messages.stream'),
  ...patchPoints(
    'native-helper',
    NAME,
    RANGE,
    'resources/beta/messages/messages',
    'Messages.stream',
  ),
  ...patchPoints('native-parse', NAME, RANGE, 'core/api-promise', 'APIPromise.parse'),
];

/** What the hooked method knows of a call and its span does not. */
interface Asked {
  body: unknown;
  chunks: number;
  /** Set by the helper stream(), which starts the span before it calls create(). */
  awaitsCreate: boolean;
}

const current = new AsyncLocalStorage<Asked | undefined>();

export function watchNativeAnthropic(): void {
  const asked = new WeakMap<object, Asked>();
  const create = tracingChannel<unknown, object>(`orchestrion:${NAME}:native`);
  create.start.bindStore(current, (message) => {
    const outer = current.getStore();
    if (outer?.awaitsCreate !== true) return begin(message, false);
    outer.awaitsCreate = false;
    return outer;
  });
  const helper = tracingChannel<unknown, object>(`orchestrion:${NAME}:native-helper`);
  helper.start.bindStore(current, (message) => begin(message, true));
  create.end.subscribe((message) => {
    safely('a call', () => {
      const { result } = message as MethodCall;
      const responsePromise = (result as { responsePromise?: object } | undefined)?.responsePromise;
      const store = current.getStore();
      if (responsePromise !== undefined && store !== undefined) asked.set(responsePromise, store);
    });
  });
  const parse = tracingChannel<unknown, object>(`orchestrion:${NAME}:native-parse`);
  parse.end.subscribe((message) => {
    safely('an answer', () => {
      const { self, result } = message as MethodCall;
      const key = (self as { responsePromise: object }).responsePromise;
      const call = asked.get(key);
      if (call === undefined) return;
      asked.delete(key);
      (result as Promise<unknown>).then(
        (value) =>
          void safely('a stream', () => {
            if (isStream(value)) countChunks(value, () => (call.chunks += 1));
          }),
        () => {},
      );
    });
  });
  wrapTracers();
}

function begin(message: unknown, awaitsCreate: boolean): Asked {
  return { body: (message as MethodCall).arguments[0], chunks: 0, awaitsCreate };
}

/** The SDK asks the global provider for a tracer of its scope; that tracer is handed out dressed. */
function wrapTracers(): void {
  const provider = trace.getTracerProvider();
  const getTracer = provider.getTracer.bind(provider);
  provider.getTracer = (name, version, options) => {
    const tracer = getTracer(name, version, options);
    return name.startsWith(SCOPE) ? (safely('a tracer', () => dress(tracer)) ?? tracer) : tracer;
  };
}

function dress(tracer: Tracer): Tracer {
  const dressed = Object.create(tracer) as Tracer;
  dressed.startSpan = (name: string, options?: SpanOptions, parent?: Context): Span => {
    const start = safely('a span', () => startOf(name, options, parent ?? context.active()));
    if (start === undefined) return tracer.startSpan(name, options, parent);
    const span = tracer.startSpan(start.name, start.options, parent);
    if (name === MESSAGE_SPAN) noteBilledCall(parent ?? context.active());
    if (name === MESSAGE_SPAN && span.isRecording()) endWith(span, current.getStore());
    return span;
  };
  return dressed;
}

function startOf(name: string, options: SpanOptions | undefined, parent: Context) {
  const attributes: Attributes = { ...contextAttributes(parent) };
  if (name !== MESSAGE_SPAN) {
    return { name, options: { ...options, attributes: { ...attributes, ...options?.attributes } } };
  }
  const asked = current.getStore();
  if (asked !== undefined) Object.assign(attributes, messagesRequest(asked.body));
  Object.assign(attributes, options?.attributes);
  const model = attributes[names.REQUEST_MODEL];
  return {
    name: typeof model === 'string' ? `chat ${model}` : name,
    options: { ...options, attributes },
  };
}

/** The SDK's spans as OpenTelemetry's own SDK makes them; another's may not be readable. */
interface ReadableState {
  attributes?: Attributes;
  status?: { code: SpanStatusCode };
}

function endWith(span: Span, asked: Asked | undefined): void {
  const end = span.end;
  span.end = function (time) {
    safely('a span', () => {
      if (span.isRecording()) span.setAttributes(missing(span as ReadableState, asked));
    });
    end.call(span, time);
  };
}

function missing({ attributes = {}, status }: ReadableState, asked: Asked | undefined): Attributes {
  const found: Attributes = {};
  const reason = attributes[names.ANTHROPIC_STOP_REASON];
  if (typeof reason === 'string') found[names.RESPONSE_FINISH_REASONS] = [finishReason(reason)];
  const resent = attributes[names.HTTP_REQUEST_RESEND_COUNT];
  if (typeof resent === 'number') found[ATTEMPTS] = resent + 1;
  if (attributes[names.REQUEST_STREAM] !== true) return found;
  if (asked !== undefined && asked.chunks > 0) found[STREAM_CHUNKS] = asked.chunks;
  const untold = status === undefined || status.code === SpanStatusCode.UNSET;
  if (untold && reason === undefined) found[STREAM_ABORTED] = true;
  return found;
}
