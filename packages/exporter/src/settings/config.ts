// The environment, read once at the edge into a validated, frozen configuration. Whatever is wrong
// with it stops the start with the name, the value and what is allowed.

import { SpanledgerError } from '@spanledger/ledger';
import type { AlertConfig } from '../alerts/hook-of.ts';
import { parseKeys, type Keys } from '../keys/keys.ts';
import { freeze } from './freeze.ts';
import { changesBetween } from './nearest-name.ts';
import { SETTINGS, type SettingName, type SettingValue } from './settings.ts';

/** Names under our prefix that other programs of the project read. */
const OTHER_NAMES = [
  'SPANLEDGER_URL',
  'SPANLEDGER_KEY',
  'SPANLEDGER_ORG',
  'SPANLEDGER_ENDPOINT',
  'SPANLEDGER_INGEST_KEY',
  'SPANLEDGER_READ_KEY',
  'SPANLEDGER_DISABLED',
  'SPANLEDGER_EXIT_LIMIT',
];
const PREFIX = 'SPANLEDGER_';
const SECRETS = /^(SPANLEDGER_KEYS|CLICKHOUSE_URL|SPANLEDGER_ALERT_(SECRET|WEBHOOK))$/;
const SHOWN_CHARACTERS = 80;

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly port_fallback: boolean;
  /** Receiving processes; 0: this one receives. */
  readonly workers: number;
  readonly data_dir: string;
  readonly keys: Keys;
  readonly keys_cache: {
    /** A key that was revoked elsewhere works no longer than this. */
    readonly refresh_ms: number;
    /** How long known keys stay valid while ClickHouse does not answer. */
    readonly valid_ms: number;
  };
  /** url '' means the embedded server. */
  readonly clickhouse: {
    readonly url: string;
    readonly embedded_port: number;
    readonly user: string;
    readonly password: string;
    readonly reader_password: string;
    readonly database: string;
    readonly wait_ms: number;
    readonly answer_bytes_max: number;
  };
  readonly log: {
    readonly level: SettingValue<'SPANLEDGER_LOG_LEVEL'>;
    readonly format: SettingValue<'SPANLEDGER_LOG_FORMAT'>;
  };
  readonly receive: {
    readonly body_bytes_max: number;
    readonly body_decompressed_bytes_max: number;
    readonly body_wait_ms: number;
    readonly in_flight_bytes_max: number;
    readonly in_flight_requests_max: number;
    readonly connections_max: number;
    readonly pipelined_requests_max: number;
    readonly head_bytes_max: number;
    readonly head_wait_ms: number;
    readonly keep_alive_ms: number;
    readonly answer_wait_ms: number;
    readonly discarded_bodies_max: number;
    readonly decompressions_max: number;
    readonly queue_wait_ms: number;
    readonly questions_max: number;
    readonly recent_bodies_max: number;
    readonly retry_after_s: number;
  };
  /** Of each organisation; 0 for no limit. */
  readonly rate: {
    readonly requests_per_s: number;
    readonly bytes_per_s: number;
    readonly burst_s: number;
  };
  readonly group: {
    readonly block_rows: number;
    readonly block_bytes: number;
    readonly block_days_max: number;
    readonly block_wait_ms: number;
    readonly block_rest_ms: number;
    readonly blocks_max: number;
    readonly insert_attempts_max: number;
  };
  /** Content of one attribute that is kept; 0 is none. */
  readonly content: { readonly value_bytes_max: number };
  readonly settle: {
    readonly dirty_traces_bytes_max: number;
    readonly traces_max: number;
    readonly facts_max: number;
    readonly tick_ms: number;
    readonly hour_ms: number;
    readonly day_ms: number;
    readonly adjust_ms: number;
    readonly sweep_ms: number;
  };
  readonly drift: {
    readonly enabled: boolean;
    readonly step_ms: number;
    readonly facts: number;
    readonly hours: number;
  };
  readonly verdicts: { readonly enabled: boolean; readonly wait_ms: number };
  readonly alerts: AlertConfig;
  /** file '' means the bundled lists alone. */
  readonly prices: { readonly file: string; readonly reload_ms: number };
  readonly deletions: {
    readonly tombstone_days: number;
    readonly removal_ms: number;
    readonly look_ms: number;
  };
  /** How long what is not over may be silent before it counts as dead. */
  readonly abandoned_ms: number;
  readonly stop_wait_ms: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Throws SpanledgerError('invalid_setting') for the first value or name that is not valid. */
