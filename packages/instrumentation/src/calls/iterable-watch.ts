// Watches an ordinary async iterable: a generator, or an object that makes an iterator when it is
// asked for one. The object stays the one the SDK made; its steps go to where they went.

import type { Call, Failure } from './call.ts';
import { dropped, StreamWatch, WatchedIterator, type StreamReader } from './stream-watch.ts';

type Iterable = AsyncIterable<unknown>;
type Generator = AsyncIterator<unknown> & Iterable;

export function isAsyncIterable(value: unknown): value is Iterable {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** False when the iterable cannot be watched, as when it is frozen; it then works all the same. */
export function watchIterable(
  iterable: Iterable,
  call: Call,
  reader: StreamReader,
  failureOf: (error: unknown) => Failure,
): boolean {
  const watch = new StreamWatch(call, reader, failureOf);
  const watched = isGenerator(iterable)
    ? watchGenerator(iterable, watch)
    : watchIterators(iterable, watch);
  if (watched) dropped.register(iterable, watch);
  return watched;
}

function isGenerator(iterable: Iterable): iterable is Generator {
  return typeof (iterable as Partial<Generator>).next === 'function';
}

function watchGenerator(generator: Generator, watch: StreamWatch): boolean {
  const { next, return: leave, throw: raise } = generator;
  const steps = {
    next: function (this: Generator, ...args: [] | [unknown]) {
      return next.apply(this, args).then(watch.received, watch.failed);
    },
    return: leave && left(leave, watch),
    throw: raise && left(raise, watch),
  };
  return (['next', 'return', 'throw'] as const).every(
    (name) => steps[name] === undefined || replace(generator, name, steps[name]),
  );
}

type Step = (this: Generator, value?: unknown) => Promise<IteratorResult<unknown>>;

function left(step: Step, watch: StreamWatch): Step {
  return function (value) {
    watch.left();
    return step.call(this, value);
  };
}

/** The first iterator is the stream; whoever asks again gets what the SDK gives then. */
function watchIterators(iterable: Iterable, watch: StreamWatch): boolean {
  const iterate = iterable[Symbol.asyncIterator];
  let watched = false;
  const own = function (this: Iterable): AsyncIterator<unknown> {
    const iterator = iterate.call(this);
    if (watched) return iterator;
    watched = true;
    return new WatchedIterator(iterator, watch, iterable);
  };
  return replace(iterable, Symbol.asyncIterator, own);
}

/** Shown to whoever lists the object's own properties only where the replaced one was. */
function replace(object: object, name: string | symbol, value: unknown): boolean {
  const shown = Object.getOwnPropertyDescriptor(object, name)?.enumerable ?? false;
  return Reflect.defineProperty(object, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: shown,
  });
}
