// A proxy for HTTP that does on purpose what networks and servers do now and then: it breaks a request
// before, within or after it was done, holds it, or answers with an error in place of the answer.

import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export type Damage =
  /** Nothing reached the other side. */
  | { readonly kind: 'refused' }
  /** Half of the request did. */
  | { readonly kind: 'cut' }
  /** It was done, and the answer is lost. */
  | { readonly kind: 'answer_lost' }
  /** It was done, and no answer comes for so long that the asker gives up. */
  | { readonly kind: 'held'; readonly held_ms: number }
  | { readonly kind: 'slow'; readonly wait_ms: number }
  /** An error by its HTTP status, and ClickHouse's code where it plays ClickHouse. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly code: number | null;
      readonly done: boolean;
    };

export type DamageKind = Damage['kind'];

/** What becomes of the next request; null lets it pass. */
export type Choose = (request: IncomingMessage) => Damage | null;

/** Queries carry their parameters in the address; ClickHouse takes as much. */
const HEADER_BYTES_MAX = 4 * 1024 * 1024;

export class FaultyProxy {
  readonly done = new Map<DamageKind, number>();
  /** Who may damage requests now; the first that wants to does. */
  readonly choosers = new Set<Choose>();
  requests = 0;
  readonly #server: Server;
  readonly #target: () => number;

  private constructor(target: () => number) {
    this.#target = target;
    this.#server = createServer({ maxHeaderSize: HEADER_BYTES_MAX }, (request, response) =>
      this.#take(request, response),
    );
    // Exporters keep their connections; the proxy must not be what closes an idle one first.
    this.#server.keepAliveTimeout = 600_000;
    this.#server.requestTimeout = 0;
  }

  /** `target` is asked for the port each time: who restarts may listen on another. */
  static async start(target: () => number): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #damage(request: IncomingMessage): Damage | null {
    for (const choose of this.choosers) {
      const damage = choose(request);
      if (damage !== null) return damage;
    }
    return null;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    this.requests++;
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const damage = this.#damage(request);
    if (damage === null) return this.#pass(request, response);
    this.done.set(damage.kind, (this.done.get(damage.kind) ?? 0) + 1);
    const gone = (): void => void request.socket.destroy();
    switch (damage.kind) {
      case 'refused':
        return gone();
      case 'cut': {
        const onward = this.#begin(request, response, gone);
        request.once('data', (chunk: Buffer) => {
          onward.write(chunk.subarray(0, chunk.length >> 1), () => {
            onward.destroy();
            gone();
          });
        });
        request.once('end', () => onward.end());
        onward.on('response', (answer) => answer.resume().on('end', gone));
        return;
      }
      case 'answer_lost':
        return this.#finish(request, response, gone, gone);
      case 'held':
        return this.#finish(
          request,
          response,
          () => void setTimeout(gone, damage.held_ms).unref(),
          gone,
        );
      case 'slow':
        return void setTimeout(() => this.#pass(request, response), damage.wait_ms).unref();
      case 'error': {
        const answer = (): void => this.#answer(response, damage.status, damage.code);
        if (damage.done) return this.#finish(request, response, answer, gone);
        return void request.resume().on('end', answer);
      }
    }
  }

  #begin(request: IncomingMessage, response: ServerResponse, broken: () => void): ClientRequest {
    const { method, url, headers } = request;
    const target = { host: '127.0.0.1', port: this.#target(), path: url, method, headers };
    const onward = httpRequest({ ...target, agent: false });
    onward.on('error', broken);
    // Whoever asked is gone: the other side sees that, too.
    response.once('close', () => onward.destroy());
    return onward;
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const gone = (): void => void request.socket.destroy();
    const onward = this.#begin(request, response, gone);
    onward.on('response', (answer) => {
      answer.on('error', gone);
      const { connection: _, 'keep-alive': __, ...headers } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  }

  /** Lets it be done, and does something else than pass the answer on. */
  #finish(
    request: IncomingMessage,
    response: ServerResponse,
    then: () => void,
    broken: () => void,
  ): void {
    const onward = this.#begin(request, response, broken);
    onward.on('response', (answer) => {
      answer.on('error', broken);
      answer.resume().on('end', then);
    });
    request.pipe(onward);
  }

  #answer(response: ServerResponse, status: number, code: number | null): void {
    const headers = code === null ? {} : { 'x-clickhouse-exception-code': String(code) };
    response.writeHead(status, { 'content-type': 'text/plain', ...headers });
    response.end(code === null ? '' : `Code: ${code}. DB::Exception: made by the fault harness.\n`);
  }
}
