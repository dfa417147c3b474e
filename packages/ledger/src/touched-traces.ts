// Which traces got facts in a request, and the span of time of those facts: what settling looks at
// next. Facts of one trace mostly come one after another, so the last trace is tried first.

import { type Bytes, decodeText } from './bytes.ts';
import type { TouchedTrace } from './receipt.ts';

/** A length-prefixed text that already lies in a column. */
export interface TextPlace {
  bytes: Bytes;
  at: number;
}

interface Touched {
  readonly trace_id: string;
  readonly bytes: Uint8Array;
  first_ns: bigint;
  last_ns: bigint;
}

export class TouchedTraces {
  readonly #traces = new Map<string, Touched>();
  #last: Touched | null = null;

  /** A new request begins. */
  clear(): void {
    this.#traces.clear();
    this.#last = null;
  }

  add(place: TextPlace, first_ns: bigint, last_ns: bigint): void {
    const { u8 } = place.bytes;
    const length = u8[place.at]!;
    const start = place.at + 1;
    let trace = this.#last;
    if (trace === null || !sameText(trace.bytes, u8, start, length)) {
      const trace_id = decodeText(u8, start, start + length);
      trace = this.#traces.get(trace_id) ?? null;
      if (trace === null) {
        trace = { trace_id, first_ns, last_ns, bytes: u8.slice(start, start + length) };
        this.#traces.set(trace_id, trace);
      }
      this.#last = trace;
    }
    if (first_ns < trace.first_ns) trace.first_ns = first_ns;
    if (last_ns > trace.last_ns) trace.last_ns = last_ns;
  }

  list(): TouchedTrace[] {
    return Array.from(this.#traces.values(), ({ trace_id, first_ns, last_ns }) => ({
      trace_id,
      first_ns,
      last_ns,
    }));
  }
}

function sameText(text: Uint8Array, u8: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (text[i] !== u8[start + i]) return false;
  }
  return true;
}
