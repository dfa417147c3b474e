// The name that somebody may have meant: the known one with the fewest letters changed.

/** A name that differs in more than this share of its letters is another. */
const SHARE_MAX = 0.5;
const LENGTH_MAX = 60;

/** Null where none is near. */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (name.length > LENGTH_MAX) return null;
  let nearest: string | null = null;
  let fewest = Infinity;
  for (const one of known) {
    const changes = changesBetween(name.toLowerCase(), one);
    const share = changes / Math.max(name.length, one.length);
    if (changes < fewest && share <= SHARE_MAX) [nearest, fewest] = [one, changes];
  }
  return nearest;
}

/** How many letters are put in, left out, changed or swapped with the next (optimal alignment). */
export function changesBetween(left: string, right: string): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let l = 1; l <= left.length; l++) {
    const next = [l];
    for (let r = 1; r <= right.length; r++) {
      const same = left[l - 1] === right[r - 1] ? 0 : 1;
      let changes = Math.min(row[r]! + 1, next[r - 1]! + 1, row[r - 1]! + same);
      const swapped =
        l > 1 && r > 1 && left[l - 1] === right[r - 2] && left[l - 2] === right[r - 1];
      if (swapped) changes = Math.min(changes, before[r - 2]! + 1);
      next.push(changes);
    }
    [before, row] = [row, next];
  }
  return row[right.length]!;
}
