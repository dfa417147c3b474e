// Lists in groups, in pieces, in order.

export function groupBy<T, Key>(list: Iterable<T>, keyOf: (item: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const item of list) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

export function* pieces<T>(list: readonly T[], length: number): Generator<T[]> {
  for (let at = 0; at < list.length; at += length) yield list.slice(at, at + length);
}

/** Pieces whose items are together no larger than a limit; an item beyond it stands alone. */
export function* piecesBySize<T>(
  list: Iterable<T>,
  sizeOf: (item: T) => number,
  size_max: number,
): Generator<T[]> {
  let piece: T[] = [];
  let size = 0;
  for (const item of list) {
    const own = sizeOf(item);
    if (piece.length > 0 && size + own > size_max) {
      yield piece;
      [piece, size] = [[], 0];
    }
    piece.push(item);
    size += own;
  }
  if (piece.length > 0) yield piece;
}

/** By code units, the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
