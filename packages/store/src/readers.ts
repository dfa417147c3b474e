// ClickHouse users for people and panels: one for each organisation, read-only, limited, with rights
// on the public views only and a filter on the organisation's rows that no query can lift.

import { createHash } from 'node:crypto';

/** What people may read; each has the column org_id. */
export const PUBLIC_VIEWS = [
  'usage',
  'usage_by_hour',
  'usage_by_day',
  'calls',
  'runs',
  'tools',
  'doubts',
  'metric_usage',
] as const;

/** Raw spans, for trace panels, without their content and with it; all have the column OrgId. */
export const SPAN_TABLES = [
  ...(['otel_traces', 'otel_traces_trace_id_ts'] as const),
  'spans_with_content',
] as const;

export interface Reader {
  readonly org_id: string;
  readonly password: string;
  /** Whether raw spans, and with them prompts where they are kept, may be read as well. */
  readonly spans?: boolean;
}

export interface ReaderLimits {
  readonly result_rows_max: number;
  readonly memory_bytes: number;
  readonly execution_s: number;
}

export const READER_LIMITS: ReaderLimits = {
  result_rows_max: 100_000,
  memory_bytes: 1_000_000_000,
  execution_s: 60,
};

/** An organisation's name may hold anything; a user's name may not. */
export function readerName(org_id: string): string {
  const plain = /^[A-Za-z0-9_]{1,40}$/.test(org_id);
  if (plain) return `reader_${org_id}`;
  return `reader-${createHash('sha256').update(org_id).digest('hex').slice(0, 32)}`;
}

/** Who may do everything on the embedded server. */
export interface Owner {
  readonly user: string;
  readonly password: string;
}

/**
 * A users file for the embedded server: its owner and the readers. The server signs in to itself as
 * `default` and holds the only session that user may have; without an owner, as in tests, anybody
 * on this machine is `default`.
 */
export function usersXml(
  database: string,
  readers: readonly Reader[],
  owner: Owner | null = null,
  limits: ReaderLimits = READER_LIMITS,
): string {
  return `<clickhouse>
  <profiles>
    <default/>
    <own><max_sessions_for_user>1</max_sessions_for_user></own>
    <reader>
      <readonly>1</readonly>
      <max_result_rows>${limits.result_rows_max}</max_result_rows>
      <max_memory_usage>${limits.memory_bytes}</max_memory_usage>
      <max_memory_usage_for_user>${2 * limits.memory_bytes}</max_memory_usage_for_user>
      <max_execution_time>${limits.execution_s}</max_execution_time>
      <output_format_json_quote_64bit_integers>1</output_format_json_quote_64bit_integers>
      <output_format_json_quote_decimals>1</output_format_json_quote_decimals>
      <constraints>
        <max_execution_time><changeable_in_readonly/></max_execution_time>
        <additional_table_filters><changeable_in_readonly/></additional_table_filters>
      </constraints>
    </reader>
  </profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <password></password>
      <networks><ip>127.0.0.1</ip><ip>::1</ip></networks>
      <profile>${owner === null ? 'default' : 'own'}</profile>
      <quota>default</quota>
    </default>
${owner === null ? '' : ownerXml(owner)}${readers.map((reader) => readerXml(database, reader)).join('')}  </users>
</clickhouse>
`;
}

function ownerXml({ user, password }: Owner): string {
  return `    <${user}>
      <password_sha256_hex>${sha256(password)}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip><ip>::1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </${user}>
`;
}

function sha256(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}

function readerXml(database: string, reader: Reader): string {
  const name = readerName(reader.org_id);
  const tables = [
    ...PUBLIC_VIEWS.map((table) => ({ table, column: 'org_id' })),
    ...(reader.spans ? SPAN_TABLES : []).map((table) => ({ table, column: 'OrgId' })),
  ];
  const grants = tables.map(
    ({ table }) => `<query>GRANT SELECT ON \`${database}\`.${table}</query>`,
  );
  const filters = tables.map(
    ({ table, column }) =>
      `<${table}><filter>${column} = ${literal(reader.org_id)}</filter></${table}>`,
  );
  return `    <${name}>
      <password_sha256_hex>${sha256(reader.password)}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip><ip>::1</ip></networks>
      <profile>reader</profile>
      <quota>default</quota>
      <grants>${grants.join('')}</grants>
      <databases><${database}>${filters.join('')}</${database}></databases>
    </${name}>
`;
}

/** A text of SQL inside a text of XML. */
function literal(value: string): string {
  const sql = value.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return `'${sql.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}'`;
}
