// Odd requests, and receivers that are dead, slow or out of their minds: the agent does not notice, ends
// as it would, and a loss is told in one line.

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROGRAMS, runChild, sdkFolder, startSink, type Ended } from './child.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';
import { listen, type StandIn } from './stand-in.ts';

let openai: OpenAIStandIn;
/** Answers whatever it is sent. */
let plain: StandIn;
const ANSWER = JSON.stringify({
  ...{ id: 'r', object: 'chat.completion', created: 1, model: 'm-chat' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

type Options = Parameters<typeof runChild>[2];

function run(program: string, place: string, options: Options, ...more: string[]): Promise<Ended> {
  const to = program === 'openai.mjs' ? openai : plain;
  const url = `${to.url}/${place.replaceAll(' ', '-')}/v1`;
  const args = [join(sdkFolder('openai-6'), 'sdk.mjs'), url, ...more];
  return runChild(join(PROGRAMS, program), args, options);
}
const runOdd = (place: string, options: Options) => run('odd-requests.mjs', place, options);
const runSome = (place: string, options: Options) =>
  run('openai.mjs', place, options, 'm-chat,m-stream,m-tool,m-responses,m-embeddings');

let odd: Ended;
let some: Ended;
beforeAll(async () => {
  openai = await startOpenAI();
  plain = await listen((_request, response) => {
    response.setHeader('content-type', 'application/json').end(ANSWER);
  });
  [odd, some] = await Promise.all([runOdd('bare odd', {}), runSome('bare some', {})]);
});
afterAll(() => Promise.all([openai.stop(), plain.stop()]));

const CONTENT = { SPANLEDGER_CONTENT: 'true', SPANLEDGER_QUALITY: 'true' };

test.each([
  ['without content', {}],
  ['with content', CONTENT],
])('%s the client makes of every request what it makes without us', async (place, environment) => {
  const sink = await startSink();
  const ended = await runOdd(place, {
    ...{ preload: 'register', sinkUrl: sink.url },
    environment: { ...environment, SPANLEDGER_EXIT_LIMIT: '20000' },
  });
  await sink.stop();
  expect(ended.out).toBe(odd.out);
  expect(ended.code).toBe(0);
  // A request that nobody can read is told of in a line, and fails as it would.
  expect(ended.err).toMatch(/^(spanledger: .*\n)*$/);
  const answered = sink.spans.filter(({ status }) => status === 0);
  expect(answered).toHaveLength(odd.out.match(/role: 'assistant'/g)?.length ?? 0);
});

/** What a receiver does with whoever connects. */
const RECEIVERS: Readonly<Record<string, ((socket: Socket) => void) | null>> = {
  'is not there': null,
  'never answers': () => {},
  'hangs up': (socket) => socket.destroy(),
  'answers garbage': (socket) => socket.end(Buffer.alloc(5000, 0xfe)),
  'answers without end': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    const more = (): void => {
      while (socket.writable && socket.write(`ffff\r\n${'x'.repeat(0xffff)}\r\n`));
    };
    socket.on('drain', more);
    more();
  },
  'answers a letter at a time': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
    const timer = setInterval(() => socket.write('x'), 20);
    socket.on('close', () => clearInterval(timer));
  },
  refuses: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'),
  'is overloaded': (socket) =>
    socket.end('HTTP/1.1 503 Busy\r\nretry-after: 99999\r\ncontent-length: 0\r\n\r\n'),
  'sends elsewhere': (socket) =>
    socket.end('HTTP/1.1 307 Gone\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n'),
};

async function startReceiver(behaviour: ((socket: Socket) => void) | null) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => behaviour?.(socket));
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  // A port that nobody listens on any more.
  if (behaviour === null) await stop();
  return { url: `http://127.0.0.1:${port}`, stop: behaviour === null ? async () => {} : stop };
}

const ENDPOINTS = Object.entries(RECEIVERS);
test.each(ENDPOINTS)('a receiver that %s', async (place, behaviour) => {
  const receiver = await startReceiver(behaviour);
  const { out, err, code, signal } = await runSome(place, {
    ...{ preload: 'register', sinkUrl: receiver.url },
    environment: {
      ...CONTENT,
      // Few places, and a request that may take longer than this test: neither may hold the program.
      OTEL_BSP_MAX_QUEUE_SIZE: '2',
      OTEL_BSP_SCHEDULE_DELAY: '1',
      OTEL_EXPORTER_OTLP_TIMEOUT: '600000',
      SPANLEDGER_EXIT_LIMIT: '300',
    },
  });
  await receiver.stop();
  expect(out).toBe(some.out);
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  const lines = err.trimEnd().split('\n');
  expect(
    lines.filter((line) => !/^spanledger: (spans are left out|no answer|the last)/.test(line)),
  ).toEqual([]);
  expect(new Set(lines).size).toBe(lines.length);
});
