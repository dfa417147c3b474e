// `spanledger doctor` names the hop that fails: a stand-in service does its part up to that hop.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkApiCopies, checkNode, checkVariables } from '../src/local-checks.ts';
import { run } from './run.ts';

interface Said {
  readonly status?: number;
  readonly body: unknown;
}

const THROUGH = {
  trace_id: 'x',
  ingested_ns: '1',
  settled_ns: '2',
  rolled_up_ns: '3',
  freshness_ms: 9,
};
const healthy: Readonly<Record<string, Said>> = {
  '/healthz': { body: {} },
  '/readyz': { body: { ready: true } },
  '/v1/traces': { body: {} },
  '/api/v1/freshness': { body: THROUGH },
};
const error = (code: string) => ({ error: { code, message: `cannot: ${code}`, next_step: 'try' } });

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** Answers as told, and gives the probe span back where nothing is told. */
async function standIn(answers: Readonly<Record<string, Said>>): Promise<string> {
  let span_id = '';
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const sent = Buffer.concat(parts).toString();
    span_id = /"spanId":"(\w+)"/.exec(sent)?.[1] ?? span_id;
    const { pathname } = new URL(request.url ?? '/', 'http://here');
    const rows = [{ span_id, tool_name: 'spanledger-doctor' }];
    const asked = pathname.replace(/[0-9a-f]{32}$/, '');
    const { status = 200, body } = answers[asked] ?? { body: { rows } };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const doctor = async (answers: Readonly<Record<string, Said>>) => {
  const url = await standIn({ ...healthy, ...answers });
  const { code, out } = await run(['doctor', '--wait', '1', '--json', '--url', url]);
  const { checks } = JSON.parse(out) as {
    checks: { name: string; state: string; found: string; next_step: string }[];
  };
  return { code, hops: checks.slice(4) };
};

describe('each hop', () => {
  it.each<[string, number, Readonly<Record<string, Said>>, string]>([
    ['reachable', 3, { '/healthz': { status: 404, body: 'hello' } }, 'answered 404'],
    [
      'ready',
      1,
      { '/readyz': { status: 503, body: { reasons: ['ClickHouse does not answer'] } } },
      'ClickHouse does not answer',
    ],
    [
      'accepted',
      4,
      { '/v1/traces': { status: 401, body: error('unauthorized') } },
      'cannot: unauthorized',
    ],
    [
      'accepted',
      1,
      { '/v1/traces': { body: { partialSuccess: { rejectedSpans: '1' } } } },
      'rejectedSpans',
    ],
    [
      'stored',
      1,
      { '/api/v1/freshness': { status: 404, body: error('not_found') } },
      'not within 1 s',
    ],
    [
      'settled',
      1,
      { '/api/v1/freshness': { body: { ...THROUGH, settled_ns: null } } },
      'not within 1 s',
    ],
    [
      'rolled up',
      1,
      { '/api/v1/freshness': { body: { ...THROUGH, rolled_up_ns: null } } },
      'not within 1 s',
    ],
    [
      'read back',
      1,
      { '/api/v1/traces/': { body: { rows: [{ span_id: 'another' }] } } },
      '1 row, not the one',
    ],
  ])(
    '%s, when it fails, is named with the next step (exit %i)',
    async (name, exit, answers, found) => {
      const { code, hops } = await doctor(answers);
      const at = hops.findIndex((hop) => hop.name === name);
      expect(hops.map(({ state }) => state)).toEqual(
        hops.map((_, place) => (place < at ? 'good' : place === at ? 'bad' : 'skipped')),
      );
      expect(hops[at]?.found).toContain(found);
      expect(hops[at]?.next_step).not.toBe('');
      expect(code).toBe(exit);
    },
  );

  it('is not blamed where the key may only send: the key is, with the exit of a refused key', async () => {
    const { code, hops } = await doctor({
      '/api/v1/freshness': { status: 403, body: error('forbidden') },
    });
    expect(hops.filter(({ state }) => state === 'bad')).toMatchObject([
      { name: 'key', found: expect.stringContaining('cannot read') as string },
    ]);
    expect(hops.filter(({ state }) => state === 'good').map(({ name }) => name)).toEqual([
      'reachable',
      'ready',
      'accepted',
    ]);
    expect(code).toBe(4);
  });

  it('is good when all is', async () => {
    const { code, hops } = await doctor({});
    expect(new Set(hops.map(({ state }) => state))).toEqual(new Set(['good']));
    expect(code).toBe(0);
  });
});

describe('what surrounds the agent', () => {
  const url = new URL('http://127.0.0.1:4318/');

  it.each([
    ['v20.18.9', 'bad'],
    ['v20.19.0', 'good'],
    ['v24.0.0', 'good'],
    ['v18.20.0', 'bad'],
  ])('Node %s is %s', (version, state) => {
    expect(checkNode(version).state).toBe(state);
  });

  it.each([
    [{}, 'good'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, 'good'],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, 'good'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, 'doubt'],
    [{ OTEL_SDK_DISABLED: 'true' }, 'doubt'],
    [{ OTEL_TRACES_EXPORTER: 'none' }, 'doubt'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'doubt'],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio' }, 'doubt'],
  ])('variables %j are %s', (env, state) => {
    const check = checkVariables(env, url);
    expect(check.state).toBe(state);
    for (const name of state === 'good' ? [] : Object.keys(env))
      expect(check.found).toContain(name);
  });

  it('a second copy of the API is found, however deep, and a linked one is no second copy', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'spanledger-copies-'));
    const copy = async (at: string) => {
      const api = path.join(folder, at, 'node_modules/@opentelemetry/api');
      await mkdir(api, { recursive: true });
      await writeFile(path.join(api, 'package.json'), '{"version":"1.9.1"}');
    };
    expect(checkApiCopies(folder).state).toBe('good');
    await copy('.');
    expect(checkApiCopies(folder)).toMatchObject({
      state: 'good',
      found: '1 of @opentelemetry/api',
    });
    await copy('node_modules/framework/node_modules/inner');
    expect(checkApiCopies(folder)).toMatchObject({ state: 'doubt' });
    expect(checkApiCopies(folder).found).toContain('framework');
    await rm(folder, { recursive: true });
  });
});
