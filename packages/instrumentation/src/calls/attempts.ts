// The HTTP requests of one call: why each of them was followed by another, and how long that took.

import type { Attributes } from '@opentelemetry/api';
import { RETRIES_REASONS, RETRIES_TIME } from '../own-attributes.ts';
import { fields } from './request.ts';
import { safely } from '../safely.ts';

const REASONS_LIMIT = 16;
/** What is written where a request ended in a way that was not seen. */
const UNKNOWN = 'unknown';

export class Attempts {
  #begun = 0;
  #firstAt_ms = 0;
  #lastAt_ms = 0;
  readonly #reasons: string[] = [];
  /** What the SDK waits for with the last request. */
  #last: Promise<unknown> | null = null;

  begin(): void {
    // Only now is it known that the one before was not enough: most calls need one request, and a
    // promise more would be a good part of what we cost them.
    if (this.#last !== null) this.#ask(this.#last);
    this.#last = null;
    this.#begun += 1;
    this.#lastAt_ms = performance.now();
    if (this.#begun === 1) this.#firstAt_ms = this.#lastAt_ms;
  }

  /** `response` is what the SDK waits for: its rejection is the SDK's to handle, and it does. */
  follow(response: unknown): void {
    if (response instanceof Promise) this.#last = response;
  }

  #ask(response: Promise<unknown>): void {
    const at = this.#begun - 1;
    if (at >= REASONS_LIMIT) return;
    response.then(
      (answer: unknown) => {
        const { ok, status } = fields(answer);
        if (ok === false) this.#reasons[at] = String(status);
      },
      (error: unknown) => {
        this.#reasons[at] = safely('an attempt', () => reasonOf(error)) ?? UNKNOWN;
      },
    );
  }

  /** Nothing is written where one request was enough. */
  put(attributes: Attributes): void {
    if (this.#begun < 2) return;
    const failed = Math.min(this.#begun - 1, REASONS_LIMIT);
    attributes[RETRIES_REASONS] = Array.from(
      { length: failed },
      (_, at) => this.#reasons[at] ?? UNKNOWN,
    );
    attributes[RETRIES_TIME] = (this.#lastAt_ms - this.#firstAt_ms) / 1000;
  }
}

/** The status or code of the error where it has one; the SDKs abort what takes too long. */
function reasonOf(error: unknown): string {
  const { code, cause, name, status } = fields(error);
  if (typeof status === 'number') return String(status);
  for (const word of [fields(cause)['code'], code, fields(cause)['name'], name]) {
    if (typeof word !== 'string' || !/^[\w.-]{1,64}$/.test(word)) continue;
    return word === 'AbortError' || word === 'TimeoutError' ? 'timeout' : word;
  }
  return UNKNOWN;
}
