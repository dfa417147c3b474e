// @anthropic-ai/sdk from 0.134 on writes a span for each call itself. These spans are correct and
// stay the only ones; here they get the names the conventions ask for and what they leave out.

import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span, SpanOptions, Tracer } from '@opentelemetry/api';
import { contextAttributes } from '../context/agent-context.ts';
import { Attempts } from '../calls/attempts.ts';
import { noteBilledCall } from '../calls/call-scope.ts';
import {
  ATTEMPTS,
  ESTIMATED_OUTPUT_TOKENS,
  STREAM_ABORTED,
  STREAM_CHARACTERS,
  STREAM_CHUNKS,
  TOOL_CALLS_COUNT,
  TOOL_CALLS_NAMES,
  TOOL_CALLS_SIZES,
} from '../own-attributes.ts';
import { admitContent } from '../privacy/admission.ts';
import { foreignAttributes, guardContent } from '../privacy/foreign-content.ts';
import { ownTracer } from '../calls/call.ts';
import { tellInnerCalls } from '../calls/inner-calls.ts';
import { putVerdict } from '../calls/judged-answers.ts';
import { QUALITY } from '../run-attributes.ts';
import { patchPoints, type MethodCall, type PatchPoint } from '../hooks/patch-point.ts';
import { fields } from '../calls/request.ts';
import { safely } from '../safely.ts';
import * as names from '../semantic-conventions.ts';
import { isStream, watchChunks, type StreamReader } from '../calls/stream-watch.ts';
import {
  finishReason,
  messagesAnswer,
  messagesReader,
  messagesRequest,
} from './anthropic-messages.ts';

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
  ...patchPoints('native-body', NAME, RANGE, 'internal/parse', 'defaultParseResponse'),
  ...patchPoints('native-attempt', NAME, RANGE, 'client', 'BaseAnthropic.fetchWithTimeout'),
];

/** What the hooked methods know of a call and its span does not. */
interface Asked {
  body: unknown;
  chunks: number;
  attempts: Attempts;
  /** Of a whole answer; it is there before the span ends. */
  answer: Attributes;
  /** Of a streamed one. */
  reader: StreamReader | null;
  /** Set by the helper stream(), which starts the span before it calls create(). */
  awaitsCreate: boolean;
}

const current = new AsyncLocalStorage<Asked | undefined>();

function channel(name: string) {
  return tracingChannel<unknown, object>(`orchestrion:${NAME}:${name}`);
}

/** By the span that the client makes for the call, and carries in its options. */
const askedBySpan = new WeakMap<object, Asked>();

export function watchNativeAnthropic(): void {
  channel('native').start.bindStore(current, (message) => {
    const outer = current.getStore();
    if (outer?.awaitsCreate !== true) return begin(message, false);
    outer.awaitsCreate = false;
    return outer;
  });
  channel('native-helper').start.bindStore(current, (message) => begin(message, true));
  channel('native-body').end.subscribe((message) => {
    safely('an answer', () => {
      const { arguments: given, result } = message as MethodCall;
      const { options } = fields(given[given.length - 1]);
      const { span } = fields(fields(options)['__span']);
      const call = askedBySpan.get(fields(span));
      if (call !== undefined) follow(result, call);
    });
  });
  const attempt = channel('native-attempt');
  attempt.start.subscribe(() => {
    safely('an attempt', () => current.getStore()?.attempts.begin());
  });
  attempt.end.subscribe((message) => {
    safely('an attempt', () => {
      current.getStore()?.attempts.follow((message as MethodCall).result);
    });
  });
  wrapTracers();
}

function begin(message: unknown, awaitsCreate: boolean): Asked {
  const body = (message as MethodCall).arguments[0];
  const attempts = new Attempts();
  return { body, chunks: 0, attempts, answer: {}, reader: null, awaitsCreate };
}

