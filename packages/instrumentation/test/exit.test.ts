// However a process ends: its spans arrive, and it ends exactly as it would have without us, no
// later than the limit even when nobody takes the spans.

import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROGRAMS, runChild, sdkFolder, startSink, type ChildOptions } from './child.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';

let provider: OpenAIStandIn;
beforeAll(async () => {
  provider = await startOpenAI();
});
afterAll(() => provider.stop());

function run(end: string, signal: NodeJS.Signals | null, options: ChildOptions) {
  const sdk = join(sdkFolder('openai-6'), 'sdk.mjs');
  let sent = false;
  return runChild(join(PROGRAMS, 'exits.mjs'), [sdk, `${provider.url}/exits/v1`, end], {
    ...options,
    onOutput: (text, kill) => {
      if (sent || signal === null || !text.includes('ready')) return;
      sent = true;
      kill(signal);
    },
  });
}

const ends = [
  { end: 'drain' },
  { end: 'late' },
  { end: 'exit-3' },
  { end: 'exit-code' },
  { end: 'throw' },
  { end: 'reject' },
  { end: 'unawaited-call' },
  { end: 'signal', signal: 'SIGTERM' },
  { end: 'signal', signal: 'SIGINT' },
  { end: 'signal', signal: 'SIGHUP' },
  { end: 'own-listener', signal: 'SIGTERM' },
  { end: 'counting-listener', signal: 'SIGTERM' },
  { end: 'own-kill' },
  { end: 'own-kill-9' },
  { end: 'own-kill-15' },
  { end: 'last-SIGTERM' },
  { end: 'last-SIGINT' },
  { end: 'last-SIGHUP' },
  { end: 'last-15' },
  { end: 'last-reraised' },
  { end: 'last-with-listener' },
  { end: 'only-asks' },
  { end: 'inside-stream' },
] as const satisfies { end: string; signal?: NodeJS.Signals }[];

describe.each(ends)('$end $signal', (each) => {
  const signal = 'signal' in each ? each.signal : null;
  test('ends as ever, and its spans arrive', async () => {
    const sink = await startSink();
    const bare = await run(each.end, signal, {});
    const watched = await run(each.end, signal, { preload: 'register', sinkUrl: sink.url });
    await sink.stop();
    const visible = ({ out, err, code, signal: by }: typeof bare) => ({
      out,
      err: withoutPlaces(err),
      code,
      by,
    });
    expect(visible(watched)).toEqual(visible(bare));
    const models = sink.spans.map((span) => span.attributes['gen_ai.request.model']);
    const second = { 'inside-stream': 'm-exit', 'unawaited-call': 'm-missing' }[each.end as string];
    expect(models).toEqual(second === undefined ? ['m-chat'] : ['m-chat', second]);
    if (second === undefined) return;
    const attributes = sink.spans[1]?.attributes ?? {};
    expect(attributes['spanledger.unfinished']).toBe(true);
    if (each.end === 'inside-stream') {
      expect(attributes['spanledger.stream.aborted']).toBe(true);
      expect(attributes['spanledger.stream.chunks']).toBe(1);
    }
  });
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('%s as the only act', async (signal) => {
  const sink = await startSink();
  const program = join(PROGRAMS, 'last-signal.mjs');
  const bare = await runChild(program, [signal], {});
  const watched = await runChild(program, [signal], { preload: 'register', sinkUrl: sink.url });
  await sink.stop();
  expect({ code: bare.code, by: bare.signal }).toEqual({ code: null, by: signal });
  expect({ code: watched.code, by: watched.signal, err: watched.err }).toEqual({
    code: null,
    by: signal,
    err: '',
  });
});

/** Stack traces name our wrapper's lines in the SDK; the message and its kind are the same. */
function withoutPlaces(err: string): string[] {
  return err.split('\n').filter((line) => !/^\s+at |^(file|node):/.test(line));
}

test.each([
  { end: 'bad-span', names: ['chat m-chat'], line: 'cannot record a span: TypeError' },
  { end: 'bad-work', names: ['chat m-chat', 'invoke_agent outer'], line: 'telemetry fails' },
])('$end: one record that fails takes no other with it', async ({ end, names, line }) => {
  const sink = await startSink();
  const { err, code } = await run(end, null, {
    preload: 'register',
    sinkUrl: sink.url,
    environment: { OTEL_BSP_SCHEDULE_DELAY: '60000' },
  });
  await sink.stop();
  expect(sink.spans.map(({ name }) => name)).toEqual(names);
  expect(code).toBe(0);
  expect(err).toMatch(/^(spanledger: .*\n)+$/);
  expect(err).toContain(line);
});

describe.each(['dead', 'silent'] as const)('a %s receiver', (receiver) => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (receiver === 'dead') await new Promise((resolve) => server.close(resolve));
  });
  afterAll(() => void server.close());

  // A busy machine is slow to start a process; being held by the receiver would take far longer.
  const limit_ms = 400;
  const held_ms = 25_000;
  const late_ms = 15_000;
  test.each([
    { end: 'drain', signal: null },
    { end: 'late', signal: null },
    { end: 'exit-3', signal: null },
    { end: 'signal', signal: 'SIGTERM' },
  ] as const)('delays $end by no more than the limit', async ({ end, signal }) => {
    const environment = {
      SPANLEDGER_EXIT_LIMIT: String(limit_ms),
      // So that a request is under way when the program ends.
      OTEL_BSP_SCHEDULE_DELAY: '1',
      OTEL_EXPORTER_OTLP_TIMEOUT: String(held_ms),
    };
    const bare = await run(end, signal, {});
    const watched = await run(end, signal, { preload: 'register', sinkUrl: url, environment });
    expect({ out: watched.out, code: watched.code, by: watched.signal }).toEqual({
      out: bare.out,
      code: bare.code,
      by: bare.signal,
    });
    expect(watched.took_ms).toBeLessThan(late_ms);
    expect(watched.err.match(/^spanledger: /gm)).toHaveLength(1);
  });
});
