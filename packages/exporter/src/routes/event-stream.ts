// An answer that goes on: server-sent events, written as they happen until the asker leaves or its time
// is over. Whoever wants more comes again, as browsers do by themselves.

import { once } from 'node:events';
import type { Response } from 'express';
import { json } from './json.ts';

/** A stream is a question that lasts, and counts as one; so it makes room for others now and then. */
export const STREAM_MAX_MS = 60_000;
const COME_AGAIN_MS = 1_000;

export interface StreamedEvent {
  readonly event: string;
  readonly data: unknown;
}

export class EventStream {
  readonly #events: (signal: AbortSignal) => AsyncIterable<StreamedEvent>;

  /** `events` end soon after the signal. */
  constructor(events: (signal: AbortSignal) => AsyncIterable<StreamedEvent>) {
    this.#events = events;
  }

  async send(response: Response): Promise<void> {
    const left = new AbortController();
    response.on('close', () => left.abort());
    const signal = AbortSignal.any([left.signal, AbortSignal.timeout(STREAM_MAX_MS)]);
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    });
    response.write(`retry: ${COME_AGAIN_MS}\n\n`);
    try {
      for await (const { event, data } of this.#events(signal)) {
        if (left.signal.aborted) break;
        if (!response.write(`event: ${event}\ndata: ${json(data)}\n\n`)) {
          await Promise.race([once(response, 'drain'), once(response, 'close')]);
        }
      }
    } finally {
      response.end();
    }
  }
}
