// The facts of one organisation, asked of ClickHouse.

import { TupleParam } from '@clickhouse/client';
import { FACT_COLUMNS, type Fact, type Outline } from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import type {
  BesideSearch,
  EventSearch,
  FactSource,
  Sighting,
  SpanSearch,
  Sum,
  Window,
} from './fact-source.ts';
import { readNative } from '../clickhouse/native-reader.ts';
import { DeletedRecords, type RecordAt } from '../deletion/tombstones.ts';
import {
  BATCH_CONDITION,
  HOUR_S,
  LAST_S,
  batchParameters,
  batchesOf,
  hourOf,
  hoursOf,
  type TraceHours,
} from './trace-hours.ts';

/** Of one id; an id that was seen more often tells no calls apart. */
const SIGHTINGS_PER_ID_MAX = 20_000;

/** Of a service and a minute; those that surely have no place come first. */
const BESIDE_PER_MINUTE_MAX = 10_000;

const OUTLINE_NAMES: readonly (keyof Outline)[] = [
  'trace_id',
  'span_id',
  'event_id',
  'version',
  'parent_span_id',
  'signal',
  'kind',
  'marks',
  'input_tokens',
  'output_tokens',
];

const SUM_NAMES = [...OUTLINE_NAMES, 'org_id', 'service_name', 'start_time', 'duration_ns'].join(
  ', ',
);

const FACT_NAMES = FACT_COLUMNS.map(({ name }) => name).join(', ');

export class StoredFacts implements FactSource {
  readonly #connection: Connection;
  readonly #org_id: string;
  #deleted: Promise<DeletedRecords> | null = null;

  /** `deletes`: false where the organisation never deleted anything. */
  constructor(connection: Connection, org_id: string, deletes: boolean) {
    this.#connection = connection;
    this.#org_id = org_id;
    if (!deletes) this.#deleted = Promise.resolve(DeletedRecords.none(connection, org_id));
  }

  #deletedRecords(): Promise<DeletedRecords> {
    return (this.#deleted ??= DeletedRecords.read(this.#connection, this.#org_id));
  }

  /** What deletions cover is not there, whether or not its rows are removed. */
  async #kept<Row extends RecordAt>(rows: Row[]): Promise<Row[]> {
    return (await this.#deletedRecords()).keep(rows);
  }

