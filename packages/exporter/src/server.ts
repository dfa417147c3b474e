// The HTTP server: OTLP paths to the receiver, everything else to express. Its time limits never
// answer 408, because collectors drop what is answered so; 503 makes them come again.

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SpanledgerError } from '@spanledger/ledger';
import type { Config } from './config.ts';
import type { Metrics } from './metrics.ts';
import type { Receiver } from './receive.ts';

/** Longer than the idle time of common senders, so that it is they who close a connection. */
const KEEP_ALIVE_MS = 120_000;
const HEADERS_WAIT_MS = 15_000;
const CLOSE_WAIT_MS = 2_000;

export function createHttpServer(
  config: Config,
  receiver: Receiver,
  app: RequestListener,
  metrics: Metrics,
): Server {
  const server = createServer((request, response) => {
    if (!receiver.handle(request, response)) app(request, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_WAIT_MS;
  // The receiver's own limit on a body comes first and gives a better answer.
  server.requestTimeout = config.receive.body_wait_ms * 2;
  server.maxConnections = config.receive.connections_max;
  server.on('drop', () => metrics.count('spanledger_dropped_connections_total'));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    refuseConnection(error, socket as Socket, config.receive.retry_after_s);
  });
  return server;
}

function refuseConnection(
  error: NodeJS.ErrnoException,
  socket: Socket,
  retryAfter_s: number,
): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const slow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const status = slow ? '503 Service Unavailable' : '400 Bad Request';
  const again = slow ? `retry-after: ${retryAfter_s}\r\n` : '';
  socket.end(`HTTP/1.1 ${status}\r\n${again}connection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** Listens and gives the port. A taken port is an error that names it, or another port is taken. */
export async function listen(server: Server, config: Config): Promise<number> {
  try {
    return await listenOn(server, config.host, config.port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (config.port_fallback) return listenOn(server, config.host, 0);
    throw new SpanledgerError('port_in_use', `${config.host}:${config.port}`, { cause: error });
  }
}

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Ends idle connections at once and the others when their answer is out, or after a time. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_WAIT_MS);
  await closed;
  clearTimeout(timer);
}