export function readConfig(env: Environment): Config {
  refuseUnknownNames(env);
  const config: Config = {
    host: value(env, 'SPANLEDGER_HOST'),
    port: value(env, 'SPANLEDGER_PORT'),
    port_fallback: value(env, 'SPANLEDGER_PORT_FALLBACK'),
    workers: value(env, 'SPANLEDGER_WORKERS'),
    data_dir: value(env, 'SPANLEDGER_DATA_DIR'),
    keys: parseKeys(value(env, 'SPANLEDGER_KEYS')),
    keys_cache: {
      refresh_ms: value(env, 'SPANLEDGER_KEYS_REFRESH_MS'),
      valid_ms: value(env, 'SPANLEDGER_KEYS_VALID_MS'),
    },
    clickhouse: {
      url: value(env, 'CLICKHOUSE_URL'),
      embedded_port: value(env, 'SPANLEDGER_CLICKHOUSE_PORT'),
      user: value(env, 'CLICKHOUSE_USER'),
      password: value(env, 'CLICKHOUSE_PASSWORD'),
      reader_password: value(env, 'CLICKHOUSE_READER_PASSWORD'),
      database: value(env, 'CLICKHOUSE_DATABASE'),
      wait_ms: value(env, 'SPANLEDGER_CLICKHOUSE_WAIT_MS'),
      answer_bytes_max: value(env, 'SPANLEDGER_CLICKHOUSE_ANSWER_BYTES_MAX'),
    },
    log: {
      level: value(env, 'SPANLEDGER_LOG_LEVEL'),
      format: value(env, 'SPANLEDGER_LOG_FORMAT'),
    },
    receive: receiveFrom(env),
    rate: {
      requests_per_s: value(env, 'SPANLEDGER_RATE_REQUESTS_PER_S'),
      bytes_per_s: value(env, 'SPANLEDGER_RATE_BYTES_PER_S'),
      burst_s: value(env, 'SPANLEDGER_RATE_BURST_S'),
    },
    group: groupFrom(env),
    content: {
      value_bytes_max:
        value(env, 'SPANLEDGER_CONTENT') === 'drop'
          ? 0
          : value(env, 'SPANLEDGER_CONTENT_BYTES_MAX'),
    },
    settle: settleFrom(env),
    drift: driftFrom(env),
    verdicts: {
      enabled: value(env, 'SPANLEDGER_VERDICTS') === 'on',
      wait_ms: value(env, 'SPANLEDGER_VERDICTS_MS'),
    },
    alerts: alertsFrom(env),
    prices: {
      file: value(env, 'SPANLEDGER_PRICES'),
      reload_ms: value(env, 'SPANLEDGER_PRICES_RELOAD_MS'),
    },
    deletions: {
      tombstone_days: value(env, 'SPANLEDGER_TOMBSTONE_DAYS'),
      removal_ms: value(env, 'SPANLEDGER_REMOVAL_MS'),
      look_ms: value(env, 'SPANLEDGER_DELETIONS_MS'),
    },
    abandoned_ms: value(env, 'SPANLEDGER_ABANDONED_MS'),
    stop_wait_ms: value(env, 'SPANLEDGER_STOP_WAIT_MS'),
  };
  if (config.keys.size === 0 && !isLoopback(config.host)) {
    throw new SpanledgerError(
      'no_keys',
      `SPANLEDGER_HOST="${shown(config.host)}" without SPANLEDGER_KEYS; only loopback ` +
        'addresses (127.0.0.1, ::1, localhost) may be open to everyone',
    );
  }
  return freeze(config);
}

function alertsFrom(env: Environment): Config['alerts'] {
  return {
    enabled: value(env, 'SPANLEDGER_ALERTS') === 'on',
    turn_ms: value(env, 'SPANLEDGER_ALERTS_MS'),
    webhook: value(env, 'SPANLEDGER_ALERT_WEBHOOK'),
    secret: value(env, 'SPANLEDGER_ALERT_SECRET'),
  };
}

