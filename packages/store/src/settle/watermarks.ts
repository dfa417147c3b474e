// How far each level has been derived. Everything that arrived or was written before a watermark
// has been seen; a sweep starts there.

import type { Connection } from '../clickhouse/connection.ts';

export type Level = 'settle' | 'minute' | 'hour' | 'day' | 'adjust' | 'verdicts';

/** An insert may become visible this much later than the time it carries. */
export const IN_FLIGHT_NS = 60_000_000_000n;

/** 0 where nothing was ever derived. */
export async function readWatermark(connection: Connection, level: Level): Promise<bigint> {
  const [row] = await connection.rows(
    'SELECT max(watermark) AS watermark FROM watermarks FINAL WHERE level = {level:String}',
    { level },
  );
  return BigInt(String(row?.['watermark'] ?? 0));
}

export async function writeWatermark(
  connection: Connection,
  level: Level,
  watermark: bigint,
): Promise<void> {
  await connection.command(
    'INSERT INTO watermarks (level, watermark) SELECT {level:String}, {watermark:UInt64}',
    { level, watermark },
  );
}
