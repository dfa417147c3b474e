// A model call as a framework sees it. Below it a provider's adapter may record the same call; then
// that span alone tells of it, and this one is never written.

import type { Attributes, Context } from '@opentelemetry/api';
import { Call, type Failure } from './call.ts';
import { layerIn, withLayer, type Layer } from './call-scope.ts';
import { closed, opened, type Work } from '../context/open-work.ts';

/**
 * Starts with the framework's call and ends with it. What runs for it runs in `inner`; if no billed
 * call was recorded there, a span is written at the end, as of the start.
 */
export class LayeredCall implements Work, Layer {
  /** Billed calls recorded within: more than one when the framework tried again. */
  billed = 0;
  readonly above: Layer | undefined;
  readonly inner: Context;
  readonly #outer: Context;
  readonly #operation: string;
  readonly #model: string | null;
  readonly #attributes: Attributes;
  readonly #startedAt_ms = performance.now();
  #firstChunk_ms: number | null = null;
  #chunks = 0;
  #ended = false;

  constructor(operation: string, model: string | null, attributes: Attributes, active: Context) {
    this.#operation = operation;
    this.#model = model;
    this.#attributes = attributes;
    this.#outer = active;
    this.above = layerIn(active);
    this.inner = withLayer(active, this);
    opened(this);
  }

  chunk(): void {
    this.#chunks += 1;
    this.#firstChunk_ms ??= performance.now();
  }

  succeed(attributes: Attributes): void {
    this.#end((call) => call.succeed(attributes));
  }

  abort(attributes: Attributes): void {
    this.#end((call) => call.abort(attributes));
  }

  fail(failure: Failure, attributes: Attributes = {}): void {
    this.#end((call) => call.fail(failure, attributes));
  }

  /** The framework had the answer already, as from its cache: nobody was asked and nothing is billed. */
  discard(): void {
    this.#end(null);
  }

  leave(): void {
    this.#end((call) => call.leave());
  }

  #end(write: ((call: Call) => void) | null): void {
    if (this.#ended) return;
    this.#ended = true;
    closed(this);
    if (write === null || this.billed > 0) return;
    const call = new Call(this.#operation, this.#model, this.#attributes, {
      active: this.#outer,
      startedAt_ms: this.#startedAt_ms,
      firstChunk_ms: this.#firstChunk_ms,
      chunks: this.#chunks,
    });
    write(call);
  }
}
