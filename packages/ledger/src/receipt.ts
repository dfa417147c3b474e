// What became of a request: accepted, refused with reasons, and what was dropped or repaired inside
// records that were accepted. Accepted + refused is always what was sent.

import type { LimitName } from './limits.ts';

export type RefusalReason =
  | 'missing_trace_id'
  | 'invalid_trace_id'
  | 'zero_trace_id'
  | 'missing_span_id'
  | 'invalid_span_id'
  | 'zero_span_id'
  /** A start or end from 2106 on: ClickHouse's hours and minutes end there. */
  | 'time_out_of_range'
  /** A forwarder's resource that names no organisation, or names one wrongly or twice. */
  | 'missing_organisation'
  | 'invalid_organisation'
  | 'spans_per_request'
  | 'log_records_per_request'
  | 'metric_points_per_request'
  | 'copied_bytes_per_request';

/** Why a part of an accepted record was dropped or changed. */
export type Adjustment =
  | LimitName
  /** Text that was not UTF-8; the bad bytes became U+FFFD. */
  | 'invalid_utf8'
  /** A parent span id of the wrong length; the span is kept as one without parent. */
  | 'invalid_parent_span_id'
  /** A trace or span id of a log record with the wrong length; the record is kept without it. */
  | 'invalid_log_context'
  /** A list or map that holds NaN or an infinity has no JSON text and is stored empty. */
  | 'not_json';

export interface TouchedTrace {
  readonly org_id: string;
  readonly trace_id: string;
  readonly first_ns: bigint;
  readonly last_ns: bigint;
}

export interface Receipt {
  /** Spans, log records or data points taken. */
  readonly accepted: number;
  readonly refused: ReadonlyMap<RefusalReason, number>;
  /** Accepted, yet of no use here: log records without GenAI meaning, points of other metrics. */
  readonly not_used: number;
  readonly adjusted: ReadonlyMap<Adjustment, number>;
  /** Accepted spans by the dialect that claimed them; '' for those that gave no fact. */
  readonly dialects: ReadonlyMap<string, number>;
  /** The traces that got facts, with the span of time of those facts. */
  readonly touched: readonly TouchedTrace[];
}

/** Counts while a request is read. */
export class Tally {
  accepted = 0;
  not_used = 0;
  refused = new Map<RefusalReason, number>();
  adjusted = new Map<Adjustment, number>();
  dialects = new Map<string, number>();

  refuse(reason: RefusalReason, times = 1): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + times);
  }

  adjust(what: Adjustment, times = 1): void {
    this.adjusted.set(what, (this.adjusted.get(what) ?? 0) + times);
  }

  claim(dialect: string): void {
    this.dialects.set(dialect, (this.dialects.get(dialect) ?? 0) + 1);
  }

  receipt(touched: readonly TouchedTrace[]): Receipt {
    const { accepted, not_used, refused, adjusted, dialects } = this;
    return { accepted, refused, not_used, adjusted, dialects, touched };
  }
}
