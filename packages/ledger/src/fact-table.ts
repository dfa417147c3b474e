// The columns of `genai_facts` while they are filled, and the way from a record and its draft to a
// row. Which columns there are is FACT_COLUMNS' business alone.

import { varintSize } from './bytes.ts';
import type { Doubt } from './doubts.ts';
import type { Draft } from './draft.ts';
import { FACT_COLUMNS, type Fact } from './fact.ts';
import type { DecodeLimits } from './limits.ts';
import type { MapRecord } from './record-view.ts';
import { NumberColumn } from './number-column.ts';
import { addDoubt, SaidColumns } from './said-columns.ts';
import { Table } from './table.ts';
import { cutText } from './text-cut.ts';
import { type TextPlace, TouchedTraces } from './touched-traces.ts';
import {
  prefixAt,
  SharedTextColumn,
  SharedTextListColumn,
  TextColumn,
  type ValueColumn,
  valueColumn,
} from './value-columns.ts';

/** What the walk knows of a record, beside the view: ids and version. */
export interface FactIdentity {
  traceId: TextPlace;
  spanId: TextPlace;
  parentSpanId: TextPlace;
  eventId: string;
  versionLow: number;
  versionHigh: number;
}

const STRUCTURAL = new Set<string>([
  'org_id',
  'trace_id',
  'span_id',
  'event_id',
  'parent_span_id',
  'version',
  'signal',
  'start_time',
  'duration_ns',
  'service_name',
  'environment',
  'scope_name',
  'name',
  'span_kind',
  'doubts',
]);

/** Upper words from here on are times that do not fit 64 signed bits. */
const SIGNED_END = 0x80000000;

export class FactTable {
  readonly table: Table;
  readonly #columns = new Map<string, ValueColumn>();
  readonly #limits: DecodeLimits;
  readonly #doubts: Doubt[] = [];
  readonly #said: SaidColumns;
  /** The traces that got facts in this request. */
  readonly touched: TouchedTraces;
  readonly org: SharedTextColumn;
  readonly traceId: TextColumn;
  readonly spanId: TextColumn;
  readonly parentSpanId: TextColumn;
  readonly eventId: TextColumn;
  readonly version: NumberColumn;
  readonly signal: SharedTextColumn;
  readonly start: NumberColumn;
  readonly duration: NumberColumn;
  readonly service: SharedTextColumn;
  readonly environment: SharedTextColumn;
  readonly scope: SharedTextColumn;
  readonly name: SharedTextColumn;
  readonly spanKind: SharedTextColumn;
  readonly doubts: SharedTextListColumn;

  constructor(limits: DecodeLimits, seed: number) {
    this.#limits = limits;
    this.#said = new SaidColumns(limits);
    this.touched = new TouchedTraces(seed);
    for (const { name, type } of FACT_COLUMNS) {
      const column = valueColumn(type, seed);
      this.#columns.set(name, column);
      if (!STRUCTURAL.has(name)) this.#said.include(name, column);
    }
    const columns = [...this.#columns].map(([name, column]) => ({ name, column }));
    this.table = new Table(
      columns,
      columns.flatMap(({ column }) => column.memory),
      columns.flatMap(({ column }) => column.dictionary ?? []),
    );
    this.org = this.#of('org_id', SharedTextColumn);
    this.traceId = this.#of('trace_id', TextColumn);
    this.spanId = this.#of('span_id', TextColumn);
    this.parentSpanId = this.#of('parent_span_id', TextColumn);
    this.eventId = this.#of('event_id', TextColumn);
    this.version = this.#of('version', NumberColumn);
    this.signal = this.#of('signal', SharedTextColumn);
    this.start = this.#of('start_time', NumberColumn);
    this.duration = this.#of('duration_ns', NumberColumn);
    this.service = this.#of('service_name', SharedTextColumn);
    this.environment = this.#of('environment', SharedTextColumn);
    this.scope = this.#of('scope_name', SharedTextColumn);
    this.name = this.#of('name', SharedTextColumn);
    this.spanKind = this.#of('span_kind', SharedTextColumn);
    this.doubts = this.#of('doubts', SharedTextListColumn);
  }

  #of<C>(name: keyof Fact, kind: abstract new (...args: never[]) => C): C {
    const column = this.#columns.get(name);
    if (!(column instanceof kind)) throw new TypeError(`fact column ${name} has another type`);
    return column;
  }

