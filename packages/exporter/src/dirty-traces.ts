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

const NS_PER_MINUTE = 60_000_000_000n;
/** Records without a trace are settled minute by minute; a wider range is left to the sweep. */
const LOOSE_MINUTES_MAX = 48n * 60n;

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
    for (const trace of traces) {
      if (trace.trace_id === '') this.#markLoose(org_id, trace);
      else this.#put({ org_id, ...trace });
    }
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

  /** Log records that name no trace: the minutes that they lie in. */
  #markLoose(org_id: string, { first_ns, last_ns }: TraceSpan): void {
    const last = last_ns / NS_PER_MINUTE;
    const first = first_ns / NS_PER_MINUTE;
    if (last - first >= LOOSE_MINUTES_MAX) {
      this.#overflowed++;
      return;
    }
    for (let minute = first; minute <= last; minute++) {
      const start_ns = minute * NS_PER_MINUTE;
      this.#put({ org_id, trace_id: '', first_ns: start_ns, last_ns: start_ns });
    }
  }

  #put(trace: DirtyTrace): void {
    const minute = trace.trace_id === '' ? trace.first_ns / NS_PER_MINUTE : '';
    const key = `${trace.org_id}\n${trace.trace_id}\n${minute}`;
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
