// Reads what settles together. A trace is settled with its own unit and no other's: the trace whole,
// and of the same organisation the traces that saw one of its response ids within an hour. So its
// rows depend on nothing but its own surroundings, whichever trace was dirty, and `verify` finds the
// same. A trace that is read for another's sake is context: rows are saved only of the trace that
// the unit belongs to. Where the surroundings are too large, the unit takes less of them, by a rule
// that knows this trace alone, and says so.

import { FACT_COLUMNS, type Fact } from '@spanledger/ledger';
import type { Connection } from './connection.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import { compare, groupBy } from './grouping.ts';
import { readNative } from './native-reader.ts';
import { Sightings, piecesOfIds, type Joined } from './sightings.ts';
import {
  BATCH_CONDITION,
  batchParameters,
  batchesOf,
  hoursOf,
  keyOf,
  traceKey,
  type TraceHours,
} from './trace-hours.ts';

export interface UnitLimits {
  /** How far apart two records of one call may be. */
  readonly response_window_ns: bigint;
  /** Traces that one response id may join to a trace: those nearest in time. */
  readonly traces_per_id_max: number;
  /** Traces that are settled again because a dirty one shares one response id with them. */
  readonly joined_traces_max: number;
  /** Joined traces are read whole up to this many facts; beyond, only their facts that share an id. */
  readonly context_facts_max: number;
}

export const UNIT_LIMITS: UnitLimits = {
  response_window_ns: 3_600_000_000_000n,
  traces_per_id_max: 64,
  joined_traces_max: 1_000,
  context_facts_max: 2_000,
};

export interface Unit {
  readonly org_id: string;
  /** The traces whose rows this unit makes; the others in it are context. */
  readonly traces: readonly TraceHours[];
  readonly facts: readonly Fact[];
  /** Less was taken of what surrounds these traces than there is. */
  readonly bounded: boolean;
}

export interface UnitReading {
  readonly units: readonly Unit[];
  readonly facts: number;
  readonly bounds_reached: number;
  /** Traces that were not asked for, whose units hold one that was. */
  readonly neighbours: readonly DirtyTrace[];
}

const FACT_NAMES = FACT_COLUMNS.map(({ name }) => name).join(', ');

/** The unit of each of these traces; traces with the same unit share it. */
export async function readUnits(
  connection: Connection,
  dirty: readonly DirtyTrace[],
  limits: UnitLimits = UNIT_LIMITS,
): Promise<UnitReading> {
  const units: Unit[] = [];
  const neighbours: DirtyTrace[] = [];
  let facts = 0;
  for (const [org_id, own] of groupBy(dirty, (trace) => trace.org_id)) {
    const reading = new OrganisationReading(connection, org_id, limits);
    for (const unit of await reading.read(own)) units.push(unit);
    for (const trace of reading.neighbours) neighbours.push(trace);
    facts += reading.factCount;
  }
  const bounds_reached = units.filter((unit) => unit.bounded).length;
  return { units, facts, bounds_reached, neighbours };
}

type Facts = Map<string, Fact>;

class OrganisationReading {
  factCount = 0;
  neighbours: readonly DirtyTrace[] = [];
  readonly #connection: Connection;
  readonly #org_id: string;
  readonly #limits: UnitLimits;
  /** Traces that were read whole. */
  readonly #whole = new Map<string, Facts>();
  /** Of the others, the facts that share an id with a trace whose unit is bounded. */
  readonly #sharing = new Map<string, Facts>();

  constructor(connection: Connection, org_id: string, limits: UnitLimits) {
    this.#connection = connection;
    this.#org_id = org_id;
    this.#limits = limits;
  }

