// The columns of the roll-ups: what usage is told apart by, and what is summed, with the expression
// that computes each sum from ledger rows. A sum over nothing known is NULL at every level.

import { TOKEN_CLASSES } from '@spanledger/ledger';

/** Bounded in number; users and conversations are answered from the ledger. */
export const DIMENSIONS = [
  'service_name',
  'environment',
  'agent_name',
  'provider',
  'model',
  'operation',
  'tool_name',
  'kind',
  'status',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

interface Measure {
  readonly name: string;
  /** Over the rows of `ledger`. */
  readonly fromLedger: string;
  /** Over rows of a roll-up. */
  readonly again: string;
  /** What a key that vanished gets. */
  readonly nothing: string;
}

const sum = (name: string, fromLedger: string): Measure => ({
  name,
  fromLedger,
  again: `sum(${name})`,
  nothing: '0',
});

/** Sums what is known: ClickHouse passes over NULL, and the sum of NULLs alone is NULL. */
const sumOfKnown = (name: string, fromLedger: string): Measure => ({
  ...sum(name, fromLedger),
  nothing: 'NULL',
});

const sumMap = (name: string, type: string, fromLedger: string): Measure => ({
  name,
  fromLedger,
  again: `CAST(sumMap(${name}) AS ${type})`,
  nothing: `CAST(map() AS ${type})`,
});

const TOOL_CALL = "(kind = 'tool' AND role = 'none')";
/** A try that no call stands above: the provider refused it or was not reached, so no call came of it. */
const FAILED_CALL = "(role = 'attempt' AND owner_span_id = '')";
/** A model call that counts, a tool call, or an agent run. */
const COUNTS = `(counted OR ${TOOL_CALL} OR kind = 'agent')`;
/** The ledger rows that roll-ups are made of. */
export const ROLLED_UP = `(${COUNTS} OR ${FAILED_CALL})`;
const REASONS = `arrayFilter(reason -> NOT endsWith(reason, ':'),
  [concat('usage:', usage_reason), concat('cost:', cost_reason)])`;

export const MEASURES: readonly Measure[] = [
  sum('calls', 'countIf(counted)'),
  sum('calls_with_usage', "countIf(counted AND role = 'owner')"),
  sum('calls_priced', 'countIf(counted AND isNotNull(cost_usd))'),
  sum('call_errors', `countIf((counted AND status = 'error') OR ${FAILED_CALL})`),
  sum('tool_errors', `countIf(${TOOL_CALL} AND status = 'error')`),
  sum('run_errors', "countIf(kind = 'agent' AND status = 'error')"),
  sum('tool_calls', `countIf(${TOOL_CALL})`),
  sum('runs', "countIf(kind = 'agent')"),
  ...TOKEN_CLASSES.map((name) => sumOfKnown(name, `sumIf(toUInt64(l.${name}), counted)`)),
  sumOfKnown('cost_usd', 'sumIf(l.cost_usd, counted)'),
  sum('duration_ns', `sumIf(l.duration_ns, ${COUNTS})`),
  sumMap(
    'durations',
    'Map(UInt8, UInt32)',
    `CAST(sumMapIf(map(toUInt8(floor(4 * log2(greatest(l.duration_ns, 1)))), toUInt32(1)), ${COUNTS})
      AS Map(UInt8, UInt32))`,
  ),
  sumMap(
    'reasons',
    'Map(LowCardinality(String), UInt32)',
    `CAST(sumMapIf(mapFromArrays(${REASONS}, arrayMap(reason -> toUInt32(1), ${REASONS})), counted)
      AS Map(LowCardinality(String), UInt32))`,
  ),
];

export const MEASURE_NAMES: readonly string[] = MEASURES.map(({ name }) => name);
