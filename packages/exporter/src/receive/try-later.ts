// Refusals of what can pass later: which limit was reached, and when to come again. The limit's name
// is the label of the counter, so nothing is refused without a reason that can be seen.

import { SpanledgerError, type ErrorCode } from '@spanledger/ledger';
import type { Metrics } from '../metrics/metrics.ts';

/** What there was no room for, as the metric `spanledger_busy_total` names it. */
export const BUSY_LIMITS = [
  'requests',
  'requests_of_organisation',
  'bytes',
  'bytes_of_organisation',
  'blocks',
  'questions',
  'questions_of_organisation',
  'verifications',
  'recosts',
  'freezes',
  'key_lookups',
  'deletions',
] as const;
export type BusyLimit = (typeof BUSY_LIMITS)[number];

/** `busy`: no room now, whoever asks. */
export class Busy extends SpanledgerError {
  readonly limit: BusyLimit;

  constructor(limit: BusyLimit, detail: string) {
    super('busy', detail);
    this.limit = limit;
  }
}

export const RATES = ['requests', 'bytes'] as const;
export type Rate = (typeof RATES)[number];

/** `rate_limited`: this organisation sent more than its rate allows. */
export class RateLimited extends SpanledgerError {
  readonly rate: Rate;
  /** When as much has been allowed again as the request needs. */
  readonly retry_after_s: number;

  constructor(rate: Rate, detail: string, retry_after_s: number) {
    super('rate_limited', detail);
    this.rate = rate;
    this.retry_after_s = retry_after_s;
  }
}

/** Counts a refused OTLP request by its code, and by the limit where it reached one. */
export function countRefusal(metrics: Metrics, error: unknown, code: ErrorCode): void {
  metrics.count('spanledger_refused_requests_total', { code });
  if (error instanceof Busy) metrics.count('spanledger_busy_total', { limit: error.limit });
  if (error instanceof RateLimited) {
    metrics.count('spanledger_rate_limited_total', { rate: error.rate });
  }
}
