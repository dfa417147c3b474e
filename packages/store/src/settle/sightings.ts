// Who saw which response id, and when: which traces a trace's response ids join to it, and which are
// to be settled again because of it.

import type { Fact } from '@spanledger/ledger';
import type { DirtyTrace } from './dirty-traces.ts';
import type { FactSource, Sighting } from './fact-source.ts';
import { compare, piecesBySize } from '../usage/grouping.ts';
import { HOUR_S, hourOf, traceKey } from './trace-hours.ts';
import type { UnitLimits } from './units.ts';

/** What the response ids of one trace join to it. */
export interface Joined {
  readonly traces: ReadonlyMap<string, DirtyTrace>;
  readonly response_ids: ReadonlySet<string>;
  /** An id was seen by more traces than it may join. */
  readonly cut: boolean;
}

/** Each question reads the hours around the ids, however many there are. */
const IDS_PER_QUERY_BYTES = 4_000_000;
/** No provider's id comes near; longer ones join nothing. */
const RESPONSE_ID_LENGTH_MAX = 256;

export class Sightings {
  readonly #org_id: string;
  readonly #limits: UnitLimits;
  readonly #byId = new Map<string, Sighting[]>();
  readonly #idsOf = new Map<string, Set<string>>();

  constructor(org_id: string, limits: UnitLimits) {
    this.#org_id = org_id;
    this.#limits = limits;
  }

  /** Finds all that saw a response id of these facts. */
  async read(source: FactSource, facts: readonly Fact[]): Promise<void> {
    const hours = new Map<string, number[]>();
    for (const { response_id, trace_id, start_time } of facts) {
      if (response_id === '' || response_id.length > RESPONSE_ID_LENGTH_MAX) continue;
      const key = traceKey(trace_id, start_time);
      const ids = this.#idsOf.get(key);
      if (ids === undefined) this.#idsOf.set(key, new Set([response_id]));
      else ids.add(response_id);
      const known = hours.get(response_id);
      if (known === undefined) hours.set(response_id, [hourOf(start_time)]);
      else known.push(hourOf(start_time));
    }
    for (const ids of piecesOfIds(hours.keys())) {
      const [first, last] = ends(ids.flatMap((id) => hours.get(id)!));
      const seen = await source.sightingsOf(ids, first - HOUR_S, last + HOUR_S);
      for (const one of seen) {
        const known = this.#byId.get(one.response_id);
        if (known === undefined) this.#byId.set(one.response_id, [one]);
        else known.push(one);
      }
    }
  }

  /** What a trace's ids join to it, or those of some of its records. */
  joinedTo(key: string, ids: Iterable<string> = this.#idsOf.get(key) ?? []): Joined {
    const traces = new Map<string, DirtyTrace>();
    const response_ids = new Set<string>();
    let cut = false;
    for (const id of ids) {
      const near = this.#near(key, id);
      if (near.length === 0) continue;
      response_ids.add(id);
      cut ||= near.length > this.#limits.traces_per_id_max;
      for (const [other, trace] of near.slice(0, this.#limits.traces_per_id_max)) {
        traces.set(other, trace);
      }
    }
    return { traces, response_ids, cut };
  }

  /** Traces that may have one of these in their units. */
  neighboursOf(keys: readonly string[]): DirtyTrace[] {
    const found = new Map<string, DirtyTrace>();
    for (const key of keys) {
      for (const id of this.#idsOf.get(key) ?? []) {
        const near = this.#near(key, id).slice(0, this.#limits.joined_traces_max);
        for (const [other, trace] of near) found.set(other, trace);
      }
    }
    for (const key of keys) found.delete(key);
    return [...found.values()];
  }

  /** Other traces that saw an id within the window, the nearest first. */
  #near(key: string, id: string): [string, DirtyTrace][] {
    const seen = this.#byId.get(id) ?? [];
    const own = seen.filter((one) => keyOfSighting(one) === key);
    const nearest = new Map<string, { trace: DirtyTrace; apart: bigint }>();
    const scopes = new Set(own.map(kindOf));
    for (const one of seen) {
      const other = keyOfSighting(one);
      if (other === key) continue;
      const apart = least(own.map(({ start_time }) => distance(start_time, one.start_time)));
      if (apart === null || apart > this.#limits.response_window_ns) continue;
      scopes.add(kindOf(one));
      const known = nearest.get(other);
      if (known !== undefined && known.apart <= apart) continue;
      nearest.set(other, { trace: this.#traceOf(one), apart });
    }
    // Spans of one scope and service are calls of their own, however often a stand-in served the same id.
    if (scopes.size < 2 && !scopes.has(EVENT)) return [];
    return [...nearest]
      .sort(([a, x], [b, y]) => (x.apart === y.apart ? compare(a, b) : x.apart < y.apart ? -1 : 1))
      .map(([other, { trace }]) => [other, trace]);
  }

  #traceOf({ trace_id, start_time }: Sighting): DirtyTrace {
    return { org_id: this.#org_id, trace_id, first_ns: start_time, last_ns: start_time };
  }
}

const EVENT = '\n';

/** A gateway may be of its caller's scope; it is another service. */
function kindOf({ service_name, scope_name, event }: Sighting): string {
  return event === 1 ? EVENT : `${service_name}\r${scope_name}`;
}

function ends(hours: readonly number[]): [first: number, last: number] {
  let first = hours[0]!;
  let last = first;
  for (const hour of hours) {
    first = Math.min(first, hour);
    last = Math.max(last, hour);
  }
  return [first, last];
}

function keyOfSighting({ trace_id, start_time }: Sighting): string {
  return traceKey(trace_id, start_time);
}

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b;
}

function least(values: readonly bigint[]): bigint | null {
  let least: bigint | null = null;
  for (const value of values) if (least === null || value < least) least = value;
  return least;
}

export function piecesOfIds(ids: Iterable<string>): Iterable<string[]> {
  return piecesBySize(ids, sizeOf, IDS_PER_QUERY_BYTES);
}

/** In a statement: quotes and comma, and at worst every byte escaped. */
function sizeOf(id: string): number {
  return 2 * Buffer.byteLength(id) + 3;
}
