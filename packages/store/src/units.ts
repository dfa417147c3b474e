// Reads what settles together: the facts of dirty traces, and of the traces of the same
// organisation that saw the same response id within an hour. Bounded in rounds, traces and facts;
// every bound that was reached is counted.

import { FACT_COLUMNS, type Fact } from '@spanledger/ledger';
import type { Connection } from './connection.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import { compare, groupBy, piecesBySize } from './grouping.ts';
import { readNative } from './native-reader.ts';
import {
  BATCH_CONDITION,
  HOUR_S,
  LAST_S,
  batchParameters,
  batchesOf,
  hourOf,
  hoursOf,
  keyOf,
  traceKey,
  type TraceHours,
} from './trace-hours.ts';

export interface UnitLimits {
  /** How far apart two records of one call may be. */
  readonly response_window_ns: bigint;
  readonly join_rounds_max: number;
  /** Traces that shared response ids may add to one reading. */
  readonly joined_traces_max: number;
  readonly facts_max: number;
}

export const UNIT_LIMITS: UnitLimits = {
  response_window_ns: 3_600_000_000_000n,
  join_rounds_max: 3,
  joined_traces_max: 1_000,
  facts_max: 1_000_000,
};

export interface Unit {
  readonly org_id: string;
  readonly traces: readonly TraceHours[];
  readonly facts: readonly Fact[];
}

export interface UnitReading {
  readonly units: readonly Unit[];
  readonly facts: number;
  /** How often a bound kept traces apart that share a response id. */
  readonly bounds_reached: number;
}

/** ClickHouse takes parameters of up to 128 KiB, as they are written in an address. */
const IDS_PER_QUERY_BYTES = 120_000;
/** No provider's id comes near; longer ones join nothing. */
const RESPONSE_ID_LENGTH_MAX = 256;
const FACT_NAMES = FACT_COLUMNS.map(({ name }) => name).join(', ');

export async function readUnits(
  connection: Connection,
  dirty: readonly DirtyTrace[],
  limits: UnitLimits = UNIT_LIMITS,
): Promise<UnitReading> {
  const byOrganisation = groupBy(dirty, ({ org_id }) => org_id);
  const units: Unit[] = [];
  let facts = 0;
  let bounds_reached = 0;
  for (const [org_id, own] of byOrganisation) {
    const reading = new OrganisationReading(connection, org_id, limits);
    await reading.read(own);
    for (const unit of reading.units()) units.push(unit);
    facts += reading.factCount;
    bounds_reached += reading.boundsReached;
  }
  return { units, facts, bounds_reached };
}

interface Sighting {
  readonly key: string;
  readonly trace_id: string;
  readonly time_ns: bigint;
}

class OrganisationReading {
  factCount = 0;
  boundsReached = 0;
  readonly #connection: Connection;
  readonly #org_id: string;
  readonly #limits: UnitLimits;
  readonly #traces = new Map<string, { hours: TraceHours; facts: Map<string, Fact> }>();
  readonly #above = new Map<string, string>();

  constructor(connection: Connection, org_id: string, limits: UnitLimits) {
    this.#connection = connection;
    this.#org_id = org_id;
    this.#limits = limits;
  }