  /** Writes the row of a record that a dialect has claimed. */
  add(record: MapRecord, draft: Draft, identity: FactIdentity): void {
    const doubts = this.#doubts;
    if (doubts.length > 0) doubts.length = 0;
    for (let i = 0; i < draft.doubts.length; i++) doubts.push(draft.doubts[i]!);
    for (let i = 0; i < record.doubts.length; i++) addDoubt(doubts, record.doubts[i]!);
    this.#addIdentity(record, identity);
    this.#addTimes(record, draft, identity.traceId, doubts);
    const row = this.table.rows;
    this.#said.add(draft, record.map, row, doubts);
    if (doubts.length > 0) this.#said.addList(this.doubts, doubts, row);
    this.table.rows++;
  }

  #addIdentity(record: MapRecord, identity: FactIdentity): void {
    copyPlace(this.traceId, identity.traceId);
    copyPlace(this.spanId, identity.spanId);
    copyPlace(this.parentSpanId, identity.parentSpanId);
    this.eventId.add(identity.eventId);
    this.version.addPair(identity.versionLow, identity.versionHigh);
    this.name.add(this.#cut(record.name));
    this.spanKind.add(record.spanKind);
  }

  /** All records of a scope have been added: their rows get what they share. */
  endScope(record: MapRecord): void {
    this.#fill(this.scope, this.#cut(record.scope));
    this.#fill(this.signal, record.signal);
  }

  /** All records of a resource have been added. */
  endResource(org: string, service: string, environment: string): void {
    this.#fill(this.org, org);
    this.#fill(this.service, this.#cut(service));
    this.#fill(this.environment, this.#cut(environment));
  }

  #fill({ ids, dictionary }: SharedTextColumn, text: string): void {
    const missing = this.table.rows - ids.n;
    if (missing > 0) ids.fill(dictionary.internText(text), missing);
  }

  #addTimes(record: MapRecord, draft: Draft, trace: TextPlace, doubts: Doubt[]): void {
    const { startLow, startHigh, endLow, endHigh } = record;
    const forward = endHigh > startHigh || (endHigh === startHigh && endLow >= startLow);
    const own = draft.start_time !== null || draft.duration_ns !== null;
    if (!own && forward && endHigh < SIGNED_END) {
      const borrow = endLow < startLow ? 1 : 0;
      this.start.addPair(startLow, startHigh);
      this.duration.addPair((endLow - startLow) >>> 0, endHigh - startHigh - borrow);
      this.touched.add(trace, startLow, startHigh, endLow, endHigh);
      return;
    }
    const length_ns = forward ? record.endTime - record.startTime : 0n;
    const duration_ns = draft.duration_ns ?? length_ns;
    if (!forward && draft.duration_ns === null) addDoubt(doubts, 'ends_before_start');
    this.start.add(draft.start_time ?? record.startTime);
    this.duration.add(duration_ns < 0n ? 0n : duration_ns);
    const start = this.start.lastBig();
    this.touched.widen(trace, start, start + this.duration.lastBig());
  }

  #cut(text: string): string {
    return cutText(text, this.#limits.fact_text_bytes);
  }

  /** Rows that left a field out get it now; before anything reads whole columns. */
  #complete(): void {
    for (const column of this.#columns.values()) column.fillTo(this.table.rows);
  }

  parts(): Uint8Array[] {
    this.#complete();
    return this.table.parts();
  }

  read(): Fact[] {
    this.#complete();
    const columns = [...this.#columns].map(([name, column]) => [name, column.values()] as const);
    // Copies of one template have all their fields at once; grown field by field, objects are slow.
    const template: Record<string, unknown> = Object.fromEntries(
      columns.map(([name]) => [name, null]),
    );
    return Array.from({ length: this.table.rows }, (_, row) => {
      const fact = { ...template };
      for (const [name, values] of columns) fact[name] = values[row];
      return fact as unknown as Fact;
    });
  }
}

/** Appends a text that already lies in another column. */
export function copyPlace(column: TextColumn, place: TextPlace): void {
  const { u8 } = place.bytes;
  const length = prefixAt(u8, place.at);
  column.bytes.copyFrom(place.bytes, place.at, place.at + varintSize(length) + length);
}
