// What a run tells while it goes on, on its way out: to our own sender, or, where the program set up an
// OpenTelemetry SDK of its own, to the logger it registered. Where there is neither, the events stand
// on the run's span alone.

import { ROOT_CONTEXT, trace, type Attributes, type SpanContext } from '@opentelemetry/api';
import { safely } from '../safely.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../scope.ts';

export interface RunEvent {
  readonly name: string;
  /** Nanoseconds since 1970. */
  readonly time_ns: bigint;
  readonly span: SpanContext;
  readonly body: string | undefined;
  readonly attributes: Attributes;
}

/** As log records have them: INFO. */
export const SEVERITY = { severityNumber: 9, severityText: 'INFO' } as const;

/** Where @opentelemetry/api-logs keeps what a program registered, for a version of its interface. */
const LOGS = Symbol.for('io.opentelemetry.js.api.logs');
const LOGS_VERSION = 1;

let take: ((event: RunEvent) => void) | null = null;
let last_ns = 0n;

/** Where events go from now on; null for the program's own logger. */
export function setEventTaker(next: ((event: RunEvent) => void) | null): void {
  take = next;
}

/** Whether anybody takes events: else nothing need be put together. */
export function eventsAreTaken(): boolean {
  return take !== null || LOGS in globalThis;
}

export function tellEvent(
  name: string,
  span: SpanContext,
  attributes: Attributes,
  body?: string,
): void {
  const to = take ?? loggerOfProgram();
  to?.({ name, time_ns: nextTime(), span, body, attributes });
}

/** No two events of a process at the same time, so that equal ones stay two and in their order. */
function nextTime(): bigint {
  const now_ns = BigInt(Date.now()) * 1_000_000n;
  last_ns = now_ns > last_ns ? now_ns : last_ns + 1n;
  return last_ns;
}

interface Logger {
  emit(record: object): void;
}

interface LoggerProvider {
  getLogger(name: string, version: string): Logger;
}

function loggerOfProgram(): ((event: RunEvent) => void) | null {
  const registered = (globalThis as { [LOGS]?: (version: number) => LoggerProvider })[LOGS];
  if (registered === undefined) return null;
  return ({ name, time_ns, span, body, attributes }) => {
    safely('an event', () => {
      registered(LOGS_VERSION)
        .getLogger(SCOPE_NAME, SCOPE_VERSION)
        .emit({
          ...SEVERITY,
          ...{ eventName: name, body, attributes },
          timestamp: [Number(time_ns / 1_000_000_000n), Number(time_ns % 1_000_000_000n)],
          context: trace.setSpanContext(ROOT_CONTEXT, span),
        });
    });
  };
}
