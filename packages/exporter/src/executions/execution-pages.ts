// Pages of executions and of model calls, the latest first.

import type {
  ExecutionAt,
  ExecutionFilters,
  ModelCall,
  ModelCallFilters,
  Period,
} from '@spanledger/store';
import { SpanledgerError } from '@spanledger/ledger';
import { EXECUTIONS_MAX } from '../routes/execution-parameters.ts';
import { pageOf, readCursor } from '../routes/paging.ts';
import type { Stages } from '../stages.ts';
import { RUNNING } from './execution-answer.ts';

const USUAL = 50;
/** What ClickHouse's Int64 can hold. */
const TIME_MAX_NS = 2n ** 63n - 1n;

interface PageAsked {
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly limit: number;
  readonly offset: number;
  /** Null at the end of the list. */
  readonly next_cursor: string | null;
}

/** What people say for several statuses, or in other words. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  started: RUNNING,
  completed: ['success'],
  error: ['failed'],
  canceled: ['cancelled'],
};

export function statusesOf(said: string | undefined): readonly string[] {
  return said === undefined ? [] : (SAID[said] ?? [said]);
}

export async function executionsPage(
  { store, config }: Stages,
  asked: Period & {
    readonly [Name in keyof ExecutionFilters]?: ExecutionFilters[Name] | undefined;
  },
  page: PageAsked,
): Promise<Page<ExecutionAt>> {
  const { limit, offset } = sizeOf(page);
  const after = readCursor(page.cursor, 3);
  const place =
    after === null ? {} : { before_ns: after[0]!, before_trace: after[1]!, before_span: after[2]! };
  const found = await store.ask('executions', {
    ...given(asked),
    ...checked(place),
    ...{ limit: limit + 1, offset, abandoned_ms: config.abandoned_ms },
  });
  const { rows, next_cursor } = pageOf(found, limit, (row) => [
    ...[String(row.start_ns), row.trace_id, row.span_id],
  ]);
  // The longest first is another order than that of the cursor.
  return { rows, limit, offset, next_cursor: asked.slower_ms === undefined ? next_cursor : null };
}

export async function callsPage(
  { store }: Stages,
  asked: Period & {
    readonly [Name in keyof ModelCallFilters]?: ModelCallFilters[Name] | undefined;
  },
  page: PageAsked,
): Promise<Page<ModelCall>> {
  const { limit, offset } = sizeOf(page);
  const after = readCursor(page.cursor, 4);
  const place =
    after === null
      ? {}
      : {
          ...{ before_ns: after[0]!, before_trace: after[1]! },
          ...{ before_span: after[2]!, before_event: after[3]! },
        };
  const found = await store.ask('model_calls', {
    ...given(asked),
    ...checked(place),
    ...{ limit: limit + 1, offset },
  });
  const paged = pageOf(found, limit, (row) => [
    ...[String(row.start_ns), row.trace_id, row.span_id, row.event_id],
  ]);
  return { ...paged, limit, offset };
}

function sizeOf({ limit = USUAL, offset = 0, cursor }: PageAsked): {
  readonly limit: number;
  readonly offset: number;
} {
  if (cursor !== undefined && offset > 0) {
    throw new SpanledgerError('invalid_parameter', 'offset and cursor exclude each other');
  }
  return { limit: Math.min(limit, EXECUTIONS_MAX), offset };
}

/** Without what was left out. */
function given<Asked extends object>(
  asked: Asked,
): { [Name in keyof Asked]: NonNullable<Asked[Name]> } {
  const named = Object.entries(asked).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named) as { [Name in keyof Asked]: NonNullable<Asked[Name]> };
}

/** Whoever changes a cursor is told so here, and not by ClickHouse. */
function checked<Place extends { readonly before_ns?: string }>(place: Place): Place {
  const { before_ns = '0' } = place;
  if (/^\d{1,19}$/.test(before_ns) && BigInt(before_ns) <= TIME_MAX_NS) return place;
  throw new SpanledgerError('invalid_parameter', 'cursor; allowed: the "next_cursor" of a page');
}
