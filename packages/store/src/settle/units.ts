// Reads what settles together. A trace is settled with its own unit and no other's: the trace whole,
// and of the same organisation what may tell of its calls, with or without an id of them. So its
// rows depend on nothing but its own surroundings, whichever trace was dirty, and `verify` finds the
// same. A trace that is read for another's sake is context: rows are saved only of the trace that
// the unit belongs to. Where the surroundings are too large, the unit takes less of them, by a rule
// that knows this trace alone, and says so.

import type { Fact, Underway } from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import { groupBy } from '../usage/grouping.ts';
import { StoredFacts } from './stored-facts.ts';
import { DeletedRecords } from '../deletion/tombstones.ts';
import type { TraceHours } from './trace-hours.ts';
import { OrganisationUnits } from './organisation-units.ts';

export interface UnitLimits {
  /** How far apart two records of one call may be. */
  readonly response_window_ns: bigint;
  /** Traces that one response id may join to a trace: those nearest in time. */
  readonly traces_per_id_max: number;
  /** Traces that are settled again because a dirty one shares one response id with them. */
  readonly joined_traces_max: number;
  /** Joined traces are read whole up to this many facts; beyond, only their facts of shared calls. */
  readonly context_facts_max: number;
  /** Records that one record may be matched to without an id: those nearest in time. */
  readonly matches_per_record_max: number;
  /** Records of other traces that matching without ids may bring into a unit. */
  readonly matched_records_max: number;
  /** How often what was found is looked around again. */
  readonly rounds_max: number;
}

export const UNIT_LIMITS: UnitLimits = {
  response_window_ns: 3_600_000_000_000n,
  traces_per_id_max: 64,
  joined_traces_max: 1_000,
  context_facts_max: 2_000,
  matches_per_record_max: 64,
  matched_records_max: 500,
  rounds_max: 8,
};

export interface Unit {
  readonly org_id: string;
  /** The traces whose rows this unit makes; the others in it are context. */
  readonly traces: readonly TraceHours[];
  /** Of records without a trace only these events are its own; null where all of a trace are. */
  readonly event_ids: ReadonlySet<string> | null;
  readonly facts: readonly Fact[];
  /** Less was taken of what surrounds these traces than there is. */
  readonly bounded: boolean;
}

export type Displaced = Underway & Pick<Fact, 'org_id'>;

export interface UnitReading {
  readonly units: readonly Unit[];
  readonly facts: number;
  readonly bounds_reached: number;
  /**
   * Traces that were not asked for, whose rows may change with these. `displaced`: calls of these as
   * their stored rows tell them, where those lack a place.
   */
  neighbours(displaced: readonly Displaced[]): Promise<DirtyTrace[]>;
}

/** The unit of each of these traces; traces with the same unit share it. */
export async function readUnits(
  connection: Connection,
  dirty: readonly DirtyTrace[],
  limits: UnitLimits = UNIT_LIMITS,
): Promise<UnitReading> {
  const units: Unit[] = [];
  const readings = new Map<string, OrganisationUnits>();
  let facts = 0;
  const organisations = groupBy(dirty, (trace) => trace.org_id);
  const deleting = await DeletedRecords.organisations(connection, [...organisations.keys()]);
  for (const [org_id, own] of organisations) {
    const source = new StoredFacts(connection, org_id, deleting.has(org_id));
    const reading = new OrganisationUnits(source, org_id, limits);
    for (const unit of await reading.read(own)) units.push(unit);
    readings.set(org_id, reading);
    facts += reading.factCount;
  }
  const bounds_reached = units.filter((unit) => unit.bounded).length;
  const neighbours = async (displaced: readonly Displaced[]): Promise<DirtyTrace[]> => {
    const found: DirtyTrace[] = [];
    for (const [org_id, reading] of readings) {
      const own = displaced.filter((call) => call.org_id === org_id);
      for (const trace of await reading.neighbours(own)) found.push(trace);
    }
    return found;
  };
  return { units, facts, bounds_reached, neighbours };
}
