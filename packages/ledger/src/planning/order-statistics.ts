// Middles of lists of numbers.

/** 0 for none. */
export function mean(list: readonly number[]): number {
  return list.length === 0 ? 0 : list.reduce((sum, value) => sum + value, 0) / list.length;
}

export function median(list: readonly number[]): number {
  return quantile(list, 0.5);
}

/** Between the two nearest, in proportion; 0 for none. */
export function quantile(list: readonly number[], share: number): number {
  const sorted = list.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const [low = 0, high = low] = sorted.slice(below, below + 2);
  return low + (high - low) * (place - below);
}
