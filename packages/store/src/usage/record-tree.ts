// Which records of a trace go with those that a deletion names: all beneath them, the other records of
// the same call, and sums of nothing but deleted calls. Pure; the tables are read elsewhere.

import type { LedgerRow } from '@spanledger/ledger';
import { groupBy } from './grouping.ts';
import { Tombstones, type RecordAt, type RecordKey } from '../deletion/tombstones.ts';

/** A record as it is stored, and where it hangs. A raw span without a fact is one, too. */
export interface StoredRecord extends RecordAt {
  readonly parent_span_id: string;
}

export type JudgedRecord = RecordAt &
  Pick<LedgerRow, 'role' | 'owner_trace_id' | 'owner_span_id'> & { readonly counted: number };

/** What is taken of some traces. */
export class RecordTree {
  readonly #records: ReadonlyMap<string, readonly StoredRecord[]>;
  readonly #children = new Map<string, StoredRecord[]>();
  readonly #before: Tombstones;
  /** The same names as in `#taken`, to be asked. */
  readonly #names = new Tombstones();
  readonly #taken = new Map<string, RecordAt>();

  /** `before`: what earlier deletions named already. */
  constructor(records: readonly StoredRecord[], before: Tombstones) {
    this.#records = groupBy(records, ({ trace_id }) => trace_id);
    this.#before = before;
    for (const record of records) {
      if (record.parent_span_id === '' || record.trace_id === '') continue;
      const key = `${record.trace_id}\n${record.parent_span_id}`;
      const known = this.#children.get(key);
      if (known === undefined) this.#children.set(key, [record]);
      else known.push(record);
    }
  }

  /** Whether it was taken here or before. */
  has(key: RecordKey): boolean {
    return this.#names.of(key) !== null || this.#before.of(key) !== null;
  }

  /** Whether it was taken here. */
  took(key: RecordKey): boolean {
    return this.#names.of(key) !== null;
  }

  /** One record; a span with the events on it. */
  take(record: RecordAt): void {
    const { trace_id, span_id, event_id, start_time } = record;
    if (this.has(record)) return;
    const key = { trace_id, span_id, event_id, start_time };
    this.#names.add(key, '');
    this.#taken.set([trace_id, span_id, event_id].join('\n'), key);
  }

  /** A record and all beneath it. */
  takeWithin(record: RecordAt): void {
    const waiting: RecordAt[] = [record];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      this.take(next);
      if (next.event_id === '') waiting.push(...this.#freshBeneath(next));
    }
  }

  /** Sums that had calls, and have none but deleted ones. */
  takeEmptiedSums(rows: readonly JudgedRecord[]): void {
    const counted = new Map<string, JudgedRecord[]>();
    for (const row of rows) {
      if (row.counted === 0) continue;
      const key = `${row.trace_id}\n${row.span_id}`;
      counted.set(key, [...(counted.get(key) ?? []), row]);
    }
    for (const row of rows) {
      if (row.role !== 'aggregate' || row.trace_id === '' || this.has(row)) continue;
      const calls = this.#callsBeneath(row, counted);
      if (calls.length > 0 && calls.every((call) => this.has(call))) this.take(row);
    }
  }

  /**
   * What was taken. Of a trace whose root is among it all else lies beneath, also what comes later: it
   * is named as a whole, where nothing is left of it.
   */
  taken(): { readonly keys: readonly RecordKey[]; readonly at: readonly RecordAt[] } {
    const at = [...this.#taken.values()];
    const keys: RecordKey[] = [];
    for (const [trace_id, own] of groupBy(at, (key) => key.trace_id)) {
      const records = this.#records.get(trace_id) ?? [];
      const rooted = records.some((one) => one.parent_span_id === '' && one.event_id === '');
      if (trace_id !== '' && rooted && records.every((one) => this.has(one))) {
        keys.push({ trace_id, span_id: '', event_id: '' });
      } else keys.push(...own);
    }
    return { keys, at };
  }

  #freshBeneath({ trace_id, span_id }: RecordKey): StoredRecord[] {
    if (trace_id === '' || span_id === '') return [];
    const beneath = this.#children.get(`${trace_id}\n${span_id}`) ?? [];
    return beneath.filter((record) => !this.has(record));
  }

  #callsBeneath(
    sum: RecordKey,
    counted: ReadonlyMap<string, readonly JudgedRecord[]>,
  ): JudgedRecord[] {
    const calls: JudgedRecord[] = [];
    const seen = new Set<string>([sum.span_id]);
    const waiting = [sum.span_id];
    for (let span = waiting.pop(); span !== undefined; span = waiting.pop()) {
      for (const { span_id } of this.#children.get(`${sum.trace_id}\n${span}`) ?? []) {
        if (seen.has(span_id)) continue;
        seen.add(span_id);
        calls.push(...(counted.get(`${sum.trace_id}\n${span_id}`) ?? []));
        waiting.push(span_id);
      }
    }
    return calls;
  }
}
