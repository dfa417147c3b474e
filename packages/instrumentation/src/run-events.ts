// What a run tells while it goes on, on its way to the sender. Where the program set up an
// OpenTelemetry SDK of its own there is no sender, and the events stand on the run's span alone.

import type { Attributes, SpanContext } from '@opentelemetry/api';

export interface RunEvent {
  readonly name: string;
  /** Nanoseconds since 1970. */
  readonly time_ns: bigint;
  readonly span: SpanContext;
  readonly body: string | undefined;
  readonly attributes: Attributes;
}

let take: ((event: RunEvent) => void) | null = null;
let last_ns = 0n;

/** Where events go from now on; null for nowhere. */
export function setEventTaker(next: ((event: RunEvent) => void) | null): void {
  take = next;
}

export function tellEvent(
  name: string,
  span: SpanContext,
  attributes: Attributes,
  body?: string,
): void {
  if (take === null) return;
  take({ name, time_ns: nextTime(), span, body, attributes });
}

/** No two events of a process at the same time, so that equal ones stay two and in their order. */
function nextTime(): bigint {
  const now_ns = BigInt(Date.now()) * 1_000_000n;
  last_ns = now_ns > last_ns ? now_ns : last_ns + 1n;
  return last_ns;
}
