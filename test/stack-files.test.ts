// The stack's files agree with each other and with the code: what compose mounts is there, what it
// passes is read, what it publishes is listened on. Nothing here starts a container.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '@spanledger/exporter';
import { readerName, usersXml } from '@spanledger/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = path.join(import.meta.dirname, '..');
const read = (name: string) => readFileSync(path.join(ROOT, name), 'utf8');

interface Service {
  image?: string;
  build?: { context: string; dockerfile: string };
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  depends_on?: string[] | Record<string, unknown>;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
}

interface Collector {
  extensions: Record<string, Record<string, unknown>>;
  receivers: { otlp: { protocols: Record<string, { endpoint: string }> } };
  processors: Record<string, unknown>;
  exporters: Record<string, Record<string, unknown>>;
  service: {
    extensions: string[];
    pipelines: Record<string, Record<'receivers' | 'processors' | 'exporters', string[]>>;
  };
}

const compose = parse(read('docker-compose.yml')) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const collectorText = read('collector-config.yaml');
const collector = parse(collectorText) as Collector;
const datasources = parse(read('grafana/provisioning/datasources/clickhouse.yaml')) as {
  datasources: { uid: string; jsonData: Record<string, unknown> }[];
};
const providers = parse(read('grafana/provisioning/dashboards/spanledger.yaml')) as {
  providers: { options: { path: string } }[];
};

const services = Object.entries(compose.services);
const service = (name: string): Service => compose.services[name] ?? {};
const environmentOf = (name: string) => service(name).environment ?? {};

/** `source:target[:ro]` of the mounts that are files or folders of this repository. */
function bindsOf(name: string) {
  return (service(name).volumes ?? [])
    .map((volume) => volume.split(':'))
    .filter(([source = '']) => source.startsWith('./'))
    .map(([source = '', target = '']) => ({ source, target }));
}

/** `host address:host port:container port`. */
const portsOf = (name: string) =>
  (service(name).ports ?? []).map((port) => port.split(':')[2] ?? '').toSorted();

const ownVariables = (text: string) =>
  [...text.matchAll(/\$\{([A-Z_]+)[:}]/g)].map((match) => match[1] ?? '');

let folder = '';
let secrets: Record<string, string> = {};

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'spanledger-secrets-'));
  const file = path.join(folder, '.env');
  execFileSync(process.execPath, [path.join(ROOT, 'scripts', 'secrets.mjs'), file]);
  const lines = readFileSync(file, 'utf8').matchAll(/^([A-Z_]+)=(.*)$/gm);
  secrets = Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a container sees once compose has filled in the secrets. */
function resolved(name: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environmentOf(name)).map(([key, value]) => [
      key,
      value.replace(/\$\{([A-Z_]+)[^}]*\}/g, (_, variable: string) => secrets[variable] ?? ''),
    ]),
  );
}

describe('docker-compose.yml', () => {
  it('pins every image to an exact version', () => {
    const images = services.flatMap(([, { image }]) => (image === undefined ? [] : [image]));
    expect(images.filter((image) => !/:\d+\.\d+\.\d+/.test(image))).toEqual([]);
  });

  it('publishes on loopback only', () => {
    const ports = services.flatMap(([, { ports = [] }]) => ports);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    const hostPorts = ports.map((port) => port.split(':')[1]);
    expect(new Set(hostPorts).size).toBe(hostPorts.length);
  });

  it.each(services.map(([name]) => name))('%s mounts only what is there', (name) => {
    for (const { source } of bindsOf(name))
      expect(existsSync(path.join(ROOT, source)), source).toBe(true);
    const named = (service(name).volumes ?? []).map((volume) => volume.split(':')[0] ?? '');
    for (const volume of named.filter((source) => !source.startsWith('./')))
      expect(Object.keys(compose.volumes)).toContain(volume);
  });

  it.each(services.map(([name]) => name))('%s depends on services that exist', (name) => {
    const wanted = service(name).depends_on ?? [];
    for (const other of Array.isArray(wanted) ? wanted : Object.keys(wanted))
      expect(Object.keys(compose.services)).toContain(other);
  });

  it('checks the health of every service whose image can be asked', () => {
    const without = services.filter(([, { healthcheck }]) => !healthcheck).map(([name]) => name);
    expect(without).toEqual(['collector']);
    expect(environmentOf('collector')['COLLECTOR_LISTEN']).toBe('0.0.0.0');
    expect(portsOf('collector')).toContain('13133');
  });

  it('takes its secrets from .env.example, and the script fills all of them', () => {
    const wanted = new Set(ownVariables(read('docker-compose.yml')));
    expect(Object.keys(secrets)).toEqual(expect.arrayContaining([...wanted]));
    for (const [name, value] of Object.entries(secrets)) expect(value, name).not.toBe('');
    expect(statSync(path.join(folder, '.env')).mode & 0o077).toBe(0);
  });
});

