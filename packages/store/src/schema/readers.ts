// ClickHouse users for people and panels: one for each organisation, read-only, limited, with rights
// on the public views only and a filter on the organisation's rows that no query can lift.

import { createHash } from 'node:crypto';

/** What people may read; each has the column org_id. */
export const PUBLIC_VIEWS = [
  'usage',
  'usage_by_hour',
  'usage_by_day',
  'calls',
  'model_calls',
  'runs',
  'run_events',
  'generations',
  'tools',
  'quality',
  'doubts',
  'metric_usage',
  'alerts',
] as const;

/** Raw spans, for trace panels, without their content and with it; all have the column OrgId. */
export const SPAN_TABLES = [
  ...(['otel_traces', 'otel_traces_trace_id_ts'] as const),
  ...(['spans_with_content', 'spans_with_content_trace_id_ts'] as const),
] as const;

export interface Reader {
  readonly org_id: string;
  /** As text, or by its SHA-256 as hex. */
  readonly password: string | { readonly sha256: string };
  /** Named after the organisation where it is left out. */
  readonly user?: string;
  /** Whether raw spans, and with them prompts where they are kept, may be read as well. */
  readonly spans?: boolean;
}

export interface ReaderLimits {
  readonly result_rows_max: number;
  readonly memory_bytes: number;
  readonly execution_s: number;
  /** A query may ask for no more; panels ask for a little more than the ordinary. */
  readonly execution_max_s: number;
}

export const READER_LIMITS: ReaderLimits = {
  result_rows_max: 100_000,
  memory_bytes: 1_000_000_000,
  execution_s: 60,
  execution_max_s: 120,
};

/** An organisation's name may hold anything; a user's name may not. */
export function readerName(org_id: string): string {
  const plain = /^[A-Za-z0-9_]{1,40}$/.test(org_id);
  if (plain) return `reader_${org_id}`;
  return `reader-${createHash('sha256').update(org_id).digest('hex').slice(0, 32)}`;
}

/** Who a key is in SQL, with the key as the password. */
export function keyReaderName(key_id: string): string {
  return `key_${key_id}`;
}

export function userOf({ org_id, user }: Reader): string {
  return user ?? readerName(org_id);
}

export function passwordHash({ password }: Reader): string {
  return typeof password === 'string' ? sha256(password) : password.sha256;
}

/** What a reader may read, each with the column that tells the organisation. */
export function tablesOf({ spans = false }: Reader): { table: string; column: string }[] {
  return [
    ...PUBLIC_VIEWS.map((table) => ({ table, column: 'org_id' })),
    ...(spans ? SPAN_TABLES : []).map((table) => ({ table, column: 'OrgId' })),
  ];
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
        <max_execution_time><max>${limits.execution_max_s}</max><changeable_in_readonly/></max_execution_time>
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
  const name = userOf(reader);
  const tables = tablesOf(reader);
  const grants = tables.map(
    ({ table }) => `<query>GRANT SELECT ON \`${database}\`.${table}</query>`,
  );
  const filters = tables.map(
    ({ table, column }) =>
      `<${table}><filter>${column} = ${inXml(literal(reader.org_id))}</filter></${table}>`,
  );
  return `    <${name}>
      <password_sha256_hex>${passwordHash(reader)}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip><ip>::1</ip></networks>
      <profile>reader</profile>
      <quota>default</quota>
      <grants>${grants.join('')}</grants>
      <databases><${database}>${filters.join('')}</${database}></databases>
    </${name}>
`;
}

/** A text as SQL writes it. */
export function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function inXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