  async read(dirty: readonly DirtyTrace[]): Promise<Unit[]> {
    const own = await hoursOf(this.#connection, this.#org_id, dirty);
    await this.#add(own, this.#whole);
    const keys = own.map(keyOf);
    const sightings = new Sightings(this.#org_id, this.#limits);
    await sightings.read(
      this.#connection,
      keys.flatMap((key) => this.#factsOf(key)),
    );
    const joined = new Map(keys.map((key) => [key, sightings.joinedTo(key)]));
    this.neighbours = sightings.neighboursOf(keys);
    const others = new Map<string, DirtyTrace>();
    for (const one of joined.values()) {
      for (const [key, trace] of one.traces) if (!this.#whole.has(key)) others.set(key, trace);
    }
    const partly = await this.#addContext([...others.values()], joined);
    return this.#unitsOf(own, joined, partly);
  }

  /** Reads what surrounds the traces; tells those whose surroundings are too large to be read whole. */
  async #addContext(
    others: readonly DirtyTrace[],
    joined: ReadonlyMap<string, Joined>,
  ): Promise<Set<string>> {
    const hours = others.length === 0 ? [] : await hoursOf(this.#connection, this.#org_id, others);
    const sizes = await this.#sizesOf(hours);
    const partly = new Set<string>();
    const wanted = new Set<string>();
    const ids = new Set<string>();
    for (const [key, { traces, response_ids }] of joined) {
      let size = 0;
      for (const other of traces.keys()) size += sizes.get(other) ?? this.#factsOf(other).length;
      if (size <= this.#limits.context_facts_max) {
        for (const other of traces.keys()) wanted.add(other);
        continue;
      }
      partly.add(key);
      for (const id of response_ids) ids.add(id);
    }
    await this.#add(
      hours.filter((trace) => wanted.has(keyOf(trace))),
      this.#whole,
    );
    const rest = hours.filter((trace) => !wanted.has(keyOf(trace)));
    for (const piece of piecesOfIds(ids)) {
      await this.#add(rest, this.#sharing, piece);
    }
    return partly;
  }

  #unitsOf(
    own: readonly TraceHours[],
    joined: ReadonlyMap<string, Joined>,
    partly: ReadonlySet<string>,
  ): Unit[] {
    const units = new Map<string, Unit & { traces: TraceHours[] }>();
    for (const trace of own) {
      const key = keyOf(trace);
      const { traces, response_ids, cut } = joined.get(key)!;
      const members = [key, ...traces.keys()].sort(compare);
      const bounded = cut || partly.has(key);
      const name = bounded ? key : members.join('\r');
      const known = units.get(name);
      if (known !== undefined) {
        known.traces.push(trace);
        continue;
      }
      const shares = (fact: Fact): boolean => response_ids.has(fact.response_id);
      const facts = members.flatMap((member) => {
        const all = this.#factsOf(member);
        return member !== key && partly.has(key) ? all.filter(shares) : all;
      });
      units.set(name, { org_id: this.#org_id, traces: [trace], facts, bounded });
    }
    return [...units.values()];
  }

  #factsOf(key: string): Fact[] {
    return [...(this.#whole.get(key) ?? this.#sharing.get(key) ?? new Map()).values()];
  }

  /** How many facts each of these traces has. */
  async #sizesOf(hours: readonly TraceHours[]): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    for (const batch of batchesOf(hours)) {
      const bytes = await this.#connection.native(
        `SELECT trace_id, max(start_time) AS start_time, uniqExact(span_id, event_id) AS facts
         FROM genai_facts WHERE ${BATCH_CONDITION}
         GROUP BY trace_id, if(trace_id = '', hour, toDateTime(0, 'UTC'))`,
        batchParameters(batch),
      );
      for (const row of readNative<{ trace_id: string; start_time: bigint; facts: bigint }>(
        bytes,
      )) {
        sizes.set(traceKey(row.trace_id, row.start_time), Number(row.facts));
      }
    }
    return sizes;
  }

  /** Reads all facts of these traces, or those with one of some response ids. */
  async #add(
    hours: readonly TraceHours[],
    into: Map<string, Facts>,
    ids?: readonly string[],
  ): Promise<void> {
    for (const trace of hours) {
      if (!into.has(keyOf(trace))) into.set(keyOf(trace), new Map());
    }
    const condition = ids === undefined ? '' : 'AND response_id IN {ids:Array(String)}';
    for (const batch of batchesOf(hours)) {
      const sql = `SELECT ${FACT_NAMES} FROM genai_facts WHERE ${BATCH_CONDITION} ${condition}`;
      const parameters = { ...batchParameters(batch), ...(ids === undefined ? {} : { ids }) };
      const bytes = await this.#connection.native(sql, parameters);
      for (const fact of readNative<Fact>(bytes)) this.#keep(fact, into);
    }
  }

  /** The greatest version wins, wherever its copies lie. */
  #keep(fact: Fact, into: Map<string, Facts>): void {
    const facts = into.get(traceKey(fact.trace_id, fact.start_time));
    if (facts === undefined) return;
    const key = `${fact.span_id}\n${fact.event_id}`;
    const known = facts.get(key);
    if (known === undefined) this.factCount++;
    if (known === undefined || fact.version > known.version) facts.set(key, fact);
  }
}