  async read(dirty: readonly DirtyTrace[]): Promise<void> {
    let next = await this.#add(dirty);
    for (let round = 1; next.length > 0; round++) {
      const sightings = sightingsOf(next.flatMap((key) => this.#factsOf(key)));
      const found = await this.#join(sightings);
      if (found.length === 0) return;
      if (round > this.#limits.join_rounds_max || !this.#hasRoomFor(found)) {
        this.boundsReached++;
        return;
      }
      next = await this.#add(found);
      this.#unite(sightings, found);
    }
  }

  *units(): Generator<Unit> {
    const groups = groupBy(this.#traces.keys(), (key) => this.#rootOf(key));
    for (const keys of groups.values()) {
      const traces = keys.toSorted(compare);
      yield {
        org_id: this.#org_id,
        traces: traces.map((key) => this.#traces.get(key)!.hours),
        facts: traces.flatMap((key) => this.#factsOf(key)),
      };
    }
  }

  #factsOf(key: string): Fact[] {
    return [...(this.#traces.get(key)?.facts.values() ?? [])];
  }

  #hasRoomFor(found: readonly DirtyTrace[]): boolean {
    const { joined_traces_max, facts_max } = this.#limits;
    return found.length <= joined_traces_max && this.factCount < facts_max;
  }

  /** Reads all facts of these traces; tells the keys of those that are new here. */
  async #add(dirty: readonly DirtyTrace[]): Promise<string[]> {
    const hours = (await hoursOf(this.#connection, this.#org_id, dirty)).filter(
      (trace) => !this.#traces.has(keyOf(trace)),
    );
    for (const trace of hours) this.#traces.set(keyOf(trace), { hours: trace, facts: new Map() });
    for (const batch of batchesOf(hours)) {
      const sql = `SELECT ${FACT_NAMES} FROM genai_facts WHERE ${BATCH_CONDITION}`;
      const bytes = await this.#connection.native(sql, batchParameters(batch));
      for (const fact of readNative<Fact>(bytes)) this.#keep(fact);
    }
    return hours.map(keyOf);
  }

  /** The greatest version wins, wherever its copies lie. */
  #keep(fact: Fact): void {
    const trace = this.#traces.get(traceKey(fact.trace_id, fact.start_time));
    if (trace === undefined) return;
    const key = `${fact.span_id}\n${fact.event_id}`;
    const known = trace.facts.get(key);
    if (known === undefined) this.factCount++;
    if (known === undefined || fact.version > known.version) trace.facts.set(key, fact);
  }

  /** Traces not read yet that saw one of these response ids near enough in time. */
  async #join(sightings: ReadonlyMap<string, readonly Sighting[]>): Promise<DirtyTrace[]> {
    this.#uniteKnown(sightings);
    const found = new Map<string, DirtyTrace>();
    for (const ids of piecesBySize(sightings.keys(), sizeOf, IDS_PER_QUERY_BYTES)) {
      for (const seen of await this.#seenElsewhere(ids, sightings)) {
        const key = traceKey(seen.trace_id, seen.start_time);
        if (this.#traces.has(key)) continue;
        const near = (sightings.get(seen.response_id) ?? []).some((one) =>
          this.#near(one.time_ns, seen.start_time),
        );
        if (!near) continue;
        const { trace_id, start_time } = seen;
        found.set(key, {
          org_id: this.#org_id,
          trace_id,
          first_ns: start_time,
          last_ns: start_time,
        });
      }
    }
    return [...found.values()];
  }

  async #seenElsewhere(
    ids: readonly string[],
    sightings: ReadonlyMap<string, readonly Sighting[]>,
  ): Promise<Pick<Fact, 'trace_id' | 'response_id' | 'start_time'>[]> {
    const hours = ids.flatMap((id) => sightings.get(id)!.map(({ time_ns }) => hourOf(time_ns)));
    let first = hours[0]!;
    let last = first;
    for (const hour of hours) {
      first = Math.min(first, hour);
      last = Math.max(last, hour);
    }
    const bytes = await this.#connection.native(
      `SELECT DISTINCT trace_id, response_id, start_time FROM genai_facts
       WHERE org_id = {org:String} AND response_id IN {ids:Array(String)}
         AND hour >= toDateTime({first_hour_s:UInt32}, 'UTC')
         AND hour <= toDateTime({last_hour_s:UInt32}, 'UTC')`,
      {
        org: this.#org_id,
        ids,
        first_hour_s: Math.max(0, first - HOUR_S),
        last_hour_s: Math.min(LAST_S, last + HOUR_S),
      },
    );
    return readNative(bytes);
  }

  #near(a: bigint, b: bigint): boolean {
    const apart = a < b ? b - a : a - b;
    return apart <= this.#limits.response_window_ns;
  }

  #uniteKnown(sightings: ReadonlyMap<string, readonly Sighting[]>): void {
    for (const list of sightings.values()) {
      const sorted = list.toSorted((a, b) => (a.time_ns < b.time_ns ? -1 : 1));
      for (let i = 1; i < sorted.length; i++) {
        const [before, after] = [sorted[i - 1]!, sorted[i]!];
        if (this.#near(before.time_ns, after.time_ns)) this.#link(before.key, after.key);
      }
    }
  }

  /** Once their facts are here, found traces are tied to the traces that asked for them. */
  #unite(sightings: ReadonlyMap<string, readonly Sighting[]>, found: readonly DirtyTrace[]): void {
    const added = found.flatMap((trace) => this.#factsOf(traceKey(trace.trace_id, trace.first_ns)));
    const all = new Map(sightings);
    for (const [id, list] of sightingsOf(added)) all.set(id, [...(all.get(id) ?? []), ...list]);
    this.#uniteKnown(all);
  }

  #rootOf(key: string): string {
    let root = key;
    for (let up = this.#above.get(root); up !== undefined; up = this.#above.get(root)) root = up;
    if (root !== key) this.#above.set(key, root);
    return root;
  }

  #link(a: string, b: string): void {
    const [rootA, rootB] = [this.#rootOf(a), this.#rootOf(b)];
    if (rootA !== rootB) this.#above.set(rootA, rootB);
  }
}

function sightingsOf(facts: readonly Fact[]): Map<string, Sighting[]> {
  const sightings = new Map<string, Sighting[]>();
  for (const { response_id, trace_id, start_time } of facts) {
    if (response_id === '' || response_id.length > RESPONSE_ID_LENGTH_MAX) continue;
    const sighting = { key: traceKey(trace_id, start_time), trace_id, time_ns: start_time };
    const known = sightings.get(response_id);
    if (known === undefined) sightings.set(response_id, [sighting]);
    else known.push(sighting);
  }
  return sightings;
}

/** In an address: quotes and comma, and at worst every byte escaped twice. */
function sizeOf(id: string): number {
  return 6 * Buffer.byteLength(id) + 9;
}
