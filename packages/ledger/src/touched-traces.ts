// Which traces got facts in a request, and the span of time of those facts: what settling looks at
// next. Traces are found by the place of their id in its column; texts are made once, for the list.

import { bigOf, type Bytes, decodeText, sameBytes } from './bytes.ts';
import { hashBytes } from './content-hash.ts';
import { grown } from './dictionary.ts';
import type { TouchedTrace } from './receipt.ts';

/** A length-prefixed text that already lies in a column. */
export interface TextPlace {
  bytes: Bytes;
  at: number;
}

const SLOTS = 512;
/** More slots than this are given back after the request. */
const SLOTS_KEPT = 16_384;
/** Four words a trace: first time, last time, the low word first. Nothing said yet is 2^63 - 1, 0. */
const UNSAID = [0xffffffff, 0x7fffffff, 0, 0];

export class TouchedTraces {
  readonly #seed: number;
  /** Number of the trace + 1, by hash of its id. */
  #slots = new Int32Array(SLOTS);
  /** Where in its column the id of each trace lies. */
  #places = new Int32Array(SLOTS / 2);
  #times = new Uint32Array(SLOTS * 2);
  #traces = 0;
  #last = -1;
  #ids: Bytes | null = null;
  /** Traces with facts whose times are not the plain ones of their record. */
  readonly #widened = new Map<number, { first_ns: bigint; last_ns: bigint }>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** A new request begins. */
  clear(): void {
    if (this.#traces > 0) this.#slots.fill(0);
    if (this.#slots.length > SLOTS_KEPT) {
      this.#slots = new Int32Array(SLOTS);
      this.#places = new Int32Array(SLOTS / 2);
      this.#times = new Uint32Array(SLOTS * 2);
    }
    this.#traces = 0;
    this.#last = -1;
    this.#ids = null;
    this.#widened.clear();
  }

  /** Adds a fact by its start and end, in words; the end is not before the start. */
  add(
    place: TextPlace,
    startLow: number,
    startHigh: number,
    endLow: number,
    endHigh: number,
  ): void {
    const at = this.#trace(place) * 4;
    const times = this.#times;
    const firstHigh = times[at + 1]!;
    if (startHigh < firstHigh || (startHigh === firstHigh && startLow < times[at]!)) {
      times[at] = startLow;
      times[at + 1] = startHigh;
    }
    const lastHigh = times[at + 3]!;
    if (endHigh > lastHigh || (endHigh === lastHigh && endLow > times[at + 2]!)) {
      times[at + 2] = endLow;
      times[at + 3] = endHigh;
    }
  }

  /** Adds a fact with any times at all. */
  widen(place: TextPlace, first_ns: bigint, last_ns: bigint): void {
    const trace = this.#trace(place);
    const known = this.#widened.get(trace);
    this.#widened.set(
      trace,
      known === undefined
        ? { first_ns, last_ns }
        : {
            first_ns: first_ns < known.first_ns ? first_ns : known.first_ns,
            last_ns: last_ns > known.last_ns ? last_ns : known.last_ns,
          },
    );
  }

  /** The number of a trace, its id being at `place`; the last one is tried first. */
  #trace({ bytes, at }: TextPlace): number {
    this.#ids = bytes;
    const { dv } = bytes;
    const length = bytes.u8[at]!;
    if (this.#last >= 0 && sameId(dv, this.#places[this.#last]!, at, length)) return this.#last;
    const mask = this.#slots.length - 1;
    let slot = hashBytes(dv, at + 1, at + 1 + length, this.#seed) & mask;
    for (let trace = this.#slots[slot]!; trace !== 0; trace = this.#slots[slot]!) {
      if (sameId(dv, this.#places[trace - 1]!, at, length)) return (this.#last = trace - 1);
      slot = (slot + 1) & mask;
    }
    const trace = this.#traces++;
    this.#slots[slot] = trace + 1;
    this.#places[trace] = at;
    this.#times.set(UNSAID, trace * 4);
    if (this.#traces === this.#places.length) this.#grow(bytes);
    return (this.#last = trace);
  }

  #grow({ u8, dv }: Bytes): void {
    this.#places = grown(this.#places);
    const times = new Uint32Array(this.#times.length * 2);
    times.set(this.#times);
    this.#times = times;
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let trace = 0; trace < this.#traces; trace++) {
      const start = this.#places[trace]! + 1;
      let slot = hashBytes(dv, start, start + u8[start - 1]!, this.#seed) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = trace + 1;
    }
  }

  /** All of them belong to this organisation: they are listed before records of another come. */
  list(org_id: string): TouchedTrace[] {
    const ids = this.#ids;
    if (ids === null) return [];
    return Array.from({ length: this.#traces }, (_, trace) => {
      const start = this.#places[trace]! + 1;
      const trace_id = decodeText(ids.u8, start, start + ids.u8[start - 1]!);
      return { org_id, trace_id, ...this.#spanOf(trace) };
    });
  }

  #spanOf(trace: number): { first_ns: bigint; last_ns: bigint } {
    const times = this.#times.subarray(trace * 4, trace * 4 + 4);
    const first_ns = bigOf(times[0]!, times[1]!);
    const last_ns = bigOf(times[2]!, times[3]!);
    const wide = this.#widened.get(trace);
    if (wide === undefined) return { first_ns, last_ns };
    if (UNSAID.every((word, i) => word === times[i])) return wide;
    return {
      first_ns: wide.first_ns < first_ns ? wide.first_ns : first_ns,
      last_ns: wide.last_ns > last_ns ? wide.last_ns : last_ns,
    };
  }
}

/** Whether two length-prefixed ids of a column are the same; the second one's length is known. */
function sameId(dv: DataView, at: number, other: number, length: number): boolean {
  return dv.getUint8(at) === length && sameBytes(dv, at + 1, dv, other + 1, length);
}
