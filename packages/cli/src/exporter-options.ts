// The options of commands that start a service, and the environment they stand for.

import type { CommandOption, Options } from './command.ts';
import { Failure } from './failure.ts';
import type { Environment } from './settings.ts';

export const PORT_OPTION: CommandOption = {
  flags: '--port <number>',
  meaning: 'port to listen on; 0 takes a free one',
  parse: parsePort,
};

export const DATA_OPTION: CommandOption = {
  flags: '--data <directory>',
  meaning: 'directory of the embedded ClickHouse (default .spanledger)',
};

export const HOST_OPTION: CommandOption = {
  flags: '--host <address>',
  meaning: 'address to listen on; other than loopback needs SPANLEDGER_KEYS',
};

export const CLICKHOUSE_OPTION: CommandOption = {
  flags: '--clickhouse-url <url>',
  meaning: 'use this ClickHouse, and start none',
};

export const WORKERS_OPTION: CommandOption = {
  flags: '--workers <number>',
  meaning: 'receiving processes beside the one that settles (default 0: that one receives, too)',
};

/** What an option sets, by the name it has in `Options`. */
const VARIABLES = {
  port: 'SPANLEDGER_PORT',
  data: 'SPANLEDGER_DATA_DIR',
  host: 'SPANLEDGER_HOST',
  clickhouseUrl: 'CLICKHOUSE_URL',
  workers: 'SPANLEDGER_WORKERS',
} as const;

/** The environment with the options over it. */
export function exporterEnvironment(env: Environment, options: Options): Environment {
  const given = Object.entries(VARIABLES).flatMap(([option, variable]) =>
    options[option] === undefined ? [] : [[variable, String(options[option])]],
  );
  return { ...env, ...Object.fromEntries(given) };
}

function parsePort(value: string): number {
  const port = Number(value);
  if (/^\d{1,5}$/.test(value) && port <= 65_535) return port;
  throw new Failure(
    'wrong_use',
    'invalid_port',
    `cannot use the port "${value.slice(0, 40)}"`,
    'give a whole number from 0 to 65535',
  );
}
