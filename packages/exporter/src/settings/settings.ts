// Every environment variable of the service, once: name, default, allowed values, meaning. The
// configuration is read from this table, and so is its reference page.

import type { z } from 'zod';
import { BACKGROUND_SETTINGS } from './background-settings.ts';
import { choice, flag, text, url, whole, type Setting } from './setting.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

export const SETTINGS = {
  SPANLEDGER_HOST: text('127.0.0.1', 'an address', 'address to listen on'),
  SPANLEDGER_PORT: whole(4318, 0, 65_535, 'port to listen on; 0 takes any free one'),
  SPANLEDGER_PORT_FALLBACK: flag('take another port when the port is taken'),
  SPANLEDGER_WORKERS: whole(
    0,
    0,
    64,
    'receiving processes beside the one that settles; 0: that one receives, too',
  ),
  SPANLEDGER_DATA_DIR: text('.spanledger', 'a directory', 'data of the embedded ClickHouse'),
  SPANLEDGER_CLICKHOUSE_PORT: whole(
    0,
    0,
    65_535,
    'HTTP port of the embedded ClickHouse; 0 takes any free one',
  ),
  SPANLEDGER_KEYS: text(
    '',
    'role:organisation:sha256hex, separated by commas; roles ingest, read, admin, forwarder; organisation * for an admin or forwarder of all',
    'first keys, by the SHA-256 of the key: with these, keys are asked for, and an admin makes the others; see docs/organisations.md',
  ),
  SPANLEDGER_KEYS_REFRESH_MS: whole(
    5_000,
    100,
    600_000,
    'time between two readings of the keys: a key revoked at another replica works no longer than this',
  ),
  SPANLEDGER_KEYS_VALID_MS: whole(
    86_400_000,
    1_000,
    604_800_000,
    'how long known keys stay valid while ClickHouse does not answer; then 503',
  ),
  CLICKHOUSE_URL: url('a ClickHouse of your own; empty starts the embedded one'),
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
  SPANLEDGER_CONNECTIONS_MAX: whole(
    2_048,
    1,
    100_000,
    'open connections; beyond it the longest idle one is closed for a new one, strangers first',
  ),
  SPANLEDGER_PIPELINED_REQUESTS_MAX: whole(
    32,
    1,
    10_000,
    'requests of one connection that wait for their answers; beyond it the connection is closed',
  ),
  SPANLEDGER_HEAD_BYTES_MAX: whole(
    16 * KIB,
    KIB,
    MIB,
    'largest head of a request; a larger one is refused with 431',
  ),
  SPANLEDGER_HEAD_WAIT_MS: whole(
    15_000,
    10,
    600_000,
    'longest time a head may take to arrive, and a new connection to send one',
  ),
  SPANLEDGER_KEEP_ALIVE_MS: whole(
    120_000,
    10,
    3_600_000,
    'longest time a connection may be idle; longer than the idle time of common senders',
  ),
  SPANLEDGER_ANSWER_WAIT_MS: whole(
    60_000,
    10,
    3_600_000,
    'longest time a caller may take to read an answer',
  ),
  SPANLEDGER_DISCARDED_BODIES_MAX: whole(
    64,
    0,
    10_000,
    'refused bodies read to their end at once; beyond it the connection is closed',
  ),
  SPANLEDGER_DECOMPRESSIONS_MAX: whole(
    4,
    1,
    128,
    'large bodies decompressed at once; the others wait',
  ),
  SPANLEDGER_QUEUE_WAIT_MS: whole(
    2_000,
    0,
    60_000,
    'longest time a request waits for a block, in its turn; then it is answered 503',
  ),
  SPANLEDGER_QUESTIONS_MAX: whole(
    64,
    1,
    10_000,
    'requests of the REST API answered at once; above it they are answered 503',
  ),
  SPANLEDGER_RATE_REQUESTS_PER_S: whole(
    0,
    0,
    1_000_000,
    'OTLP requests a second of each organisation; above it 429 says when to come again; 0 for no limit',
  ),
  SPANLEDGER_RATE_BYTES_PER_S: whole(
    0,
    0,
    16 * KIB * MIB,
    'decompressed bytes a second of each organisation; above it 429; 0 for no limit',
  ),
  SPANLEDGER_RATE_BURST_S: whole(
    10,
    1,
    3_600,
    'seconds of its rates that an organisation may send at once',
  ),
  SPANLEDGER_RECENT_BODIES_MAX: whole(
    8_192,
    0,
    1_000_000,
    'acknowledged bodies remembered, to acknowledge a repeat without work',
  ),
  SPANLEDGER_BLOCK_ROWS: whole(32_000, 1, 1_000_000, 'rows after which a block is sent'),
  SPANLEDGER_BLOCK_BYTES: whole(64 * MIB, KIB, KIB * MIB, 'bytes after which a block is sent'),
  SPANLEDGER_BLOCK_DAYS_MAX: whole(
    64,
    1,
    10_000,
    'days of a block, because ClickHouse writes a part for each; a request of more lies in several',
  ),
  SPANLEDGER_BLOCK_WAIT_MS: whole(100, 1, 10_000, 'longest time a block waits for more rows'),
  SPANLEDGER_BLOCK_REST_MS: whole(
    400,
    ...([0, 10_000] as const),
    'longest time a block waits on top while ClickHouse has the ones before it to do',
  ),
  SPANLEDGER_BLOCKS_MAX: whole(4, 2, 64, 'blocks, the one being filled included'),
  SPANLEDGER_INSERT_ATTEMPTS_MAX: whole(3, 1, 100, 'attempts to insert a block before 503'),
  SPANLEDGER_CLICKHOUSE_WAIT_MS: whole(
    30_000,
    10,
    600_000,
    'longest time ClickHouse may take for one insert or query',
  ),
  SPANLEDGER_CLICKHOUSE_ANSWER_BYTES_MAX: whole(
    128 * MIB,
    MIB,
    16 * KIB * MIB,
    'largest answer of ClickHouse to one query; with a larger one the query fails',
  ),
  SPANLEDGER_RETRY_AFTER_S: whole(1, 1, 3_600, 'retry-after of the answers with 503'),
  SPANLEDGER_DIRTY_TRACES_BYTES_MAX: whole(
    64 * MIB,
    256,
    16 * KIB * MIB,
    'bytes of traces remembered to be settled, about 256 each; what is beyond it is found by the sweep',
  ),
  SPANLEDGER_CONTENT: choice(
    'keep',
    ['keep', 'drop'],
    'prompts, answers and what tools were given: stored in genai_content as received, or not at all',
  ),
  SPANLEDGER_CONTENT_BYTES_MAX: whole(
    MIB,
    1,
    MIB,
    'bytes of one prompt, answer or the like; what is longer is cut off and counted',
  ),
  SPANLEDGER_SETTLE_TRACES_MAX: whole(2_000, 1, 100_000, 'traces settled in one step'),
  SPANLEDGER_SETTLE_FACTS_MAX: whole(
    100_000,
    1,
    10_000_000,
    'facts that one step is to read: after a larger step the next takes fewer traces',
  ),
  SPANLEDGER_TICK_MS: whole(1_000, 10, 600_000, 'time between two settle ticks under load'),
  SPANLEDGER_HOUR_MS: whole(30_000, 10, 86_400_000, 'time between two hour roll-ups'),
  SPANLEDGER_DAY_MS: whole(600_000, 10, 86_400_000, 'time between two day roll-ups'),
  SPANLEDGER_ADJUST_MS: whole(
    60_000,
    10,
    86_400_000,
    'time between two looks at what changed in frozen months',
  ),
  SPANLEDGER_SWEEP_MS: whole(600_000, 10, 86_400_000, 'time between two sweeps'),
  SPANLEDGER_VERDICTS: choice(
    'on',
    ['on', 'off'],
    'whether answers are judged in the background by the content that is stored: see docs/quality.md',
  ),
  SPANLEDGER_VERDICTS_MS: whole(
    2_000,
    10,
    86_400_000,
    'time between two looks for answers that are not judged',
  ),
  ...BACKGROUND_SETTINGS,
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
  SPANLEDGER_TOMBSTONE_DAYS: whole(
    400,
    1,
    3_650,
    'days that a deleted execution, conversation or user stays deleted when it is sent again',
  ),
  SPANLEDGER_REMOVAL_MS: whole(
    300_000,
    10,
    86_400_000,
    'time between two batches that remove deleted rows; totals follow at once',
  ),
  SPANLEDGER_DELETIONS_MS: whole(
    5_000,
    10,
    3_600_000,
    'time between two looks for deletions that are not done',
  ),
  SPANLEDGER_ABANDONED_MS: whole(
    1_800_000,
    100,
    2_592_000_000,
    'an execution that is not over and gave no sign of life for so long is abandoned: its process died',
  ),
  SPANLEDGER_STOP_WAIT_MS: whole(30_000, 10, 600_000, 'longest time that a stop waits for work'),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;
export type SettingValue<Name extends SettingName> = z.output<(typeof SETTINGS)[Name]['schema']>;
