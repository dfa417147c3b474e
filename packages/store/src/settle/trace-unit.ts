// The unit of one trace, for whoever wants to see why it came out as it did: read by the same code
// that settles.

import type { Connection } from '../clickhouse/connection.ts';
import { readNative } from '../clickhouse/native-reader.ts';
import { readUnits, type Unit, type UnitLimits } from './units.ts';

/** Null for a trace that nothing is known of. */
export async function readTraceUnit(
  connection: Connection,
  org_id: string,
  trace_id: string,
  limits?: UnitLimits,
): Promise<Unit | null> {
  const bytes = await connection.native(
    `SELECT toDateTime64(min(first_time), 9, 'UTC') AS first_ns,
       toDateTime64(max(last_time), 9, 'UTC') AS last_ns
     FROM traces WHERE org_id = {org:String} AND trace_id = {trace:String}
     GROUP BY trace_id`,
    { org: org_id, trace: trace_id },
  );
  const [times] = readNative<{ first_ns: bigint; last_ns: bigint }>(bytes);
  if (times === undefined) return null;
  const { units } = await readUnits(connection, [{ org_id, trace_id, ...times }], limits);
  return units.find((unit) => unit.facts.some((fact) => fact.trace_id === trace_id)) ?? null;
}
