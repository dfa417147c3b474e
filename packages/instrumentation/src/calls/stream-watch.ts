// Watches a stream of an SDK without standing in its way: every step goes to the generator the SDK
// made, and we are told of it.

import type { Attributes } from '@opentelemetry/api';
import type { Call, Failure } from './call.ts';
import { safely, tellFailure } from '../safely.ts';

/** Reads the chunks of one stream. */
export interface StreamReader {
  read(chunk: unknown): void;
  /** What is known so far, in attributes. */
  attributes(): Attributes;
  /** The provider has said that this was all. */
  complete(): boolean;
  /** True for a chunk that only we asked for; asked after it was read. */
  hides?(chunk: unknown): boolean;
}

/** What the streams of the generated SDKs have in common. */
interface SdkStream {
  iterator: (this: unknown, ...args: unknown[]) => AsyncIterator<unknown>;
}

export function isStream(value: unknown): value is SdkStream {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<SdkStream>).iterator === 'function' &&
    Symbol.asyncIterator in value
  );
}

/** A stream that is dropped unread or half read ends its call when it is collected. */
export const dropped = new FinalizationRegistry<StreamWatch>((watch) => {
  safely('a dropped stream', () => watch.over());
});

export function watchStream(
  stream: SdkStream,
  call: Call,
  reader: StreamReader,
  failureOf: (error: unknown) => Failure,
): void {
  const watch = new StreamWatch(call, reader, failureOf);
  const iterate = stream.iterator;
  let watched = false;
  // The iterator is made by the first reader, whichever way the stream is read: for await, tee,
  // toReadableStream and the helpers all come through here.
  stream.iterator = function (...args) {
    const iterator = iterate.apply(this, args);
    if (watched) return iterator;
    watched = true;
    return (
      safely('a stream', () =>
        reader.hides === undefined
          ? new WatchedIterator(iterator, watch, stream)
          : new FilteredIterator(
              iterator,
              watch,
              stream,
              (chunk) => reader.hides?.(chunk) === true,
            ),
      ) ?? iterator
    );
  };
  dropped.register(stream, watch);
}

/** Tells what the program is handed, for streams whose call is recorded elsewhere. */
export function watchChunks(stream: SdkStream, chunk: (value: unknown) => void): void {
  const iterate = stream.iterator;
  const count: Watcher = {
    received: (result) => {
      if (result.done !== true) safely('a chunk', () => chunk(result.value));
      return result;
    },
    failed: (error) => {
      throw error;
    },
    left: () => {},
  };
  stream.iterator = function (...args) {
    return new WatchedIterator(iterate.apply(this, args), count, stream);
  };
}

export interface Watcher {
  /** Hands on what it gets; throws what it gets. Neither throws anything else. */
  received(result: IteratorResult<unknown>): IteratorResult<unknown>;
  failed(error: unknown): never;
  left(): void;
}

/** Tells a call what becomes of its stream. */
export class StreamWatch implements Watcher {
  readonly #call: Call;
  readonly #reader: StreamReader;
  readonly #failureOf: (error: unknown) => Failure;

  constructor(call: Call, reader: StreamReader, failureOf: (error: unknown) => Failure) {
    this.#call = call;
    this.#reader = reader;
    this.#failureOf = failureOf;
    call.soFar = () => reader.attributes();
  }

  readonly received = (result: IteratorResult<unknown>): IteratorResult<unknown> => {
    if (this.#call.ended) return result;
    try {
      if (result.done === true) this.over();
      else {
        this.#reader.read(result.value);
        if (this.#reader.hides?.(result.value) !== true) this.#call.chunk();
      }
    } catch (error) {
      tellFailure('a chunk', error);
    }
    return result;
  };

  readonly failed = (error: unknown): never => {
    safely('the error of a stream', () => {
      this.#call.fail(this.#failureOf(error), this.#reader.attributes());
    });
    throw error;
  };

  left(): void {
    safely('the end of a stream', () => this.over());
  }

  /** The stream is over for the program; whether the provider had finished, the reader knows. */
  over(): void {
    if (this.#call.ended) return;
    const attributes = this.#reader.attributes();
    if (this.#reader.complete()) this.#call.succeed(attributes);
    else this.#call.abort(attributes);
  }
}

/** Stands for the generator the SDK made, and asks it for everything. */
export class WatchedIterator implements AsyncIterator<unknown> {
  readonly #inner: AsyncIterator<unknown>;
  readonly #watcher: Watcher;
  /** Kept as long as someone may read on: tee() lets go of the stream itself. */
  readonly stream: object;

  constructor(inner: AsyncIterator<unknown>, watcher: Watcher, stream: object) {
    this.#inner = inner;
    this.#watcher = watcher;
    this.stream = stream;
  }

  next(...args: [] | [unknown]): Promise<IteratorResult<unknown>> {
    const { received, failed } = this.#watcher;
    return this.#inner.next(...args).then(received, failed);
  }

  return(value?: unknown): Promise<IteratorResult<unknown>> {
    this.#watcher.left();
    return this.#inner.return?.(value) ?? Promise.resolve({ done: true, value });
  }

  throw(error?: unknown): Promise<IteratorResult<unknown>> {
    this.#watcher.left();
    return this.#inner.throw?.(error) ?? Promise.reject(error);
  }
}

// What every async iterator of the language has: it is its own iterable, and it can be disposed of.
const generatorPrototype: object = Object.getPrototypeOf(async function* () {}.prototype);
Object.setPrototypeOf(WatchedIterator.prototype, Object.getPrototypeOf(generatorPrototype));

/** Leaves out the chunks that only we asked for. */
class FilteredIterator extends WatchedIterator {
  readonly #hides: (chunk: unknown) => boolean;

  constructor(
    inner: AsyncIterator<unknown>,
    watcher: Watcher,
    stream: SdkStream,
    hides: (chunk: unknown) => boolean,
  ) {
    super(inner, watcher, stream);
    this.#hides = hides;
  }

  override async next(...args: [] | [unknown]): Promise<IteratorResult<unknown>> {
    for (;;) {
      const result = await super.next(...args);
      if (result.done === true) return result;
      if (safely('a chunk', () => this.#hides(result.value)) !== true) return result;
    }
  }
}