/** The SDK waits for the same promise, and later: what it says is known when the span ends. */
function follow(body: unknown, call: Asked): void {
  (body as Promise<unknown>).then(
    (value) =>
      void safely('an answer', () => {
        if (!isStream(value)) call.answer = messagesAnswer(value);
        else {
          const reader = messagesReader();
          call.reader = reader;
          watchChunks(value, (event) => {
            call.chunks += 1;
            reader.read(event);
          });
        }
      }),
    () => {},
  );
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
    const content = safely('content', () => admitContent(start.options.attributes));
    const span = tracer.startSpan(start.name, start.options, parent);
    const write = safely('content', () => guardContent(span));
    if (name === MESSAGE_SPAN) noteBilledCall(parent ?? context.active());
    if (name === MESSAGE_SPAN && span.isRecording()) {
      endWith(span, current.getStore(), (found) => {
        admitContent(found, content);
        write?.(found);
      });
    }
    return span;
  };
  return dressed;
}

function startOf(name: string, options: SpanOptions | undefined, parent: Context) {
  const attributes: Attributes = { ...contextAttributes(parent) };
  if (name !== MESSAGE_SPAN) {
    Object.assign(attributes, foreignAttributes(options?.attributes ?? {}));
    return { name, options: { ...options, attributes } };
  }
  const asked = current.getStore();
  if (asked !== undefined) Object.assign(attributes, messagesRequest(asked.body));
  Object.assign(attributes, foreignAttributes(options?.attributes ?? {}));
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

function endWith(span: Span, asked: Asked | undefined, write: (found: Attributes) => void): void {
  if (asked !== undefined) askedBySpan.set(span, asked);
  const end = span.end;
  span.end = function (time) {
    safely('a span', () => {
      if (span.isRecording()) write(missing(span, asked));
    });
    end.call(span, time);
  };
}

/** What an answer says beside what the SDK writes itself. */
const OF_THE_ANSWER = [
  TOOL_CALLS_COUNT,
  TOOL_CALLS_NAMES,
  TOOL_CALLS_SIZES,
  STREAM_CHARACTERS,
  ESTIMATED_OUTPUT_TOKENS,
  names.USAGE_CACHE_READ_INPUT_TOKENS,
  names.USAGE_CACHE_WRITE_INPUT_TOKENS,
  names.USAGE_CACHE_WRITE_5M_INPUT_TOKENS,
  names.USAGE_CACHE_WRITE_1H_INPUT_TOKENS,
  names.USAGE_OUTPUT_TOKENS,
  names.ANTHROPIC_RESPONSE_SERVICE_TIER,
  names.OUTPUT_MESSAGES,
  ...QUALITY,
];

function missing(span: Span, asked: Asked | undefined): Attributes {
  const { attributes = {}, status } = span as ReadableState;
  const found: Attributes = {};
  const reason = attributes[names.ANTHROPIC_STOP_REASON];
  if (typeof reason === 'string') found[names.RESPONSE_FINISH_REASONS] = [finishReason(reason)];
  const resent = attributes[names.HTTP_REQUEST_RESEND_COUNT];
  if (typeof resent === 'number') {
    found[ATTEMPTS] = resent + 1;
    asked?.attempts.put(found);
  }
  const answer = asked?.reader?.attributes() ?? asked?.answer ?? {};
  if (typeof reason === 'string') putVerdict(answer, false);
  tellInnerCalls(span, ownTracer(), answer);
  for (const name of OF_THE_ANSWER) {
    const value = answer[name];
    if (value !== undefined && attributes[name] === undefined) found[name] = value;
  }
  if (attributes[names.REQUEST_STREAM] !== true) return found;
  if (asked !== undefined && asked.chunks > 0) found[STREAM_CHUNKS] = asked.chunks;
  const untold = status === undefined || status.code === SpanStatusCode.UNSET;
  if (untold && reason === undefined) found[STREAM_ABORTED] = true;
  return found;
}
