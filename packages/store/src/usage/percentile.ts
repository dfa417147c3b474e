// Percentiles from the histogram of the roll-ups: bucket n holds durations from 2^(n/4) ns up to
// 2^((n+1)/4) ns, so a bucket is 19 % wide.

/** How many durations each bucket holds. */
export type Durations = Readonly<Record<string, number>>;

const BUCKETS_PER_DOUBLING = 4;

/** Interpolated inside its bucket; null without any duration. */
export function percentile(durations: Durations, share: number): number | null {
  const buckets = Object.entries(durations)
    .map(([bucket, count]) => ({ bucket: Number(bucket), count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.bucket - b.bucket);
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  let below = 0;
  for (const { bucket, count } of buckets) {
    if (below + count >= share * total) {
      const inside = (share * total - below) / count;
      return Math.round(2 ** ((bucket + inside) / BUCKETS_PER_DOUBLING));
    }
    below += count;
  }
  return null;
}
