// One OTLP request over HTTP that never keeps the program alive: its sockets and timers are all
// let go of.

import type { Agent, IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';

/** Node's own modules for HTTP take longer to load than the rest of us: not before something is sent. */
const require = createRequire(import.meta.url);
type Http = typeof import('node:http');

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
  #agent: Agent | null = null;

  constructor(to: Destination) {
    this.#to = to;
    this.#url = new URL(to.url);
  }

  send(bytes: Uint8Array): Promise<Outcome> {
    const body = this.#to.gzip ? gzip(bytes) : bytes;
    const headers: Record<string, string | number> = {
      ...this.#to.headers,
      'content-type': this.#to.contentType,
      'content-length': body.byteLength,
    };
    if (this.#to.gzip) headers['content-encoding'] = 'gzip';
    const http = require(this.#url.protocol === 'https:' ? 'node:https' : 'node:http') as Http;
    this.#agent ??= new http.Agent({ keepAlive: true, maxSockets: 1 });
    const options = { method: 'POST', headers, agent: this.#agent };
    return new Promise((resolve) => {
      const request = http.request(this.#url, options);
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
    this.#agent?.destroy();
  }
}

function gzip(bytes: Uint8Array): Uint8Array {
  return (require('node:zlib') as typeof import('node:zlib')).gzipSync(bytes);
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
