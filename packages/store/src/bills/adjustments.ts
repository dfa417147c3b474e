// Books what frozen months have more or less than they were billed with. A statement takes a version
// before it reads, and books on the day of that version: what the days have now, less what was frozen
// and what other days booked. So a booking is replaced within its day and never after it, two
// replicas at once are wasteful and not wrong, and whatever a kill leaves undone is a difference
// that the next run sees.

import { BILL_COLUMNS, BILL_MEASURES, SIGNED_COLUMNS } from './bill-columns.ts';
import type { Connection } from '../clickhouse/connection.ts';
import { compare, groupBy, pieces } from '../usage/grouping.ts';
import { DIMENSIONS } from '../usage/usage-columns.ts';
import { IN_FLIGHT_NS, readWatermark, writeWatermark } from '../settle/watermarks.ts';

export interface BookingReport {
  /** Organisations times days that were compared. */
  readonly days: number;
  /** Those that wait for the next run. */
  readonly waiting: number;
  /** Months that are frozen, of all organisations. */
  readonly frozen_months: number;
}

/** A day of a frozen month that changed. */
interface FrozenDay {
  readonly org_id: string;
  readonly time_s: number;
  /** The snapshot that the month was frozen with. */
  readonly frozen_at: bigint;
}

/** A day of a large organisation has some thousand keys, and each is held with all its sums. */
const DAYS_PER_STATEMENT_MAX = 20;
/** A run begins no statement after this time, because other jobs wait for it. */
const RUN_LIMIT_NS = 500_000_000n;
/** As for roll-ups: two in a row are below IN_FLIGHT_NS. */
const STATEMENT_LIMIT_S = 25;

const dimensions = DIMENSIONS.join(', ');

export class Adjustments {
  readonly #connection: Connection;
  #waiting: FrozenDay[][] = [];
  /** When the sweep that found those began; null when all of it was booked. */
  #swept: bigint | null = null;
  #frozen_months = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Days that the last run left for the next one. */
  get waiting(): number {
    return this.#waiting.reduce((sum, piece) => sum + piece.length, 0);
  }

