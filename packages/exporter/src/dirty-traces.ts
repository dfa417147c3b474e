// The traces that wait to be settled, in memory and bounded: what does not fit is found again by
// the sweep, because everything dirty can be told from the tables alone.

export interface TraceSpan {
  readonly trace_id: string;
  readonly first_ns: bigint;
  readonly last_ns: bigint;
}

/** A trace of an organisation and the time its new facts lie in. */
export interface DirtyTrace extends TraceSpan {
  readonly org_id: string;
}

export class DirtyTraces {
  readonly #limit: number;
  readonly #now: () => number;
  #waiting = new Map<string, DirtyTrace>();
  #since: number | null = null;
  #overflowed = 0;

  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Marks that did not fit, ever. */
  get overflowed(): number {
    return this.#overflowed;
  }

  /** How long the oldest mark has been waiting. */
  get age_ms(): number {
    return this.#since === null ? 0 : this.#now() - this.#since;
  }

  mark(org_id: string, traces: readonly TraceSpan[]): void {
    for (const trace of traces) this.#put({ org_id, ...trace });
  }

  /** Puts back what could not be settled. */
  putBack(traces: readonly DirtyTrace[]): void {
    for (const trace of traces) this.#put(trace);
  }

  /** Takes up to `count` traces, the oldest marks first; marks set from now on stay. */
  take(count: number): DirtyTrace[] {
    const taken: DirtyTrace[] = [];
    for (const [key, trace] of this.#waiting) {
      if (taken.length === count) break;
      taken.push(trace);
      this.#waiting.delete(key);
    }
    if (this.#waiting.size === 0) this.#since = null;
    return taken;
  }

  #put(trace: DirtyTrace): void {
    const key = `${trace.org_id}\n${trace.trace_id}`;
    const known = this.#waiting.get(key);
    if (known === undefined && this.#waiting.size >= this.#limit) {
      this.#overflowed++;
      return;
    }
    this.#waiting.set(key, known === undefined ? trace : widest(known, trace));
    this.#since ??= this.#now();
  }
}

function widest(one: DirtyTrace, other: DirtyTrace): DirtyTrace {
  return {
    ...one,
    first_ns: one.first_ns < other.first_ns ? one.first_ns : other.first_ns,
    last_ns: one.last_ns > other.last_ns ? one.last_ns : other.last_ns,
  };
}
