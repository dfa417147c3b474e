// Fills the tables of a service that has settled a feed with copies of it, inside ClickHouse: other
// ids, each copy an hour earlier than the one before. What is derived stays what settling would derive.

import type { Database } from './database.ts';

/** What settling and reading look at; raw spans are read by neither, so they are left out. */
const TABLES = ['genai_facts', 'ledger', 'executions', 'usage_minute', 'usage_hour'];
const COPIES_PER_STATEMENT = 24;
const SEED = 'seed';

/** Ids of 16 bytes, of 8 bytes, and ids of others' making. */
const LONG_IDS = ['trace_id', 'owner_trace_id'];
const SHORT_IDS = ['span_id', 'parent_span_id', 'owner_span_id', 'agent_span_id'];
const FOREIGN_IDS = ['response_id', 'execution_id', 'conversation_id', 'tool_call_id'];
const TIMES = ['start_time', 'time'];

/** The id that copy `copy` has for a trace or span of the feed; both are SQL. */
export const copiedTraceId = (name: string, copy: string): string =>
  `if(${name} = '', '', lower(hex(sipHash128(${name}, ${copy}))))`;
export const copiedSpanId = (name: string, copy: string): string =>
  `if(${name} = '', '', lower(hex(reinterpretAsFixedString(sipHash64(${name}, ${copy})))))`;

function copied(name: string): string {
  if (LONG_IDS.includes(name)) return copiedTraceId(name, 'copy');
  if (SHORT_IDS.includes(name)) return copiedSpanId(name, 'copy');
  if (FOREIGN_IDS.includes(name)) {
    return `if(${name} = '', '', concat('copy-', lower(hex(sipHash128(${name}, copy)))))`;
  }
  if (TIMES.includes(name)) return `${name} - toIntervalHour(copy)`;
  return name;
}

async function columnsOf(database: Database, table: string): Promise<string[]> {
  const rows = await database.sql<{ name: string }>(`
    SELECT name FROM system.columns WHERE database = 'spanledger' AND table = '${table}'
      AND default_kind NOT IN ('MATERIALIZED', 'ALIAS') ORDER BY position`);
  return rows.map(({ name }) => name);
}

/** Keeps what is settled now as the pattern of all copies; answers its number of facts. */
export async function keepSeed(database: Database): Promise<number> {
  await database.sql(`CREATE DATABASE ${SEED}`);
  for (const table of TABLES) {
    const columns = (await columnsOf(database, table)).map((name) => `\`${name}\``);
    await database.sql(`
      CREATE TABLE ${SEED}.${table} ENGINE = MergeTree ORDER BY tuple()
      AS SELECT ${columns.join(', ')} FROM spanledger.${table} FINAL`);
  }
  return database.value<number>(`SELECT count() FROM ${SEED}.genai_facts`);
}

/** Adds the copies from `first` up to and without `end`. */
export async function addCopies(
  database: Database,
  first: number,
  end: number,
  onStatement: (copies: number) => void,
): Promise<void> {
  for (let from = first; from < end; from += COPIES_PER_STATEMENT) {
    const many = Math.min(COPIES_PER_STATEMENT, end - from);
    for (const table of TABLES) {
      const columns = await columnsOf(database, table);
      const names = columns.map((name) => `\`${name}\``).join(', ');
      // The values come from a subquery, or a filter would read them instead of the columns.
      await database.sql(
        `INSERT INTO spanledger.${table} (${names})
         SELECT ${columns.map((name) => `${copied(name)} AS \`c_${name}\``).join(', ')}
         FROM ${SEED}.${table} CROSS JOIN (SELECT toUInt32(number + ${from}) AS copy FROM numbers(${many})) AS copies`,
        { max_execution_time: '0', max_partitions_per_insert_block: '0' },
      );
    }
    onStatement(from + many);
  }
}

/** Days from hours, as the roll-up sums them: counts add, maps add by key, unknown stays unknown. */
export async function fillDays(database: Database): Promise<void> {
  const columns = await database.sql<{ name: string; type: string; key: number }>(`
    SELECT name, type, is_in_sorting_key AS key FROM system.columns
    WHERE database = 'spanledger' AND table = 'usage_day' ORDER BY position`);
  const value = ({ name, type, key }: (typeof columns)[number]): string => {
    if (name === 'time') return "toDateTime(toStartOfDay(h.time, 'UTC'), 'UTC') AS day";
    if (key === 1) return `h.${name}`;
    if (name === 'version') return 'max(h.version)';
    return type.startsWith('Map(') ? `sumMap(h.${name})` : `sum(h.${name})`;
  };
  const keys = columns.filter(({ key, name }) => key === 1 && name !== 'time');
  await database.sql(
    `INSERT INTO spanledger.usage_day (${columns.map(({ name }) => name).join(', ')})
     SELECT ${columns.map(value).join(', ')} FROM spanledger.usage_hour AS h FINAL
     GROUP BY day, ${keys.map(({ name }) => `h.${name}`).join(', ')}`,
    { max_execution_time: '0' },
  );
}

/** Where a call can be added to a stored trace. */
export interface StoredRoot {
  readonly trace_id: string;
  readonly span_id: string;
  readonly start_ns: bigint;
}

/** Roots of stored traces, spread over all copies. */
export async function someRoots(
  database: Database,
  copies: number,
  roots: number,
): Promise<StoredRoot[]> {
  const rows = await database.sql<{ trace: string; span: string; start: string }>(`
    SELECT ${copiedTraceId('trace_id', 'copy')} AS trace, ${copiedSpanId('span_id', 'copy')} AS span,
      toString(toUnixTimestamp64Nano(start_time - toIntervalHour(copy))) AS start
    FROM (SELECT trace_id, span_id, start_time, toUInt32(1 + sipHash64(trace_id) % ${copies}) AS copy
      FROM ${SEED}.genai_facts WHERE parent_span_id = '' ORDER BY sipHash64(span_id) LIMIT ${roots})`);
  return rows.map(({ trace, span, start }) => ({
    trace_id: trace,
    span_id: span,
    start_ns: BigInt(start),
  }));
}
