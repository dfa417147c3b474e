// How far a trace has come: received, settled, rolled up. Waits until it is through.

import { Failure } from './failure.ts';
import type { Service } from './service.ts';

export interface Freshness {
  readonly trace_id: string | null;
  /** From the last span's end to the rollup; null while it is not rolled up. */
  readonly freshness_ms: number | null;
  readonly ingested_ns?: string | null;
  readonly settled_ns?: string | null;
  readonly rolled_up_ns?: string | null;
}

export interface RolledUp extends Freshness {
  readonly trace_id: string;
  readonly freshness_ms: number;
}

const POLL_MS = 50;
/** What does not change for so long is through, also where its times lie closer than the clock. */
const STILL_MS = 1_000;

/** The freshness of a trace, or of the latest, once all that arrived of it is rolled up. */
export async function untilRolledUp(
  service: Service,
  trace_id: string | undefined,
  limit_ms: number,
): Promise<RolledUp> {
  const deadline = performance.now() + limit_ms;
  let last = '';
  let since = performance.now();
  while (performance.now() < deadline) {
    const freshness = await service.get<Freshness>('api/v1/freshness', { trace_id });
    const seen = JSON.stringify(freshness);
    if (seen !== last) since = performance.now();
    last = seen;
    if (isRolledUp(freshness) && (isThrough(freshness) || performance.now() - since > STILL_MS)) {
      return freshness;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Failure(
    'failed',
    'no_rollup',
    `the spans were not rolled up within ${limit_ms / 1000} s; last seen: ${last}`,
    'run "spanledger doctor" to see which hop fails',
  );
}

function isRolledUp(freshness: Freshness): freshness is RolledUp {
  return freshness.trace_id !== null && freshness.freshness_ms !== null;
}

function isThrough({ ingested_ns, settled_ns, rolled_up_ns }: Freshness): boolean {
  if (!ingested_ns || !settled_ns || !rolled_up_ns) return false;
  const settled = BigInt(settled_ns);
  return settled >= BigInt(ingested_ns) && BigInt(rolled_up_ns) >= settled;
}
