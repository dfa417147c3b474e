// The HTTP server: OTLP paths to the receiver, everything else to express. Its time limits never
// answer 408, because collectors drop what is answered so; 503 makes them come again.

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { SpanledgerError } from '@spanledger/ledger';
import type { Config } from './settings/config.ts';
import type { Connections } from './limits/connections.ts';
import type { ConnectionEnd } from './metrics/metric-labels.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Receiver } from './receive/receive.ts';

export const CLOSE_WAIT_MS = 2_000;
/** How often Node looks for heads and bodies that are late. */
const LATE_CHECKS_PER_WAIT = 4;
/** A closed connection is gone a moment later; until then both it and its follower are there. */
const CONNECTIONS_SLACK = 2;

export function createHttpServer(
  config: Config,
  receiver: Receiver,
  app: RequestListener,
  connections: Connections,
  metrics: Metrics,
): Server {
  const { receive } = config;
  const count = (reason: ConnectionEnd): void =>
    metrics.count('spanledger_ended_connections_total', { reason });
  const server = createServer(
    {
      maxHeaderSize: receive.head_bytes_max,
      headersTimeout: receive.head_wait_ms,
      // The receiver's own limit on a body comes first and gives a better answer.
      requestTimeout: Math.max(receive.body_wait_ms * 2, receive.head_wait_ms),
      keepAliveTimeout: receive.keep_alive_ms,
      connectionsCheckingInterval: receive.head_wait_ms / LATE_CHECKS_PER_WAIT,
    },
    (request, response) => {
      if (!connections.begin(request, response)) return;
      if (!receiver.handle(request, response)) app(request, response);
    },
  );
  server.maxConnections = receive.connections_max * CONNECTIONS_SLACK;
  server.on('connection', (socket) => connections.add(socket));
  server.on('drop', () => count('too_many'));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const reason = endOf(error, connections.openRequests(socket as Socket));
    if (reason !== null) count(reason);
    refuseConnection(reason, socket as Socket, receive.retry_after_s);
  });
  return server;
}

/** Why a connection cannot go on; null when it is the other side that ended it. */
function endOf(error: NodeJS.ErrnoException, open: number): ConnectionEnd | null {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return open > 0 ? 'slow_body' : 'slow_head';
  if (error.code === 'HPE_HEADER_OVERFLOW') return 'large_head';
  // Half a request and then the end: whoever is cut off sends it again, and must not be told 400.
  if (error.code === 'HPE_INVALID_EOF_STATE') return null;
  return error.code?.startsWith('HPE_') === true ? 'malformed' : null;
}

function refuseConnection(
  reason: ConnectionEnd | null,
  socket: Socket,
  retryAfter_s: number,
): void {
  if (reason === null || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_LINES[reason] ?? '400 Bad Request';
  const again = status.startsWith('503') ? `retry-after: ${retryAfter_s}\r\n` : '';
  const head = `HTTP/1.1 ${status}\r\n${again}connection: close\r\ncontent-length: 0\r\n\r\n`;
  socket.end(head, () => socket.destroy());
}

const STATUS_LINES: Partial<Record<ConnectionEnd, string>> = {
  slow_head: '503 Service Unavailable',
  slow_body: '503 Service Unavailable',
  large_head: '431 Request Header Fields Too Large',
};

/** Listens and gives the port. A taken port is an error that names it, or another port is taken. */
export async function listen(server: NetServer, config: Config): Promise<number> {
  try {
    return await listenOn(server, config.host, config.port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (config.port_fallback) return listenOn(server, config.host, 0);
    throw new SpanledgerError('port_in_use', `${config.host}:${config.port}`, { cause: error });
  }
}

function listenOn(server: NetServer, host: string, port: number): Promise<number> {
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
