// How much each organisation may send in the long run: a bucket that fills at the rate and holds some
// seconds of it. Bytes are known only when they are there, so a bucket may owe; the next request
// waits until that is paid.

import { RateLimited, type Rate } from '../receive/try-later.ts';

interface Bucket {
  requests: number;
  bytes: number;
  at_ms: number;
}

export interface RateLimits {
  /** 0 for no limit, here and in the next. */
  readonly requests_per_s: number;
  readonly bytes_per_s: number;
  /** Seconds of its rate that an organisation may send at once. */
  readonly burst_s: number;
}

const MS_PER_S = 1_000;
/** Organisations remembered; whoever is forgotten, being the longest silent, begins with a full bucket. */
export const BUCKETS_MAX = 10_000;

export class Rates {
  readonly #limits: RateLimits;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: RateLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** One request comes; throws `rate_limited` with the seconds after which it could be taken. */
  admit(org_id: string): void {
    const { requests_per_s, bytes_per_s } = this.#limits;
    if (requests_per_s === 0 && bytes_per_s === 0) return;
    const bucket = this.#bucketOf(org_id);
    if (requests_per_s > 0 && bucket.requests < 1) {
      throw limited('requests', requests_per_s, 1 - bucket.requests);
    }
    if (bytes_per_s > 0 && bucket.bytes < 0) throw limited('bytes', bytes_per_s, -bucket.bytes);
    bucket.requests -= 1;
  }

  /** What the request brought, decompressed. */
  charge(org_id: string, bytes: number): void {
    if (this.#limits.bytes_per_s > 0) this.#bucketOf(org_id).bytes -= bytes;
  }

  #bucketOf(org_id: string): Bucket {
    const { requests_per_s, bytes_per_s, burst_s } = this.#limits;
    const at_ms = this.#now();
    const full = { requests: requests_per_s * burst_s, bytes: bytes_per_s * burst_s, at_ms };
    const known = this.#buckets.get(org_id);
    const passed_s = known === undefined ? 0 : (at_ms - known.at_ms) / MS_PER_S;
    const bucket =
      known === undefined
        ? full
        : {
            requests: Math.min(full.requests, known.requests + passed_s * requests_per_s),
            bytes: Math.min(full.bytes, known.bytes + passed_s * bytes_per_s),
            at_ms,
          };
    // Whoever sent last stands last.
    this.#buckets.delete(org_id);
    this.#buckets.set(org_id, bucket);
    if (this.#buckets.size > BUCKETS_MAX) {
      const [longestSilent] = this.#buckets.keys();
      if (longestSilent !== undefined) this.#buckets.delete(longestSilent);
    }
    return bucket;
  }
}

function limited(rate: Rate, per_s: number, lacking: number): RateLimited {
  const retry_after_s = Math.max(1, Math.ceil(lacking / per_s));
  return new RateLimited(rate, `limit: ${per_s} ${rate} a second`, retry_after_s);
}
