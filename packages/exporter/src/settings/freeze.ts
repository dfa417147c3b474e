// A configuration that nobody changes, all the way down.

/** Maps are read only by their type. */
export function freeze<T extends object>(config: T): T {
  for (const part of Object.values(config)) {
    if (typeof part === 'object' && part !== null && !(part instanceof Map)) freeze(part);
  }
  return Object.freeze(config);
}
