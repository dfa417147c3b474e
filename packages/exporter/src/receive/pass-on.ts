// What a receiving process does not answer itself, it passes on to the service over a socket of its
// own, as it came: the service knows the keys, the loops and the counters of all.

import {
  Agent,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { ERRORS } from '@spanledger/ledger';
import { json } from '../routes/json.ts';

/** Requests passed on at a time; others wait, as many as there are connections. */
export const PASSED_ON_MAX = 64;

/** They belong to one connection, and this is another. */
const OF_A_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade'] as const;

export class PassOn {
  readonly #socket_path: string;
  readonly #retry_after_s: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: PASSED_ON_MAX });

  constructor(socket_path: string, retry_after_s: number) {
    this.#socket_path = socket_path;
    this.#retry_after_s = retry_after_s;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const upstream = httpRequest({
      socketPath: this.#socket_path,
      agent: this.#agent,
      method: request.method,
      path: request.url,
      headers: endToEnd(request.headers),
    });
    upstream.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 503, endToEnd(answer.headers));
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    });
    upstream.on('error', () => this.#refuse(response));
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  }

  stop(): void {
    this.#agent.destroy();
  }

  #refuse(response: ServerResponse): void {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status, message, next_step } = ERRORS.draining;
    const error = { code: 'draining', message, detail: '', next_step };
    const headers = {
      'content-type': 'application/json',
      'retry-after': String(this.#retry_after_s),
    };
    response.writeHead(status, headers).end(json({ error }));
  }
}

function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const kept = { ...headers };
  for (const name of OF_A_CONNECTION) delete kept[name];
  return kept;
}
