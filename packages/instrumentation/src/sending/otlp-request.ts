// One OTLP request over HTTP that never keeps the program alive: its sockets and timers are all
// let go of.

import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { gzipSync } from 'node:zlib';

export interface Destination {
  url: string;
  headers: Readonly<Record<string, string>>;
  contentType: string;
  gzip: boolean;
  timeout_ms: number;
}

/** `again` may be sent once more; `refused` never will be taken. */
export type Outcome = 'taken' | 'again' | 'refused';

/** What a collector may take when it is asked again; OTLP names these four. */
const AGAIN = new Set([429, 502, 503, 504]);
const ANSWER_LIMIT_BYTES = 64 * 1024;

export class OtlpRequests {
  readonly #to: Destination;
  readonly #url: URL;
  readonly #agent: HttpAgent;

  constructor(to: Destination) {
    this.#to = to;
    this.#url = new URL(to.url);
    const options = { keepAlive: true, maxSockets: 1 };
    this.#agent =
      this.#url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  send(bytes: Uint8Array): Promise<Outcome> {
    const body = this.#to.gzip ? gzipSync(bytes) : bytes;
    const headers: Record<string, string | number> = {
      ...this.#to.headers,
      'content-type': this.#to.contentType,
      'content-length': body.byteLength,
    };
    if (this.#to.gzip) headers['content-encoding'] = 'gzip';
    const open = this.#url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve) => {
      const request = open(this.#url, { method: 'POST', headers, agent: this.#agent });
      const timer = setTimeout(() => request.destroy(new Error('timeout')), this.#to.timeout_ms);
      timer.unref();
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      request.on('socket', (socket) => socket.unref());
      request.on('error', () => settle('again'));
      request.on('response', (response) => read(response, settle));
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function read(response: IncomingMessage, settle: (outcome: Outcome) => void): void {
  const status = response.statusCode ?? 0;
  let size_bytes = 0;
  response.on('data', (part: Buffer) => {
    size_bytes += part.length;
    if (size_bytes > ANSWER_LIMIT_BYTES) response.destroy();
  });
  response.on('error', () => settle('again'));
  response.on('close', () => {
    if (status >= 200 && status < 300) settle('taken');
    else settle(AGAIN.has(status) ? 'again' : 'refused');
  });
}
