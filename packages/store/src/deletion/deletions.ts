// Carries deletions out, step by step: finds and names what they cover, derives what that changes again,
// and removes the rows. Each step may be repeated: a service that died goes on where the table says.

import type { Connection } from '../clickhouse/connection.ts';
import {
  createDeletion,
  isByTime,
  readDeletions,
  readUnfinished,
  updateDeletion,
  type Deletion,
  type DeletionRequest,
} from './deletion.ts';
import { listedTraces, markPage, type ListedPlace } from './deletion-marks.ts';
import { pagesOf } from './deletion-pages.ts';
import type { DirtyTrace } from '../settle/dirty-traces.ts';
import { placesHere, recordsIn, rowsWithin } from './deletion-places.ts';
import { removeDeleted, type RemovalReport } from './removal.ts';
import { settleTraces, type Settle } from '../settle/settle-traces.ts';
import type { Saved } from '../settle/settlement.ts';
import {
  BATCH_CONDITION,
  batchParameters,
  batchesOf,
  hoursOf,
  keyOf,
} from '../settle/trace-hours.ts';
import type { UnitLimits } from '../settle/units.ts';

/** Rows that would be deleted, by table. */
export type DeletionCounts = Readonly<Record<string, number>>;

/** Whoever works on a deletion touches it at each page; after this long another may take it over. */
const UNTOUCHED_NS = 15_000_000_000n;
const TRACES_PER_PAGE = 500;

export class Deletions {
  readonly #connection: Connection;
  readonly #limits: UnitLimits;
  readonly #mark: (minutes: Saved['minutes']) => void;

  /** `mark` is told the minutes that changed. */
  constructor(
    connection: Connection,
    limits: UnitLimits,
    mark: (minutes: Saved['minutes']) => void,
  ) {
    this.#connection = connection;
    this.#limits = limits;
    this.#mark = mark;
  }