  /** Looks for what changed since the last run, and books it; what takes too long waits. */
  async run(): Promise<BookingReport> {
    const begun = await this.#connection.serverTime();
    if (this.#swept === null) {
      this.#waiting = await this.#sweep();
      this.#swept = begun;
    }
    let days = 0;
    for (let now = begun; this.#waiting.length > 0 && now - begun < RUN_LIMIT_NS;) {
      const [piece = []] = this.#waiting;
      now = await this.#book(piece);
      this.#waiting.shift();
      days += piece.length;
    }
    if (this.#waiting.length === 0 && this.#swept !== null) {
      await writeWatermark(this.#connection, 'adjust', this.#swept - IN_FLIGHT_NS);
      this.#swept = null;
    }
    return { days, waiting: this.waiting, frozen_months: this.#frozen_months };
  }

  /**
   * Of a month that was frozen after the watermark, runs before it knew nothing: of that one all is
   * looked at that was written since about its snapshot.
   */
  async #sweep(): Promise<FrozenDay[][]> {
    const since = await readWatermark(this.#connection, 'adjust');
    const [frozen] = await this.#connection.rows(FROZEN_MONTHS, { since });
    this.#frozen_months = Number(frozen?.['months'] ?? 0);
    if (this.#frozen_months === 0) return [];
    const first = BigInt(String(frozen?.['first_frozen_at']));
    const lowest = least(since, first > IN_FLIGHT_NS ? first - IN_FLIGHT_NS : 0n);
    const rows = await this.#connection.rows(SWEEP, { since, lowest, in_flight: IN_FLIGHT_NS });
    const days = rows.map((row) => ({
      org_id: String(row['org_id']),
      time_s: Number(row['time_s']),
      frozen_at: BigInt(String(row['frozen_at'])),
    }));
    days.sort((a, b) => a.time_s - b.time_s || compare(a.org_id, b.org_id));
    const months = groupBy(days, ({ time_s }) =>
      new Date(time_s * 1_000).toISOString().slice(0, 7),
    );
    return [...months.values()].flatMap((own) => [...pieces(own, DAYS_PER_STATEMENT_MAX)]);
  }

  /** Returns the time at which it began. */
  async #book(days: readonly FrozenDay[]): Promise<bigint> {
    const times = days.map(({ time_s }) => time_s);
    const version = await this.#connection.serverTime();
    await this.#connection.command(
      BOOK,
      {
        orgs: [...new Set(days.map(({ org_id }) => org_id))],
        key_orgs: days.map(({ org_id }) => org_id),
        key_times: times,
        key_snapshots: days.map(({ frozen_at }) => frozen_at),
        first_s: Math.min(...times),
        last_s: Math.max(...times),
        version,
      },
      { settings: { max_execution_time: STATEMENT_LIMIT_S } },
    );
    return version;
  }
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

const FROZEN_MONTHS = `
SELECT count() AS months,
  minIf(frozen_at, committed_at >= {since:UInt64}) AS new_frozen_at,
  if(new_frozen_at = 0, {since:UInt64}, new_frozen_at) AS first_frozen_at
FROM frozen_months`;

const SWEEP = `
SELECT DISTINCT u.org_id AS org_id, toUnixTimestamp(u.time) AS time_s, f.frozen_at AS frozen_at
FROM (SELECT org_id, time, version FROM usage_day WHERE version >= {lowest:UInt64}) AS u
INNER JOIN frozen_months AS f
  ON f.org_id = u.org_id AND f.month = toStartOfMonth(u.time, 'UTC')
WHERE u.version >= {since:UInt64}
  OR (f.committed_at >= {since:UInt64} AND u.version + {in_flight:UInt64} >= f.frozen_at)`;

const change = ({ name, nullable }: (typeof BILL_MEASURES)[number]): string => {
  const [now, billed] = [`sumIf(${name}, side = 'now')`, `sumIf(${name}, side = 'billed')`];
  if (!nullable) return `${now} - ${billed} AS ${name}_change`;
  return `if(isNull(${now}) AND isNull(${billed}), NULL, ifNull(${now}, 0) - ifNull(${billed}, 0))
    AS ${name}_change, isNull(${billed}) AND isNotNull(${now}) AS ${name}_learnt`;
};
const changed = ({ name, nullable }: (typeof BILL_MEASURES)[number]): string =>
  nullable ? `ifNull(${name}_change, 0) != 0 OR ${name}_learnt` : `${name}_change != 0`;

const OF_DAYS = `org_id IN {orgs:Array(String)}
    AND time >= toDateTime({first_s:UInt32}, 'UTC') AND time <= toDateTime({last_s:UInt32}, 'UTC')
    AND (org_id, time) IN (SELECT org, start FROM days)`;
const BOOKED_ON = "toDate(fromUnixTimestamp64Nano({version:Int64}, 'UTC'))";

/** What was booked today and is no difference any more is replaced by nothing. */
const BOOK = `
INSERT INTO period_adjustments (org_id, booked_on, time, ${BILL_COLUMNS}, version)
WITH days AS (
  SELECT tupleElement(k, 1) AS org, toDateTime(tupleElement(k, 2), 'UTC') AS start,
    tupleElement(k, 3) AS snapshot
  FROM (SELECT arrayJoin(arrayZip(
    {key_orgs:Array(String)}, {key_times:Array(UInt32)}, {key_snapshots:Array(UInt64)})) AS k))
SELECT org_id, ${BOOKED_ON}, time, ${dimensions},
  ${BILL_MEASURES.map(({ name }) => `${name}_change`).join(', ')}, {version:UInt64}
FROM (
  SELECT org_id, time, ${dimensions}, countIf(side = 'today') AS booked_today,
    ${BILL_MEASURES.map(change).join(',\n    ')}
  FROM (
    SELECT org_id, time, ${SIGNED_COLUMNS}, 'now' AS side FROM usage_day FINAL WHERE ${OF_DAYS}
    UNION ALL
    SELECT org_id, time, ${SIGNED_COLUMNS}, 'billed' AS side FROM frozen_usage
    WHERE ${OF_DAYS} AND (org_id, time, frozen_at) IN (SELECT org, start, snapshot FROM days)
    UNION ALL
    SELECT org_id, time, ${SIGNED_COLUMNS}, if(booked_on = ${BOOKED_ON}, 'today', 'billed') AS side
    FROM period_adjustments FINAL WHERE ${OF_DAYS})
  GROUP BY org_id, time, ${dimensions})
WHERE booked_today > 0 OR ${BILL_MEASURES.map(changed).join(' OR ')}`;
