// Watches a stream of an SDK without standing in its way: the generator the SDK made is kept, and
// only its next, return and throw are told to us.

import type { Attributes } from '@opentelemetry/api';
import type { Call, Failure } from './call.ts';
import { safely, warnOnce } from './safely.ts';

/** Reads the chunks of one stream. */
export interface StreamReader {
  read(chunk: unknown): void;
  /** What is known so far, in attributes. */
  attributes(): Attributes;
  /** The provider has said that this was all. */
  complete(): boolean;
}

/** What the streams of the generated SDKs have in common. */
interface SdkStream {
  iterator: (this: unknown, ...args: unknown[]) => AsyncIterator<unknown>;
  controller?: AbortController;
}

export function isStream(value: unknown): value is SdkStream {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<SdkStream>).iterator === 'function' &&
    Symbol.asyncIterator in value
  );
}

/** A stream that is dropped unread, or half read by tee(), ends its call when it is collected. */
const dropped = new FinalizationRegistry<StreamWatch>((watch) => {
  safely('a dropped stream', () => watch.over());
});

export function watchStream(
  stream: SdkStream,
  call: Call,
  reader: StreamReader,
  failureOf: (error: unknown) => Failure,
): void {
  const watch = new StreamWatch(call, reader, failureOf, stream.controller?.signal ?? null);
  call.soFar = () => reader.attributes();
  const iterate = stream.iterator;
  let watched = false;
  // The iterator is made by the first reader, whichever way the stream is read: for await, tee,
  // toReadableStream and the helpers all come through here.
  stream.iterator = function (...args) {
    const iterator = iterate.apply(this, args);
    if (!watched) {
      watched = true;
      safely('a stream', () => {
        watch.follow(iterator);
        // From here the iterator is what lives as long as someone reads: tee() lets go of the stream.
        dropped.unregister(watch);
        dropped.register(iterator, watch, watch);
      });
    }
    return iterator;
  };
  dropped.register(stream, watch, watch);
}

/** Counts what the program is handed, for streams whose call is recorded elsewhere. */
export function countChunks(stream: SdkStream, chunk: () => void): void {
  const iterate = stream.iterator;
  stream.iterator = function (...args) {
    const iterator = iterate.apply(this, args);
    const next = iterator.next;
    iterator.next = (...given) =>
      next.apply(iterator, given).then((result) => {
        if (result.done !== true) chunk();
        return result;
      });
    return iterator;
  };
}

class StreamWatch {
  readonly #call: Call;
  readonly #reader: StreamReader;
  readonly #failureOf: (error: unknown) => Failure;
  readonly #signal: AbortSignal | null;
  readonly #onAbort = (): void => void safely('an abort', () => this.over());

  constructor(
    call: Call,
    reader: StreamReader,
    failureOf: (error: unknown) => Failure,
    signal: AbortSignal | null,
  ) {
    this.#call = call;
    this.#reader = reader;
    this.#failureOf = failureOf;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** From here the iterator sees every way the reading can end, an abort's too. */
  follow(iterator: AsyncIterator<unknown>): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    const next = iterator.next;
    const leave = iterator.return;
    const raise = iterator.throw;
    const received = (result: IteratorResult<unknown>): IteratorResult<unknown> => {
      this.#received(result);
      return result;
    };
    const failed = (error: unknown): never => {
      this.#failed(error);
      throw error;
    };
    iterator.next = (...args) => next.apply(iterator, args).then(received, failed);
    if (leave !== undefined) {
      iterator.return = (value) => {
        safely('the end of a stream', () => this.over());
        return leave.call(iterator, value);
      };
    }
    if (raise !== undefined) {
      iterator.throw = (error: unknown) => {
        safely('the end of a stream', () => this.over());
        return raise.call(iterator, error);
      };
    }
  }

  #received(result: IteratorResult<unknown>): void {
    if (this.#call.ended) return;
    try {
      if (result.done !== true) {
        this.#call.chunk();
        this.#reader.read(result.value);
      } else this.over();
    } catch (error) {
      warnOnce('failed:a chunk', `cannot record a chunk: ${String(error).slice(0, 200)}`);
    }
  }

  #failed(error: unknown): void {
    safely('the error of a stream', () => {
      this.#call.fail(this.#failureOf(error), this.#reader.attributes());
    });
  }

  /** The stream is over for the program; whether the provider had finished, the reader knows. */
  over(): void {
    if (this.#call.ended) return;
    const attributes = this.#reader.attributes();
    if (this.#reader.complete()) this.#call.succeed(attributes);
    else this.#call.abort(attributes);
  }
}