describe('the exporter', () => {
  it('accepts its environment', () => {
    const config = readConfig(resolved('exporter'));
    expect(portsOf('exporter')).toEqual([String(config.port)]);
    expect([...config.keys.values()].map(({ role, org_id }) => `${role} ${org_id}`)).toEqual([
      ...['ingest default', 'read default', 'admin *'],
    ]);
    expect(config.clickhouse.password).toBe(environment('clickhouse', 'CLICKHOUSE_PASSWORD'));
    expect(config.clickhouse.user).toBe(environment('clickhouse', 'CLICKHOUSE_USER'));
    expect(config.clickhouse.database).toBe(environment('clickhouse', 'CLICKHOUSE_DB'));
    expect(config.clickhouse.reader_password).toBe(
      environment('clickhouse', 'CLICKHOUSE_READER_PASSWORD'),
    );
    const { hostname, port } = new URL(config.clickhouse.url);
    expect(Object.keys(compose.services)).toContain(hostname);
    expect(portsOf(hostname)).toContain(port);
  });

  it('is given more time to stop than it takes', () => {
    const grace_s = /^(\d+)s$/.exec(service('exporter').stop_grace_period ?? '')?.[1];
    expect(Number(grace_s) * 1_000).toBeGreaterThan(readConfig(resolved('exporter')).stop_wait_ms);
  });

  it('finds the same reader as the embedded server has', () => {
    const file = read('grafana/clickhouse/reader-user.xml');
    const made = usersXml('spanledger', [{ org_id: 'default', password: '' }]);
    const parts = /<reader>|<\/reader>|<(max|output)_\w+>\d+<|<query>[^<]+<|<(\w+)><filter>[^<]+</g;
    const found = (text: string): string[] =>
      text.slice(text.indexOf('<reader>')).match(parts) ?? [];
    expect(found(made).length).toBeGreaterThan(15);
    expect(found(file)).toEqual(found(made));
    expect(file).toContain(`<${readerName('default')}>`);
    const mounted = bindsOf('clickhouse').map(({ source }) => source);
    expect(mounted).toContain('./grafana/clickhouse/reader-user.xml');
  });

  it('is asked for its health on its own port', () => {
    const { port } = readConfig(resolved('exporter'));
    expect(service('exporter').healthcheck?.test.join(' ')).toContain(`127.0.0.1:${port}/readyz`);
  });

  it('is built from files that are there, and runs its main file', () => {
    const dockerfile = read(service('exporter').build?.dockerfile ?? '');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, places = '']) =>
      places.split(/\s+/).slice(0, -1),
    );
    for (const source of copied) {
      expect(existsSync(path.join(ROOT, source)), source).toBe(true);
      expect(read('.dockerignore').split('\n')).toContain(`!${source}`);
    }
    const started = /CMD \["node", "(.+)\/dist\/(.+)\.js"\]/.exec(dockerfile);
    expect(existsSync(path.join(ROOT, `${started?.[1]}/src/${started?.[2]}.ts`))).toBe(true);
    expect(/EXPOSE (\d+)/.exec(dockerfile)?.[1]).toBe(environmentOf('exporter')['SPANLEDGER_PORT']);
  });
});

