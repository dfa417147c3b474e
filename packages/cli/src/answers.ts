// What the REST API answers, as far as the command reads it, and how its figures become the
// columns of a table. Whole numbers arrive as numbers or, where they may be large, as text.

import { INPUT_CLASSES, OUTPUT_CLASSES, type TokenClass } from '@spanledger/ledger';
import type { Figures } from './token-columns.ts';
import type { TreeRow } from './trace-tree.ts';

export type Whole = number | string | null;

export type Classes = Readonly<Record<TokenClass, Whole>>;

/** One row of the ledger. */
export interface LedgerAnswer extends Classes {
  readonly trace_id: string;
  readonly span_id: string;
  readonly event_id: string;
  readonly parent_span_id: string;
  readonly agent_span_id: string;
  readonly agent_name: string;
  readonly kind: string;
  readonly operation: string;
  readonly name: string;
  readonly request_model: string;
  readonly response_model: string;
  readonly response_id: string;
  readonly tool_name: string;
  /** Nanoseconds since 1970. */
  readonly start_time: string;
  readonly duration_ns: string;
  readonly role: string;
  readonly counted: boolean;
  readonly rule: string;
  readonly doubts: readonly string[];
  readonly status: string;
  readonly error_type: string;
  readonly attempts: number | null;
  readonly usage_reason: string;
  readonly cost_reason: string;
  readonly cost_usd: string | null;
}

const NS_PER_MS = 1e6;
/** Follows from a usage reason, which says more. */
export const NO_USAGE = 'no_usage';

/** Of a call or of a sum: what is not known is null in both. */
export function figuresOf(row: Classes & { readonly cost_usd: string | null }): Figures {
  return {
    tokens: {
      input_total: sum(row, INPUT_CLASSES),
      cache_read: whole(row.cache_read),
      cache_write: sum(row, ['cache_write_5m', 'cache_write_1h']),
      output_total: sum(row, OUTPUT_CLASSES),
      reasoning: whole(row.reasoning),
    },
    cost_usd: row.cost_usd,
  };
}

/** Null only where no class is known. */
function sum(row: Classes, names: readonly TokenClass[]): number | null {
  const known = names.flatMap((name) => whole(row[name]) ?? []);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

export function whole(value: Whole | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

export function treeRowOf(row: LedgerAnswer): TreeRow {
  return {
    ...figuresOf(row),
    span_id: row.span_id,
    event_id: row.event_id,
    parent_span_id: row.parent_span_id,
    agent_span_id: row.agent_span_id,
    kind: row.kind,
    name: nameOf(row),
    start_ns: BigInt(row.start_time),
    duration_ms: Number(row.duration_ns) / NS_PER_MS,
    role: row.role,
    counted: row.counted,
    note: noteOf(row),
  };
}

function nameOf(row: LedgerAnswer): string {
  if (row.kind === 'agent') return row.agent_name || row.name;
  if (row.kind === 'tool') return row.tool_name || row.name;
  return row.request_model || row.response_model || row.name;
}

/** Reasons in the words of coverage; doubts apart, because they take nothing from a sum. */
function noteOf(row: LedgerAnswer): string {
  const { attempts, status, error_type, doubts } = row;
  return [
    attempts !== null && attempts > 1 ? `${attempts} attempts` : '',
    status === 'error' ? error_type || 'error' : '',
    ...reasonsOf(row),
    doubts.length > 0 ? `doubts: ${doubts.join(', ')}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** Why usage and why cost are not known; a cost reason that only repeats the other is left out. */
export function reasonsOf(row: {
  readonly usage_reason: string | null;
  readonly cost_reason: string | null;
}): string[] {
  const cost = row.cost_reason === NO_USAGE ? null : row.cost_reason;
  return [...new Set([row.usage_reason, cost])].flatMap((reason) => reason || []);
}

/** A currency of the price file, where one was asked for: its rate is fixed, and of a day. */
export interface RateAnswer {
  readonly code: string;
  readonly per_usd: string;
  readonly date: string;
}

/** Sums of calls; of an adjustment they may be less than nothing. */
export interface SumsAnswer extends Classes {
  readonly [column: string]: unknown;
  readonly calls: Whole;
  readonly call_errors: Whole;
  readonly tool_errors: Whole;
  readonly tool_calls: Whole;
  readonly cost_usd: string | null;
  /** In the currency that was asked for. */
  readonly cost?: string | null;
}

/** `GET /api/v1/bill`. */
export interface BillAnswer {
  readonly from: string;
  readonly to: string;
  readonly by: readonly string[];
  readonly rows: readonly SumsAnswer[];
  readonly adjustments: readonly (SumsAnswer & {
    readonly month: string;
    readonly booked_on: string;
  })[];
  readonly used: SumsAnswer;
  readonly adjusted: SumsAnswer;
  readonly billed: SumsAnswer;
}

/** One row of `GET /api/v1/usage`: the dimensions that were asked for, and the sums. */
export interface UsageAnswer extends SumsAnswer {
  readonly duration_ns: Whole;
}
