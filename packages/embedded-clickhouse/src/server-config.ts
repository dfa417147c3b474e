// The configuration files and the command line of the embedded server: one folder per start, for
// the server reads its users file again whenever it changes.

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type LogLevel = 'none' | 'error' | 'warning' | 'information' | 'debug' | 'trace';

export interface ServerConfig {
  readonly path: string;
  readonly listenHost: string;
  readonly httpPort: number;
  readonly tcpPort: number | null;
  readonly usersXml: string;
  readonly user: string;
  readonly password: string;
  readonly memoryLimit_bytes: number;
  readonly logLevel: LogLevel;
  /** Named by `getMacro('start')`, so that readiness cannot be mistaken for somebody else's. */
  readonly startToken: string;
}

/** Everybody on this machine is `default`, without a password; nobody from elsewhere is. */
export const LOOPBACK_USERS_XML = `<clickhouse>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <password></password>
      <networks><ip>127.0.0.1</ip><ip>::1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </default>
  </users>
</clickhouse>
`;

const text = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Caches are small: what this product reads often fits, and an idle server stays modest. */
function configXml(config: ServerConfig, usersFile: string): string {
  return `<clickhouse>
  <macros><start>${text(config.startToken)}</start></macros>
  <timezone>UTC</timezone>
  <users_config>${text(usersFile)}</users_config>
  <user_directories><users_xml><path>${text(usersFile)}</path></users_xml></user_directories>
  <max_server_memory_usage>${config.memoryLimit_bytes}</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <mmap_cache_size>100</mmap_cache_size>
  <compiled_expression_cache_size>33554432</compiled_expression_cache_size>
  <mlock_executable>false</mlock_executable>
</clickhouse>
`;
}

/** Writes the files into a folder of their own, readable by this user only. */
export async function writeConfig(config: ServerConfig): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-clickhouse-'));
  const usersFile = join(folder, 'users.xml');
  await writeFile(usersFile, config.usersXml, { mode: 0o600 });
  await writeFile(join(folder, 'config.xml'), configXml(config, usersFile), { mode: 0o600 });
  return folder;
}

/**
 * The command line of `clickhouse local`. Its last query counts the lines of standard input, which
 * is what keeps the server alive for exactly as long as somebody holds the other end of that pipe.
 */
export function serverArguments(config: ServerConfig, configFolder: string): string[] {
  const listen = ['SYSTEM START LISTEN HTTP;'];
  if (config.tcpPort !== null) listen.push('SYSTEM START LISTEN TCP;');
  return [
    'clickhouse',
    `--path=${config.path}`,
    `--config-file=${join(configFolder, 'config.xml')}`,
    `--http_port=${config.httpPort}`,
    ...(config.tcpPort === null ? [] : [`--tcp_port=${config.tcpPort}`]),
    `--listen_host=${config.listenHost}`,
    ...(config.logLevel === 'none'
      ? []
      : [
          '--logger.console=1',
          `--logger.level=${config.logLevel}`,
          `--log-level=${config.logLevel}`,
        ]),
    '--input-format=LineAsString',
    '--structure=line String',
    `--query=${listen.join(' ')} SELECT count() FROM table`,
  ];
}