function receiveFrom(env: Environment): Config['receive'] {
  return {
    body_bytes_max: value(env, 'SPANLEDGER_BODY_BYTES_MAX'),
    body_decompressed_bytes_max: value(env, 'SPANLEDGER_BODY_DECOMPRESSED_BYTES_MAX'),
    body_wait_ms: value(env, 'SPANLEDGER_BODY_WAIT_MS'),
    in_flight_bytes_max: value(env, 'SPANLEDGER_IN_FLIGHT_BYTES_MAX'),
    in_flight_requests_max: value(env, 'SPANLEDGER_IN_FLIGHT_REQUESTS_MAX'),
    connections_max: value(env, 'SPANLEDGER_CONNECTIONS_MAX'),
    pipelined_requests_max: value(env, 'SPANLEDGER_PIPELINED_REQUESTS_MAX'),
    head_bytes_max: value(env, 'SPANLEDGER_HEAD_BYTES_MAX'),
    head_wait_ms: value(env, 'SPANLEDGER_HEAD_WAIT_MS'),
    keep_alive_ms: value(env, 'SPANLEDGER_KEEP_ALIVE_MS'),
    answer_wait_ms: value(env, 'SPANLEDGER_ANSWER_WAIT_MS'),
    discarded_bodies_max: value(env, 'SPANLEDGER_DISCARDED_BODIES_MAX'),
    decompressions_max: value(env, 'SPANLEDGER_DECOMPRESSIONS_MAX'),
    queue_wait_ms: value(env, 'SPANLEDGER_QUEUE_WAIT_MS'),
    questions_max: value(env, 'SPANLEDGER_QUESTIONS_MAX'),
    recent_bodies_max: value(env, 'SPANLEDGER_RECENT_BODIES_MAX'),
    retry_after_s: value(env, 'SPANLEDGER_RETRY_AFTER_S'),
  };
}

function groupFrom(env: Environment): Config['group'] {
  return {
    block_rows: value(env, 'SPANLEDGER_BLOCK_ROWS'),
    block_bytes: value(env, 'SPANLEDGER_BLOCK_BYTES'),
    block_days_max: value(env, 'SPANLEDGER_BLOCK_DAYS_MAX'),
    block_wait_ms: value(env, 'SPANLEDGER_BLOCK_WAIT_MS'),
    block_rest_ms: value(env, 'SPANLEDGER_BLOCK_REST_MS'),
    blocks_max: value(env, 'SPANLEDGER_BLOCKS_MAX'),
    insert_attempts_max: value(env, 'SPANLEDGER_INSERT_ATTEMPTS_MAX'),
  };
}

function settleFrom(env: Environment): Config['settle'] {
  return {
    dirty_traces_bytes_max: value(env, 'SPANLEDGER_DIRTY_TRACES_BYTES_MAX'),
    traces_max: value(env, 'SPANLEDGER_SETTLE_TRACES_MAX'),
    facts_max: value(env, 'SPANLEDGER_SETTLE_FACTS_MAX'),
    tick_ms: value(env, 'SPANLEDGER_TICK_MS'),
    hour_ms: value(env, 'SPANLEDGER_HOUR_MS'),
    day_ms: value(env, 'SPANLEDGER_DAY_MS'),
    adjust_ms: value(env, 'SPANLEDGER_ADJUST_MS'),
    sweep_ms: value(env, 'SPANLEDGER_SWEEP_MS'),
  };
}

function driftFrom(env: Environment): Config['drift'] {
  return {
    enabled: value(env, 'SPANLEDGER_DRIFT') === 'on',
    step_ms: value(env, 'SPANLEDGER_DRIFT_MS'),
    facts: value(env, 'SPANLEDGER_DRIFT_FACTS'),
    hours: value(env, 'SPANLEDGER_DRIFT_HOURS'),
  };
}

/** True where only this machine can connect; with no keys nothing else is allowed. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function value<Name extends SettingName>(env: Environment, name: Name): SettingValue<Name> {
  const setting = SETTINGS[name];
  const raw = env[name];
  const parsed = setting.schema.safeParse(raw === undefined || raw === '' ? setting.fallback : raw);
  if (!parsed.success) {
    const given = SECRETS.test(name) ? '(not shown)' : `"${shown(raw ?? '')}"`;
    throw new SpanledgerError('invalid_setting', `${name}=${given}; allowed: ${setting.allowed}`);
  }
  return parsed.data as SettingValue<Name>;
}

function refuseUnknownNames(env: Environment): void {
  const known = [...Object.keys(SETTINGS), ...OTHER_NAMES];
  for (const name of Object.keys(env)) {
    if (!name.startsWith(PREFIX) || known.includes(name)) continue;
    throw new SpanledgerError(
      'invalid_setting',
      `${shown(name)}="${SECRETS_LIKE.test(name) ? '(not shown)' : shown(env[name] ?? '')}" ` +
        `is not a setting; nearest: ${nearest(name, known)}`,
    );
  }
}

const SECRETS_LIKE = /KEY|PASS|SECRET|TOKEN/;

function shown(raw: string): string {
  return raw.length > SHOWN_CHARACTERS ? `${raw.slice(0, SHOWN_CHARACTERS)}…` : raw;
}

function nearest(name: string, known: readonly string[]): string {
  const changes = (candidate: string): number =>
    changesBetween(name.slice(0, SHOWN_CHARACTERS), candidate);
  return known.reduce((best, next) => (changes(next) < changes(best) ? next : best));
}
