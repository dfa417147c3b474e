// Answers each request with the response that was recorded for it, whole or streamed, cut where it
// hurts: inside UTF-8 characters, inside lines, between the two line ends that close an event.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Random } from '../fuzz/random.ts';
import type { Exchange } from './exchange.ts';

/** A response is written in at most so many pieces. */
const PIECES_LIMIT = 2000;
/** The usual length of a piece of a stream; awkward places are cut besides. */
const PIECE_BYTES = 48;
const NEW_LINE = 0x0a;

export interface ReplayServer {
  /** Below it lies `/NUMBER/https/HOST/PATH` for each exchange. */
  readonly url: string;
  /** What was asked for an exchange, in order: method and path with query. */
  requestsOf(exchange: Exchange): readonly string[];
  stop(): Promise<void>;
}

export async function startReplayServer(
  exchanges: readonly Exchange[],
  seed: number,
): Promise<ReplayServer> {
  const byNumber = new Map(exchanges.map((exchange) => [exchange.number, exchange]));
  const asked = new Map<number, string[]>();
  const server = createServer((request, response) => {
    void (async () => {
      const [, number, , , path] =
        /^\/(\d+)\/(https?)\/([^/?]+)(.*)$/s.exec(request.url ?? '') ?? [];
      const exchange = byNumber.get(Number(number));
      if (exchange === undefined) {
        response.writeHead(404).end(`no exchange is recorded for ${request.url}`);
        return;
      }
      const known = asked.get(exchange.number) ?? [];
      asked.set(exchange.number, [...known, `${request.method} ${path}`]);
      await drained(request);
      await answer(response, exchange, new Random(seed, exchange.number));
    })().catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requestsOf: ({ number }) => asked.get(number) ?? [],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function drained(request: IncomingMessage): Promise<void> {
  for await (const part of request) void part;
}

async function answer(response: ServerResponse, exchange: Exchange, random: Random): Promise<void> {
  response.socket?.setNoDelay(true);
  response.statusCode = exchange.status;
  if (exchange.content_type !== '') response.setHeader('content-type', exchange.content_type);
  response.flushHeaders();
  for (const piece of pieces(exchange.body, random)) {
    response.write(piece);
    await turn();
  }
  response.end();
}

/** The body in order, in pieces of random length, cut in each awkward place as well. */
export function* pieces(body: Buffer, random: Random): Generator<Buffer> {
  const least = Math.max(1, Math.ceil((2 * body.length) / PIECES_LIMIT));
  const most = Math.max(least, 2 * PIECE_BYTES);
  for (let from = 0; from < body.length;) {
    const end = Math.min(body.length, from + least + random.below(most));
    const to = awkwardPlace(body, from + least, end) ?? end;
    yield body.subarray(from, to);
    from = to;
  }
}

/** The first place from `from` up to `end` with half a character or half an event's end before it. */
function awkwardPlace(body: Buffer, from: number, end: number): number | null {
  for (let at = from; at < end; at++) {
    const byte = body[at] ?? 0;
    const insideCharacter = (byte & 0xc0) === 0x80;
    const insideEventEnd = byte === NEW_LINE && body[at - 1] === NEW_LINE;
    if (insideCharacter || insideEventEnd) return at;
  }
  return null;
}