  hoursOf(dirty: readonly DirtyTrace[]): Promise<TraceHours[]> {
    return hoursOf(this.#connection, this.#org_id, dirty);
  }

  async sizesOf(traces: readonly TraceHours[]): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    // One by one only where some of them may be deleted.
    const { any } = await this.#deletedRecords();
    const each = 'span_id, event_id, any(start_time) AS start_time, toUInt8(1) AS facts';
    const together = 'uniqExact(span_id, event_id) AS facts';
    for (const batch of batchesOf(traces)) {
      const bytes = await this.#connection.native(
        `SELECT trace_id, ${any ? each : together} FROM genai_facts WHERE ${BATCH_CONDITION}
         GROUP BY trace_id ${any ? ', span_id, event_id' : ''}`,
        batchParameters(batch),
      );
      const rows = readNative<RecordAt & { facts: bigint | number }>(bytes);
      for (const { trace_id, facts } of any ? await this.#kept(rows) : rows) {
        sizes.set(trace_id, (sizes.get(trace_id) ?? 0) + Number(facts));
      }
    }
    return sizes;
  }

  async factsOf(traces: readonly TraceHours[], response_ids?: readonly string[]): Promise<Fact[]> {
    const facts: Fact[] = [];
    const some = response_ids !== undefined;
    const condition = some ? 'AND response_id IN {ids:Array(String)}' : '';
    for (const batch of batchesOf(traces)) {
      const sql = `SELECT ${FACT_NAMES} FROM genai_facts WHERE ${BATCH_CONDITION} ${condition}`;
      const parameters = { ...batchParameters(batch), ...(some ? { ids: response_ids } : {}) };
      const read = readNative<Fact>(await this.#connection.native(sql, parameters));
      for (const fact of await this.#kept(read)) facts.push(fact);
    }
    return facts;
  }

  async sightingsOf(
    ids: readonly string[],
    first_hour_s: number,
    last_hour_s: number,
  ): Promise<Sighting[]> {
    const hours = {
      org: this.#org_id,
      first_hour_s: Math.max(0, first_hour_s),
      last_hour_s: Math.min(LAST_S, last_hour_s),
    };
    const several = await this.#seenBySeveral(ids, hours);
    if (several.length === 0) return [];
    const bytes = await this.#connection.native(
      `SELECT DISTINCT trace_id, span_id, event_id, response_id, start_time, service_name,
         scope_name, toUInt8(event_id != '') AS event FROM genai_facts
       WHERE org_id = {org:String} AND response_id IN {ids:Array(String)} AND ${IN_HOURS}
       ORDER BY response_id, start_time, trace_id LIMIT ${SIGHTINGS_PER_ID_MAX} BY response_id`,
      { ...hours, ids: several },
    );
    return this.#kept(readNative<Sighting & RecordAt>(bytes));
  }

  /** Of these ids those that more than one trace saw, or any record without one: few of all. */
  async #seenBySeveral(
    ids: readonly string[],
    hours: Record<string, unknown>,
  ): Promise<readonly string[]> {
    const bytes = await this.#connection.native(
      `SELECT response_id FROM genai_facts
       WHERE org_id = {org:String} AND response_id IN {ids:Array(String)} AND ${IN_HOURS}
       GROUP BY response_id HAVING min(trace_id) != max(trace_id) OR min(trace_id) = ''`,
      { ...hours, ids },
    );
    return readNative<{ response_id: string }>(bytes).map(({ response_id }) => response_id);
  }

  async spansNear(search: SpanSearch): Promise<Fact[]> {
    const parts = spanParts(search);
    if (parts.length === 0) return [];
    const condition = `signal = 'span' AND (${parts.map(([text]) => text).join(' OR ')})`;
    const parameters = Object.assign({}, ...parts.map(([, own]) => own));
    // Most often there is none, and to say so over all columns costs twice as much as over one.
    const any = await this.#nearest(search, condition, parameters, 'trace_id', 'LIMIT 1');
    return any.length === 0 ? [] : this.#near(search, condition, parameters);
  }

  async eventsNear(search: EventSearch): Promise<Fact[]> {
    const { event_services, event_conversations, emitter_event_ids } = search;
    const names = { event_services, event_conversations, emitter_event_ids };
    if (Object.values(names).every(({ length }) => length === 0)) return [];
    return this.#near(
      search,
      `trace_id = '' AND signal = 'log' AND ${IS_CALL} AND (
         service_name IN {event_services:Array(String)}
         OR conversation_id IN {event_conversations:Array(String)}
         OR emitter_event_id IN {emitter_event_ids:Array(String)})`,
      names,
    );
  }

  /** They are a range of the table's key. */
  async hasLooseEvents(windows: readonly Window[]): Promise<boolean> {
    const bytes = await this.#connection.native(
      `SELECT toUInt8(1) AS any FROM genai_facts
       WHERE org_id = {org:String} AND trace_id = '' AND ${IN_HOURS} LIMIT 1`,
      { org: this.#org_id, ...hoursAround(windows) },
    );
    return readNative(bytes).length > 0;
  }

  callsBeside({ windows, services }: BesideSearch): Promise<Fact[]> {
    const order = `ORDER BY parent_span_id != '', start_time, trace_id, span_id, event_id
      LIMIT ${BESIDE_PER_MINUTE_MAX} BY service_name, toStartOfMinute(start_time, 'UTC')`;
    const condition = `${IS_CALL} AND service_name IN {services:Array(String)}`;
    return this.#near({ windows }, condition, { services }, FACT_NAMES, order);
  }

  sumsBeside({ windows, services }: BesideSearch): Promise<Sum[]> {
    const condition = 'is_sum AND service_name IN {services:Array(String)}';
    return this.#near({ windows }, condition, { services }, SUM_NAMES);
  }

  async outlinesOf(traces: readonly TraceHours[]): Promise<Outline[]> {
    const outlines: Outline[] = [];
    for (const batch of batchesOf(traces)) {
      const bytes = await this.#connection.native(
        `SELECT ${OUTLINE_NAMES.join(', ')}, start_time FROM genai_facts
         WHERE ${BATCH_CONDITION} AND signal = 'span'`,
        batchParameters(batch),
      );
      const read = readNative<Outline & RecordAt>(bytes);
      for (const outline of await this.#kept(read)) outlines.push(outline);
    }
    return outlines;
  }

  async #near<Row extends RecordAt = Fact>(
    search: Pick<BesideSearch, 'windows'>,
    condition: string,
    parameters: Record<string, unknown>,
    names = FACT_NAMES,
    order = '',
  ): Promise<Row[]> {
    return this.#kept(await this.#nearest<Row>(search, condition, parameters, names, order));
  }

  /** Deleted records included. */
  async #nearest<Row>(
    { windows }: Pick<BesideSearch, 'windows'>,
    condition: string,
    parameters: Record<string, unknown>,
    names: string,
    order: string,
  ): Promise<Row[]> {
    const bytes = await this.#connection.native(
      `SELECT ${names} FROM genai_facts
       WHERE org_id = {org:String} AND ${condition}
         AND ${IN_HOURS}
         AND arrayExists((first, last) -> toUnixTimestamp64Nano(start_time) <= last
           AND toUnixTimestamp64Nano(start_time) + toInt64(duration_ns) >= first,
           {firsts:Array(Int64)}, {lasts:Array(Int64)})
       ${order}`,
      {
        ...parameters,
        org: this.#org_id,
        ...hoursAround(windows),
        firsts: windows.map(({ first_ns }) => first_ns),
        lasts: windows.map(({ last_ns }) => last_ns),
      },
    );
    return readNative<Row>(bytes);
  }
}

