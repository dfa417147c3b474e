// Every environment variable of the service, once: name, default, allowed values, meaning. The
// configuration is read from this table, and so is its reference page.

import { z } from 'zod';

const KIB = 1024;
const MIB = 1024 * KIB;

/** How a setting is written, for messages and for the reference page. */
interface Setting<T> {
  readonly fallback: string;
  readonly schema: z.ZodType<T>;
  readonly allowed: string;
  readonly meaning: string;
}

function text(fallback: string, allowed: string, meaning: string): Setting<string> {
  return { fallback, schema: z.string(), allowed, meaning };
}

function whole(fallback: number, min: number, max: number, meaning: string): Setting<number> {
  const schema = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
  return { fallback: String(fallback), schema, allowed: `whole number ${min} to ${max}`, meaning };
}

function choice<const T extends string>(
  fallback: T,
  values: readonly [T, ...T[]],
  meaning: string,
): Setting<T> {
  return { fallback, schema: z.enum(values), allowed: values.join(', '), meaning };
}

function flag(meaning: string): Setting<boolean> {
  const schema = z.enum(['true', 'false']).transform((value) => value === 'true');
  return { fallback: 'false', schema, allowed: 'true, false', meaning };
}

const url = z.union([z.literal(''), z.url({ protocol: /^https?$/ })]);

export const SETTINGS = {
  SPANLEDGER_HOST: text('127.0.0.1', 'an address', 'address to listen on'),
  SPANLEDGER_PORT: whole(4318, 0, 65_535, 'port to listen on; 0 takes any free one'),
  SPANLEDGER_PORT_FALLBACK: flag('take another port when the port is taken'),
  SPANLEDGER_DATA_DIR: text('.spanledger', 'a directory', 'data of the embedded ClickHouse'),
  SPANLEDGER_CLICKHOUSE_PORT: whole(
    0,
    0,
    65_535,
    'HTTP port of the embedded ClickHouse; 0 takes any free one',
  ),
  SPANLEDGER_KEYS: text(
    '',
    'role:organisation:sha256hex, separated by commas; roles ingest, read, admin',
    'keys that may call the service, by the SHA-256 of the key',
  ),
  CLICKHOUSE_URL: {
    fallback: '',
    schema: url,
    allowed: 'http:// or https:// address',
    meaning: 'a ClickHouse of your own; empty starts the embedded one',
  } satisfies Setting<string>,
  CLICKHOUSE_USER: text('default', 'a name', 'user of CLICKHOUSE_URL'),
  CLICKHOUSE_PASSWORD: text(
    '',
    'text',
    'password of CLICKHOUSE_URL, or of the user spanledger of the embedded server; empty there makes a random one at each start',
  ),
  CLICKHOUSE_READER_PASSWORD: text(
    '',
    'text',
    'password of the read-only users of CLICKHOUSE_URL; empty switches ad-hoc SQL off there',
  ),
  CLICKHOUSE_DATABASE: text('spanledger', 'a name', 'database of all tables'),
  SPANLEDGER_LOG_LEVEL: choice(
    'info',
    ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'],
    'least level that is logged',
  ),
  SPANLEDGER_LOG_FORMAT: choice('auto', ['auto', 'json', 'text'], 'auto: text on a terminal'),

  SPANLEDGER_BODY_BYTES_MAX: whole(
    20 * MIB,
    KIB,
    256 * MIB,
    'largest body as sent; a larger one is refused with 413',
  ),
  SPANLEDGER_BODY_DECOMPRESSED_BYTES_MAX: whole(
    64 * MIB,
    KIB,
    512 * MIB,
    'largest body after decompression; a larger one is refused with 413',
  ),
  SPANLEDGER_BODY_WAIT_MS: whole(30_000, 10, 600_000, 'longest time a body may take to arrive'),
  SPANLEDGER_IN_FLIGHT_BYTES_MAX: whole(
    256 * MIB,
    KIB,
    16 * KIB * MIB,
    'bytes of bodies held at once; above it requests are answered 503',
  ),
  SPANLEDGER_IN_FLIGHT_REQUESTS_MAX: whole(
    1_024,
    1,
    100_000,
    'requests held at once; above it requests are answered 503',
  ),
  SPANLEDGER_CONNECTIONS_MAX: whole(2_048, 1, 100_000, 'open connections'),
  SPANLEDGER_RECENT_BODIES_MAX: whole(
    8_192,
    0,
    1_000_000,
    'acknowledged bodies remembered, to acknowledge a repeat without work',
  ),
  SPANLEDGER_BLOCK_ROWS: whole(32_000, 1, 1_000_000, 'rows after which a block is sent'),
  SPANLEDGER_BLOCK_BYTES: whole(64 * MIB, KIB, KIB * MIB, 'bytes after which a block is sent'),
  SPANLEDGER_BLOCK_WAIT_MS: whole(100, 1, 10_000, 'longest time a block waits for more rows'),
  SPANLEDGER_BLOCKS_MAX: whole(4, 2, 64, 'blocks, the one being filled included'),
  SPANLEDGER_INSERT_ATTEMPTS_MAX: whole(3, 1, 100, 'attempts to insert a block before 503'),
  SPANLEDGER_CLICKHOUSE_WAIT_MS: whole(
    30_000,
    10,
    600_000,
    'longest time ClickHouse may take for one insert or query',
  ),
  SPANLEDGER_RETRY_AFTER_S: whole(1, 1, 3_600, 'retry-after of the answers with 503'),
  SPANLEDGER_DIRTY_TRACES_BYTES_MAX: whole(
    64 * MIB,
    256,
    16 * KIB * MIB,
    'bytes of traces remembered to be settled, about 256 each; what is beyond it is found by the sweep',
  ),
  SPANLEDGER_SETTLE_TRACES_MAX: whole(2_000, 1, 100_000, 'traces settled in one step'),
  SPANLEDGER_TICK_MS: whole(1_000, 10, 600_000, 'time between two settle ticks under load'),
  SPANLEDGER_HOUR_MS: whole(30_000, 10, 86_400_000, 'time between two hour roll-ups'),
  SPANLEDGER_DAY_MS: whole(600_000, 10, 86_400_000, 'time between two day roll-ups'),
  SPANLEDGER_SWEEP_MS: whole(600_000, 10, 86_400_000, 'time between two sweeps'),
  SPANLEDGER_PRICES: text(
    '',
    'a YAML or JSON file',
    'prices of your own, in front of the bundled lists: see docs/prices.md',
  ),
  SPANLEDGER_PRICES_RELOAD_MS: whole(
    5_000,
    10,
    3_600_000,
    'time between two looks at whether the price file has changed',
  ),
  SPANLEDGER_STOP_WAIT_MS: whole(30_000, 10, 600_000, 'longest time that a stop waits for work'),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;
export type SettingValue<Name extends SettingName> = z.output<(typeof SETTINGS)[Name]['schema']>;