function environment(name: string, variable: string): string | undefined {
  return resolved(name)[variable];
}

describe('collector-config.yaml', () => {
  const used = [...collectorText.matchAll(/\$\{env:([A-Z_]+)/g)].map((match) => match[1] ?? '');

  it('names its variables in its head, and compose sets them all', () => {
    const described = [...collectorText.matchAll(/^# {3}([A-Z_]+) /gm)].map((match) => match[1]);
    expect(new Set(described)).toEqual(new Set(used));
    expect(new Set(Object.keys(environmentOf('collector')))).toEqual(new Set(used));
  });

  it('connects only what it defines', () => {
    expect(collector.service.extensions.toSorted()).toEqual(
      Object.keys(collector.extensions).toSorted(),
    );
    for (const pipeline of Object.values(collector.service.pipelines)) {
      expect(Object.keys(collector.receivers)).toEqual(expect.arrayContaining(pipeline.receivers));
      expect(Object.keys(collector.processors)).toEqual(
        expect.arrayContaining(pipeline.processors),
      );
      expect(Object.keys(collector.exporters)).toEqual(expect.arrayContaining(pipeline.exporters));
    }
  });

  it('has a durable queue, retries for ever and never batches', () => {
    const exporter = collector.exporters['otlp_http'] ?? {};
    expect(exporter['sending_queue']).toMatchObject({ storage: 'file_storage', sizer: 'requests' });
    expect(exporter['sending_queue']).not.toHaveProperty('batch');
    expect(exporter['retry_on_failure']).toMatchObject({ max_elapsed_time: 0 });
    expect(Object.keys(collector.processors)).not.toContain('batch');
  });

  it('listens where compose publishes', () => {
    const endpoints = [
      ...Object.values(collector.receivers.otlp.protocols),
      collector.extensions['health_check'] as { endpoint: string },
    ].map(({ endpoint }) => endpoint.split(':').at(-1));
    expect(endpoints.toSorted()).toEqual(portsOf('collector'));
  });

  it('sends to the exporter with the key of its role', () => {
    const { hostname, port } = new URL(environment('collector', 'SPANLEDGER_ENDPOINT') ?? '');
    expect(hostname).toBe('exporter');
    expect(portsOf('exporter')).toEqual([port]);
    const mounted = bindsOf('collector').find(({ source }) => source === './collector-config.yaml');
    expect(parse(read('docker-compose.yml')).services.collector.command).toEqual([
      `--config=${mounted?.target}`,
    ]);
  });
});

describe('Grafana', () => {
  it('gets every variable that its provisioning files name', () => {
    const wanted = ownVariables(read('grafana/provisioning/datasources/clickhouse.yaml'));
    expect(Object.keys(environmentOf('grafana'))).toEqual(expect.arrayContaining(wanted));
  });

  it('finds the dashboards where they are mounted', () => {
    const mounted = bindsOf('grafana').find(({ source }) => source === './grafana/generated');
    expect(providers.providers[0]?.options.path).toBe(mounted?.target);
    const home = environmentOf('grafana')['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? '';
    expect(path.posix.dirname(home)).toBe(mounted?.target);
    expect(existsSync(path.join(ROOT, 'grafana/generated', path.posix.basename(home)))).toBe(true);
  });

  it('signs in as the user that ClickHouse is given', () => {
    const [datasource] = datasources.datasources;
    const users = read('grafana/clickhouse/grafana-user.xml');
    expect(users).toContain(`<${String(datasource?.jsonData['username'])}>`);
    const variable = /from_env="([A-Z_]+)"/.exec(users)?.[1] ?? '';
    expect(environment('clickhouse', variable)).toBe(environment('grafana', variable));
    expect(environment('grafana', 'CLICKHOUSE_DATABASE')).toBe(
      environment('clickhouse', 'CLICKHOUSE_DB'),
    );
    expect(users).toContain(`ON ${environment('clickhouse', 'CLICKHOUSE_DB')}.usage<`);
  });
});