/** What began more than an hour before a window is not looked for, though it may still be under way. */
function hoursAround(windows: readonly Window[]): { first_hour_s: number; last_hour_s: number } {
  let { first_ns: first, last_ns: last } = windows[0]!;
  for (const { first_ns, last_ns } of windows) {
    if (first_ns < first) first = first_ns;
    if (last_ns > last) last = last_ns;
  }
  return { first_hour_s: Math.max(0, hourOf(first) - HOUR_S), last_hour_s: hourOf(last) };
}

const IN_HOURS = `hour >= toDateTime({first_hour_s:UInt32}, 'UTC')
  AND hour <= toDateTime({last_hour_s:UInt32}, 'UTC')`;

const IS_CALL = "kind IN ('llm', 'embedding', 'rerank', 'evaluation')";

const MAY_BE_PAIR = `(service_name, scope_name) NOT IN {scopes:Array(Tuple(String, String))}
  AND (response_id = '' OR service_name IN {without_id:Array(String)})
  AND (seeks_others OR service_name IN {seeking:Array(String)})`;

const MAY_BE_ROOTS = `parent_span_id = '' AND service_name IN {roots:Array(String)}
  AND (seeks_others OR service_name IN {seeking_roots:Array(String)})`;

function spanParts(search: SpanSearch): [text: string, parameters: Record<string, unknown>][] {
  const { pairs, span_event_ids, span_conversations: conversations } = search;
  const parts: [string, Record<string, unknown>][] = [];
  if (pairs.services.length > 0) {
    const beside = `${MAY_BE_PAIR} OR ${MAY_BE_ROOTS}`;
    const condition = `${IS_CALL} AND service_name IN {services:Array(String)} AND (${beside})`;
    const scopes = pairs.scopes.map((place) => new TupleParam(place));
    parts.push([condition, { ...pairs, scopes }]);
  }
  if (span_event_ids.length > 0) {
    parts.push([`emitter_event_id IN {event_ids:Array(String)}`, { event_ids: span_event_ids }]);
  }
  if (conversations.length > 0) {
    parts.push(['conversation_id IN {conversations:Array(String)}', { conversations }]);
  }
  return parts;
}
