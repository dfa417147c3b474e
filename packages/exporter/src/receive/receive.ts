// The three OTLP paths on plain node:http, in front of express: per request this is most of the
// bill of small requests. Every way out is an answer of the table; nothing is thrown to the server.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { SpanledgerError, type ErrorCode } from '@spanledger/ledger';
import { accepted, errorCode, refusal, type Answer, type Signal } from './answer.ts';
import { discard, encodingOf } from './body.ts';
import type { Config } from '../settings/config.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Outcome } from './take-body.ts';
import { Busy, countRefusal } from './try-later.ts';

export const SIGNAL_PATHS: ReadonlyMap<string, Signal> = new Map([
  ['/v1/traces', 'traces'],
  ['/v1/logs', 'logs'],
  ['/v1/metrics', 'metrics'],
]);
const MS_PER_S = 1_000;
/** A probe comes now and then; it is told of refusals for this long. */
const FULL_SHOWN_MS = 10_000;

export interface ReceiveOptions {
  readonly limits: Config['receive'];
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Throws while requests cannot be taken at all: not ready yet, or stopping. */
  readonly checkOpen: () => void;
  /** Throws for a request that came under a name that is not ours. */
  readonly checkHost: (request: IncomingMessage) => void;
  readonly take: (request: IncomingMessage, signal: Signal) => Promise<Outcome>;
}

export class Receiver {
  readonly #options: ReceiveOptions;
  #in_flight = 0;
  #discards = 0;
  #idle: (() => void)[] = [];
  /** When there was no room last. */
  #full_at = -Infinity;

  constructor(options: ReceiveOptions) {
    this.#options = options;
  }

  get in_flight(): number {
    return this.#in_flight;
  }

  /** Whether requests are refused for now because there is no room. */
  get full(): boolean {
    return performance.now() - this.#full_at < FULL_SHOWN_MS;
  }

  get discards(): number {
    return this.#discards;
  }

  /** Resolves when no request is being handled. */
  idle(): Promise<void> {
    if (this.#in_flight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Answers the request when its path is one of OTLP's; false leaves it to others. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const signal = SIGNAL_PATHS.get(path);
    if (signal === undefined) return false;
    void this.#answer(request, response, signal);
    return true;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, signal: Signal): Promise<void> {
    const { limits, log } = this.#options;
    const begun = performance.now();
    const encoding = encodingOf(request.headers['content-type']) ?? 'json';
    this.#in_flight++;
    let answer: Answer;
    let refused: ErrorCode | null = null;
    try {
      const outcome = await this.#take(request, signal);
      answer = accepted(signal, encoding, outcome.refused);
    } catch (error) {
      const code = (refused = errorCode(error));
      countRefusal(this.#options.metrics, error, code);
      if (error instanceof Busy) this.#full_at = performance.now();
      if (code === 'unexpected') log.error({ err: error, signal }, 'request failed');
      else log.debug({ code, signal, reason: (error as Error).message }, 'request refused');
      answer = refusal(error, encoding, limits.retry_after_s);
    } finally {
      this.#done();
    }
    // The rest of the body is read before the answer, or the sender would see a reset instead.
    const complete =
      refused === null || (refused !== 'body_timeout' && (await this.#discard(request)));
    if (!complete) response.setHeader('connection', 'close');
    send(response, answer);
    const seconds = (performance.now() - begun) / MS_PER_S;
    const status = String(answer.status);
    this.#options.metrics.count('spanledger_requests_total', { signal, status });
    this.#options.metrics.observe('spanledger_request_seconds', seconds);
  }

  /** Not in flight any more: who may not send keeps nobody out by sending slowly. */
  async #discard(request: IncomingMessage): Promise<boolean> {
    if (request.complete) return true;
    if (this.#discards >= this.#options.limits.discarded_bodies_max) {
      this.#options.metrics.count('spanledger_cut_bodies_total');
      return false;
    }
    this.#discards++;
    try {
      return await discard(request, this.#options.limits);
    } finally {
      this.#discards--;
    }
  }

  #done(): void {
    this.#in_flight--;
    if (this.#in_flight > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #take(request: IncomingMessage, signal: Signal): Promise<Outcome> {
    const { limits, checkHost, checkOpen, take } = this.#options;
    checkHost(request);
    if (request.method !== 'POST') throw new SpanledgerError('method_not_allowed', 'allowed: POST');
    checkOpen();
    if (this.#in_flight > limits.in_flight_requests_max) {
      const limit = limits.in_flight_requests_max;
      throw new Busy('requests', `in flight; limit: ${limit} requests`);
    }
    return take(request, signal);
  }
}

function send(response: ServerResponse, answer: Answer): void {
  const headers: Record<string, string | number> = {
    'content-type': answer.content_type,
    'content-length': answer.body.length,
  };
  if (answer.retry_after_s !== null) headers['retry-after'] = answer.retry_after_s;
  if (answer.allow !== null) headers['allow'] = answer.allow;
  response.writeHead(answer.status, headers).end(answer.body);
}
