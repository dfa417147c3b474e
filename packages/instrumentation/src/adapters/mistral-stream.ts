// The streams of @mistralai/mistralai are web streams, which may be iterated, read, piped, teed or
// cancelled. All of that reads the body and parses its events, so it is watched there.

import type { Call, Failure } from '../calls/call.ts';
import { currentCall } from '../calls/call-scope.ts';
import { channelOf } from '../calls/method-calls.ts';
import type { MethodCall } from '../hooks/patch-point.ts';
import { safely } from '../safely.ts';
import { dropped, StreamWatch, type StreamReader } from '../calls/stream-watch.ts';

export const STREAM_CHANNEL = 'event-stream';

/** The calls that will be answered in a stream. */
export const streams = new WeakMap<Call, () => StreamReader>();

const WATCH = Symbol('watch');

/** A stream is made while its call is the current one. Before 1.10 they were plain iterables. */
export function watchStreams(library: string, failureOf: (error: unknown) => Failure): void {
  const { start, end } = channelOf(library, STREAM_CHANNEL);
  start.subscribe((message) => {
    safely('a stream', () => {
      const [body, parse] = Array.from((message as MethodCall).arguments);
      const call = currentCall();
      const read = call && streams.get(call);
      if (call === undefined || read === undefined || call.ended) return;
      if (typeof parse !== 'function' || !(body instanceof ReadableStream)) return;
      const watch = new StreamWatch(call, read(), failureOf);
      (message as { [WATCH]?: StreamWatch })[WATCH] = watch;
      watchBody(body, watch);
      ((message as MethodCall).arguments as unknown[])[1] = watched(parse as Parse, watch);
    });
  });
  end.subscribe((message) => {
    const { self, [WATCH]: watch } = message as MethodCall & { [WATCH]?: StreamWatch };
    if (watch !== undefined && typeof self === 'object') dropped.register(self as object, watch);
  });
}

type Parse = (raw: unknown) => { done?: boolean; value?: unknown } | undefined;

function watched(parse: Parse, watch: StreamWatch): Parse {
  return (raw) => {
    let item;
    try {
      item = parse(raw);
    } catch (error) {
      return watch.failed(error);
    }
    if (item !== undefined && item.done !== true) {
      watch.received({ done: false, value: item.value });
    }
    return item;
  };
}

/** The body's end, its failure, and that nobody wants the rest of it. */
function watchBody(body: ReadableStream, watch: StreamWatch): void {
  const { getReader } = body;
  const own = function (this: ReadableStream, ...args: []): ReadableStreamDefaultReader {
    const reader = getReader.apply(this, args) as ReadableStreamDefaultReader;
    safely('a stream', () => watchReader(reader, watch));
    return reader;
  };
  Object.defineProperty(body, 'getReader', { value: own, configurable: true, writable: true });
}

function watchReader(reader: ReadableStreamDefaultReader, watch: StreamWatch): void {
  const { read, cancel } = reader;
  const own: Partial<ReadableStreamDefaultReader> = {
    read: () =>
      read.call(reader).then((result) => {
        if (result.done) watch.left();
        return result;
      }, watch.failed),
    cancel: (reason) => {
      watch.left();
      return cancel.call(reader, reason);
    },
  };
  for (const [name, value] of Object.entries(own)) {
    Object.defineProperty(reader, name, { value, configurable: true, writable: true });
  }
}
