// Inserting blocks: tokens, the clock, views, kept connections, and what a failure looks like.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FACT_COLUMNS, encodeRows } from '@spanledger/ledger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../src/index.ts';
import { NOON_NS, NOON_S, fact, hex, traceId } from './samples.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const block = (...spans: string[]): Uint8Array[] =>
  encodeRows(
    FACT_COLUMNS,
    spans.map((seed) => fact({ span_id: hex(seed, 16) })),
  );

test('the same token is stored once, another token again', async () => {
  const { store, inside } = await server.open();
  const rows = async (): Promise<number> =>
    Number((await inside.rows('SELECT count() AS n FROM genai_facts'))[0]!['n']);
  await store.insertBlock('genai_facts', block('a', 'b'), 'one');
  await store.insertBlock('genai_facts', block('a', 'b'), 'one');
  expect(await rows()).toBe(2);
  await store.insertBlock('genai_facts', block('a', 'b'), 'two');
  expect(await rows()).toBe(4);
  const [collapsed] = await inside.rows('SELECT count() AS n FROM genai_facts FINAL');
  expect(Number(collapsed!['n'])).toBe(2);
});

test('hour and arrival are the table’s own, and the trace is known at once', async () => {
  const { store, inside } = await server.open();
  const before = await store.serverTime();
  await store.insertBlock('genai_facts', block('a'), 'one');
  const [row] = await inside.rows(`SELECT toUnixTimestamp(hour) AS hour,
    toUnixTimestamp64Nano(ingested_at) AS arrived FROM genai_facts`);
  expect(Number(row!['hour'])).toBe(NOON_S);
  expect(BigInt(String(row!['arrived']))).toBeGreaterThanOrEqual(before);
  const traces = await inside.rows('SELECT trace_id FROM traces');
  expect(traces).toEqual([{ trace_id: traceId('t1') }]);
});

test('spans of hundreds of days are one insert', async () => {
  const { store, inside } = await server.open();
  const day_ns = 86_400_000_000_000n;
  const facts = Array.from({ length: 300 }, (_, i) =>
    fact({ span_id: hex(`s${i}`, 16), start_time: NOON_NS - BigInt(i) * day_ns }),
  );
  await store.insertBlock('genai_facts', encodeRows(FACT_COLUMNS, facts), 'days');
  expect(await inside.rows('SELECT count() AS n FROM genai_facts')).toEqual([{ n: '300' }]);
});

test('no rows, no request', async () => {
  const store = openStore({ url: 'http://127.0.0.1:1' });
  await store.insertBlock('genai_facts', [], 'nothing');
  await store.close();
});

test('whatever ClickHouse refuses may pass later, and names its code', async () => {
  const { store } = await server.open();
  const garbage = [new Uint8Array([1, 2, 3, 4])];
  await expect(store.insertBlock('genai_facts', garbage, 'x')).rejects.toMatchObject({
    code: 'store_unavailable',
    detail: expect.stringMatching(/code \d+/),
  });
});

test('a ClickHouse that is not there is store_unavailable', async () => {
  const store = openStore({ url: 'http://127.0.0.1:1' });
  const failures = [store.insertBlock('genai_facts', block('a'), 'x'), store.serverTime()];
  for (const failure of failures) {
    await expect(failure).rejects.toMatchObject({
      code: 'store_unavailable',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  }
  await store.close();
});

/** A server that answers each request by the next of these; `cut` closes the connection instead. */
async function scripted(
  script: ('ok' | 'cut' | 'silent')[],
): Promise<{ server: Server; url: string }> {
  const http = createServer((request, response) => {
    request.resume().on('end', () => {
      const step = script.shift();
      if (step === 'cut') request.socket.destroy();
      else if (step === 'ok') response.end();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { server: http, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
}

test('a kept connection that the server closed is replaced', async () => {
  const { server: http, url } = await scripted(['ok', 'cut', 'ok']);
  const store = openStore({ url, insertConnections_max: 1 });
  await store.insertBlock('genai_facts', block('a'), 'one');
  await store.insertBlock('genai_facts', block('b'), 'two');
  await store.close();
  http.close();
});

test('an insert that is never answered is given up', async () => {
  const { server: http, url } = await scripted(['silent']);
  const store = openStore({ url, requestLimit_ms: 50 });
  await expect(store.insertBlock('genai_facts', block('a'), 'x')).rejects.toMatchObject({
    code: 'store_unavailable',
    detail: expect.stringContaining('50 ms'),
  });
  await store.close();
  http.closeAllConnections();
  http.close();
});
