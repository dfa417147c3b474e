// The environment as people set it, and what is made of it.

import { expect, test } from 'vitest';
import { readConfig, type Config } from '../src/config.ts';

function reads(environment: Record<string, string>, expected: Partial<Config>): void {
  expect(readConfig(environment)).toMatchObject(expected);
}

test('nothing set', () => {
  reads(
    {},
    {
      disabled: false,
      exportsSpans: true,
      url: 'http://localhost:4318/v1/traces',
      headers: {},
      protocol: 'http/protobuf',
      gzip: false,
      timeout_ms: 10_000,
      exitLimit_ms: 2000,
      batchDelay_ms: 1000,
      batchLimit_spans: 512,
      queueLimit_spans: 2048,
      propagators: ['tracecontext', 'baggage'],
      complaints: [],
    },
  );
});

test('the common variable has the path added, the special one is taken as it is', () => {
  const base = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example/base/' };
  reads(base, { url: 'https://otel.example/base/v1/traces' });
  const whole = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://other.example/x' };
  reads({ ...base, ...whole }, { url: 'http://other.example/x' });
});

test('events go beside the spans, with the same key, or one line says that they go nowhere', () => {
  const key = { OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=a' };
  const beside = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://otel.example/x/v1/traces' };
  reads(
    { ...beside, ...key },
    {
      eventsUrl: 'https://otel.example/x/v1/logs',
      eventsHeaders: { authorization: 'a' },
      complaints: [],
    },
  );
  const odd = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://otel.example/take' };
  reads({ ...odd, ...key }, { eventsUrl: null, eventsHeaders: {} });
  expect(readConfig(odd).complaints).toEqual([expect.stringContaining('go nowhere')]);
  reads({ ...odd, OTEL_LOGS_EXPORTER: 'none' }, { eventsUrl: null, complaints: [] });
  const logs = { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://logs.example/x' };
  reads({ ...beside, ...key, ...logs }, { eventsUrl: logs.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT });
  reads({ ...beside, ...key, ...logs }, { eventsHeaders: {} });
});

test('headers are percent-decoded and lower-cased; the special ones win', () => {
  reads(
    { OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20abc, x-team = a=b ,' },
    { headers: { authorization: 'Bearer abc', 'x-team': 'a=b' }, complaints: [] },
  );
  reads(
    { OTEL_EXPORTER_OTLP_HEADERS: 'a=1', OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=2' },
    { headers: { b: '2' } },
  );
});

test('switches', () => {
  reads({ SPANLEDGER_DISABLED: 'true' }, { disabled: true });
  reads({ SPANLEDGER_DISABLED: '1' }, { disabled: false });
  reads({ OTEL_SDK_DISABLED: 'TRUE' }, { disabled: true });
  reads({ OTEL_TRACES_EXPORTER: 'none' }, { exportsSpans: false });
  reads({ OTEL_PROPAGATORS: 'none' }, { propagators: [] });
  reads({ OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }, { gzip: true });
  reads({ OTEL_LOG_LEVEL: 'NONE' }, { silent: true });
  reads({ OTEL_BSP_MAX_QUEUE_SIZE: '10' }, { queueLimit_spans: 10, batchLimit_spans: 10 });
});

test.each([
  [{ OTEL_BSP_SCHEDULE_DELAY: 'soon' }, 'OTEL_BSP_SCHEDULE_DELAY=soon', { batchDelay_ms: 1000 }],
  [{ SPANLEDGER_EXIT_LIMIT: '-1' }, 'SPANLEDGER_EXIT_LIMIT=-1', { exitLimit_ms: 2000 }],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'grpc', { protocol: 'http/protobuf' }],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere' },
    'nowhere',
    { url: 'http://localhost:4318/v1/traces' },
  ],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=%zz' }, 'percent-encoded', { headers: {} }],
  [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'zipkin', { exportsSpans: true }],
  [{ OTEL_PROPAGATORS: 'b3,baggage' }, 'b3', { propagators: ['baggage'] }],
] as const)('%j is complained about and the default taken', (environment, complaint, expected) => {
  const config = readConfig(environment);
  expect(config.complaints).toHaveLength(1);
  expect(config.complaints[0]).toContain(complaint);
  expect(config).toMatchObject(expected);
});