  /** Durable when it resolves; nothing is deleted yet. */
  ask(request: DeletionRequest, tombstone_days: number): Promise<Deletion> {
    return createDeletion(this.#connection, request, tombstone_days);
  }

  /** The latest first; of one organisation, and one deletion where `deletion_id` is not ''. */
  list(org_id: string, deletion_id = ''): Promise<Deletion[]> {
    return readDeletions(this.#connection, org_id, deletion_id);
  }

  /** What is to be worked on and is not in another's hands. `own`: those that this process works on. */
  async unfinished(): Promise<Deletion[]> {
    const now = await this.#connection.serverTime();
    return readUnfinished(this.#connection, now - UNTOUCHED_NS);
  }

  /** Counts the rows that a deletion of now would take, and changes nothing. */
  async count(request: DeletionRequest): Promise<DeletionCounts> {
    const connection = this.#connection;
    const { org_id, kind, from_ns, to_ns } = request;
    const asked_at = await connection.serverTime();
    const places = await placesHere(connection);
    const counts: Record<string, number> = {};
    for (const { table } of places) counts[table] = 0;
    const from_time = kind === 'range' ? from_ns : 0n;
    const to_time = kind === 'range' ? to_ns : asked_at;
    if (isByTime(kind)) {
      for (const place of places) {
        counts[place.table] = await rowsWithin(connection, place, org_id, from_time, to_time);
      }
    }
    const seen = new Set<string>();
    const subject = { ...request, from_time, to_time, asked_at };
    for await (const page of kind === 'range' ? [] : pagesOf(connection, subject)) {
      if (page.keys.length === 0) continue;
      const hours = await hoursOf(connection, org_id, page.traces);
      const fresh = hours.filter((trace) => !seen.has(keyOf(trace)));
      for (const place of places) {
        const records = await recordsIn(connection, place, fresh);
        const own = records.filter((record) => page.takes(record));
        counts[place.table] = (counts[place.table] ?? 0) + own.length;
      }
      for (const trace of fresh) seen.add(keyOf(trace));
    }
    return counts;
  }

  /**
   * Until all that the deletion changes is derived again; the roll-ups are the caller's. Ends early,
   * with null, where `stopped` says so.
   */
  async carryOut(
    given: Deletion,
    settle: Settle,
    stopped: () => boolean,
  ): Promise<Deletion | null> {
    // As it stands: an attempt before this one may have broken off anywhere.
    const { org_id, deletion_id } = given;
    const [asked = given] = await readDeletions(this.#connection, org_id, deletion_id);
    let deletion: Deletion | null = asked;
    if (deletion.state === 'listing') deletion = await this.#name(deletion, settle, stopped);
    if (deletion === null) return null;
    // Begun by nobody before, record by record: each page was derived again right after it was named.
    const whole = asked.version === asked.asked_at && !isByTime(asked.kind);
    return whole ? deletion : this.#settleListed(deletion, settle, stopped);
  }

  /** Totals have followed: what is left is to remove the rows. */
  followed(deletion: Deletion): Promise<Deletion> {
    return updateDeletion(this.#connection, deletion, { state: 'removing' });
  }

  /** Begins the removal of all these in one batch, or sees that nothing is left of them. */
  async remove(deletions: readonly Deletion[]): Promise<RemovalReport> {
    const report = await removeDeleted(this.#connection, deletions);
    if (!report.done) return report;
    for (const { org_id, deletion_id } of deletions) {
      const [now] = await readDeletions(this.#connection, org_id, deletion_id);
      // What came back meanwhile was opened again, and has a later version.
      if (now?.state === 'removing') {
        await updateDeletion(this.#connection, now, { state: 'done' });
      }
    }
    return report;
  }

  async #name(asked: Deletion, settle: Settle, stopped: () => boolean): Promise<Deletion | null> {
    const nothing = { traces: 0n, records: 0n, settled: 0n };
    let deletion = await updateDeletion(this.#connection, asked, nothing);
    for await (const page of pagesOf(this.#connection, deletion)) {
      if (stopped()) return null;
      const changed = await markPage(this.#connection, deletion, page, this.#limits);
      const holds = !isByTime(deletion.kind);
      if (holds) await this.#settle(deletion.org_id, changed, settle);
      deletion = await updateDeletion(this.#connection, deletion, {
        traces: deletion.traces + BigInt(changed.length),
        records: deletion.records + BigInt(page.keys.length),
        settled: deletion.settled + BigInt(holds ? changed.length : 0),
      });
    }
    return updateDeletion(this.#connection, deletion, { state: 'settling' });
  }

  async #settleListed(
    listed: Deletion,
    settle: Settle,
    stopped: () => boolean,
  ): Promise<Deletion | null> {
    let deletion = await updateDeletion(this.#connection, listed, { settled: 0n });
    let after: ListedPlace | null = null;
    do {
      if (stopped()) return null;
      const page: Awaited<ReturnType<typeof listedTraces>> = await listedTraces(
        this.#connection,
        deletion,
        after,
        TRACES_PER_PAGE,
      );
      await this.#settle(deletion.org_id, page.traces, settle);
      const settled = deletion.settled + BigInt(page.traces.length);
      deletion = await updateDeletion(this.#connection, deletion, { settled });
      after = page.next;
    } while (after !== null);
    return deletion;
  }

  async #settle(org_id: string, traces: readonly DirtyTrace[], settle: Settle): Promise<void> {
    if (traces.length === 0) return;
    await settleTraces(this.#connection, traces, settle, this.#limits, 'alone');
    this.#mark(await this.#minutesOf(org_id, traces));
  }

  /** Also those of rows that a process wrote which died before it summed them anew. */
  async #minutesOf(org_id: string, traces: readonly DirtyTrace[]): Promise<Saved['minutes']> {
    const minutes: { org_id: string; time_s: number }[] = [];
    for (const batch of batchesOf(await hoursOf(this.#connection, org_id, traces))) {
      const rows = await this.#connection.rows(
        `SELECT DISTINCT toUnixTimestamp(minute) AS time_s FROM ledger WHERE ${BATCH_CONDITION}`,
        batchParameters(batch),
      );
      for (const row of rows) minutes.push({ org_id, time_s: Number(row['time_s']) });
    }
    return minutes;
  }
}
