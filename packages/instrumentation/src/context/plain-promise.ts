// Which results may be followed by a promise made from them.

/** A promise of the platform itself: one of a class of its own may do its work only when it is awaited. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise && Object.getPrototypeOf(value) === Promise.prototype;
}
