// What is on its way out: a bounded queue, sent in batches, one at a time. It holds nothing open: no
// timer and no socket of it keeps the program from ending.

import { context, type Attributes } from '@opentelemetry/api';
import { suppressTracing } from './opentelemetry-sdk.ts';
import type { Outcome } from './otlp-request.ts';
import { safely, warnOnce } from '../safely.ts';

export interface BatchQueueOptions<Item> {
  /** What the items are called in the one line that tells of a loss. */
  items: string;
  batchDelay_ms: number;
  batchLimit_items: number;
  queueLimit_items: number;
  /** Characters of all texts of an item: most of what it takes. */
  sizeOf(item: Item): number;
  serialise(items: Item[]): Uint8Array;
  send(bytes: Uint8Array): Promise<Outcome>;
}

/** Texts that wait, all together: at most twice as many bytes of memory. */
export const QUEUE_LIMIT_CHARS = 32 * 1024 * 1024;
/** Of one request, which receivers take up to some size only. */
export const BATCH_LIMIT_CHARS = 4 * 1024 * 1024;
const BACKOFF_START_MS = 1000;
const BACKOFF_LIMIT_MS = 30_000;

export class BatchQueue<Item> {
  readonly #options: BatchQueueOptions<Item>;
  /** Oldest first; the first `#sending` of them are on the wire. */
  #items: Item[] = [];
  /** Of each item, in characters, and of all. */
  #sizes: number[] = [];
  #size_chars = 0;
  #sending = 0;
  #delivery: Promise<Outcome> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #backoff_ms = 0;
  #closed = false;
  /** Items left out because the queue was full or the receiver refused them. */
  dropped = 0;

  constructor(options: BatchQueueOptions<Item>) {
    this.#options = options;
  }

  add(item: Item): void {
    if (this.#closed) return;
    const size_chars = safely('a size', () => this.#options.sizeOf(item)) ?? 0;
    const chars = this.#size_chars + size_chars;
    if (this.#items.length >= this.#options.queueLimit_items || chars > QUEUE_LIMIT_CHARS) {
      this.#drop(1, 'the queue is full because the receiver does not answer');
      return;
    }
    this.#items.push(item);
    this.#sizes.push(size_chars);
    this.#size_chars = chars;
    this.#schedule();
  }

  /** Sends what is there, or gives up at the limit. Keeps the program alive meanwhile. */
  async flush(limit_ms: number): Promise<void> {
    let give: () => void = () => {};
    const limit = new Promise<void>((resolve) => (give = resolve));
    const timer = setTimeout(give, limit_ms);
    try {
      await Promise.race([this.forceFlush(), limit]);
    } finally {
      clearTimeout(timer);
    }
  }

  async forceFlush(): Promise<void> {
    while (this.#items.length > 0) {
      if ((await (this.#delivery ?? this.#deliver())) === 'again') return;
    }
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
    this.#closed = true;
  }

  /** Everything not known to have arrived, on the wire or not: the receiver knows repeats. */
  drain(): Item[] {
    const items = this.#items;
    this.#items = [];
    this.#sizes = [];
    this.#size_chars = 0;
    this.#sending = 0;
    this.#stopTimer();
    return items;
  }

  #schedule(): void {
    if (this.#delivery !== null) return;
    const full =
      this.#items.length >= this.#options.batchLimit_items || this.#size_chars >= BATCH_LIMIT_CHARS;
    const delay_ms = this.#backoff_ms || (full ? 0 : this.#options.batchDelay_ms);
    if (this.#timer !== null) {
      if (!full || this.#backoff_ms > 0) return;
      this.#stopTimer();
    }
    this.#timer = setTimeout(() => void this.#deliver(), delay_ms);
    this.#timer.unref();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #deliver(): Promise<Outcome> {
    this.#stopTimer();
    const batch = this.#items.slice(0, this.#nextCount());
    this.#sending = batch.length;
    // An HTTP instrumentation in the program must not trace our own requests.
    const delivery = context
      .with(suppressTracing(context.active()), () => this.#send(batch))
      .then((outcome) => {
        this.#settle(outcome);
        return outcome;
      });
    this.#delivery = delivery;
    return delivery;
  }

  /** One at least, however large. */
  #nextCount(): number {
    const most = Math.min(this.#items.length, this.#options.batchLimit_items);
    let chars = 0;
    for (let count = 0; count < most; count += 1) {
      chars += this.#sizes[count] ?? 0;
      if (chars > BATCH_LIMIT_CHARS) return Math.max(1, count);
    }
    return most;
  }

  async #send(batch: Item[]): Promise<Outcome> {
    const { items, serialise, send } = this.#options;
    const bytes = safely(`a batch of ${items}`, () => serialise(batch));
    if (bytes === undefined) return 'refused';
    try {
      return await send(bytes);
    } catch {
      return 'again';
    }
  }

  #settle(outcome: Outcome): void {
    this.#delivery = null;
    if (outcome === 'again') {
      const doubled = this.#backoff_ms * 2 || BACKOFF_START_MS;
      this.#backoff_ms = Math.min(doubled, BACKOFF_LIMIT_MS);
    } else {
      this.#backoff_ms = 0;
      this.#items.splice(0, this.#sending);
      for (const size_chars of this.#sizes.splice(0, this.#sending)) this.#size_chars -= size_chars;
      if (outcome === 'refused') this.#drop(this.#sending, 'the receiver refused them');
    }
    this.#sending = 0;
    if (this.#items.length > 0) this.#schedule();
  }

  #drop(count: number, cause: string): void {
    const { items } = this.#options;
    this.dropped += count;
    warnOnce(`dropped:${items}:${cause}`, `${items} are left out: ${cause}`);
  }
}

/** Characters of the texts among attributes. */
export function textSize(attributes: Attributes): number {
  let size_chars = 0;
  for (const name in attributes) {
    const value = attributes[name];
    if (typeof value === 'string') size_chars += value.length;
    else if (Array.isArray(value)) {
      for (const each of value) if (typeof each === 'string') size_chars += each.length;
    }
  }
  return size_chars;
}
