// The traces that wait to be settled, in memory and bounded: what does not fit is found again by
// the sweep, because everything dirty can be told from the tables alone.

import { FairMarks } from '@spanledger/store';

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
  readonly #now: () => number;
  readonly #marks: FairMarks<DirtyTrace>;
  #since: number | null = null;

  /** `bytes_max`: of the marks of all organisations; a mark costs about 256 bytes. */
  constructor(bytes_max: number, now: () => number) {
    this.#marks = new FairMarks(bytes_max);
    this.#now = now;
  }

  get size(): number {
    return this.#marks.size;
  }

  get held_bytes(): number {
    return this.#marks.held_bytes;
  }

  /** Marks that did not fit, ever. */
  get overflowed(): number {
    return this.#marks.forgotten;
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

  /** There were marks that nobody remembers: the sweep finds them. */
  lose(): void {
    this.#marks.forget();
  }

  /** Puts back what could not be settled. */
  putBack(traces: readonly DirtyTrace[]): void {
    for (const trace of traces) this.#put(trace);
  }

  /**
   * Takes up to `count` traces, of each organisation the same number as far as it has them, the
   * oldest marks first; marks set from now on stay.
   */
  take(count: number): DirtyTrace[] {
    const taken = this.#marks.take(count);
    if (this.#marks.size === 0) this.#since = null;
    return taken;
  }

  /** Log records that name no trace: the minutes that they lie in. */
  #markLoose(org_id: string, { first_ns, last_ns }: TraceSpan): void {
    const last = last_ns / NS_PER_MINUTE;
    const first = first_ns / NS_PER_MINUTE;
    if (last - first >= LOOSE_MINUTES_MAX) {
      this.#marks.forget();
      return;
    }
    for (let minute = first; minute <= last; minute++) {
      const start_ns = minute * NS_PER_MINUTE;
      this.#put({ org_id, trace_id: '', first_ns: start_ns, last_ns: start_ns });
    }
  }

  #put(trace: DirtyTrace): void {
    const key = trace.trace_id || `minute ${trace.first_ns / NS_PER_MINUTE}`;
    if (this.#marks.put(trace.org_id, key, trace, widest)) this.#since ??= this.#now();
  }
}

function widest(one: DirtyTrace, other: DirtyTrace): DirtyTrace {
  return {
    ...one,
    first_ns: one.first_ns < other.first_ns ? one.first_ns : other.first_ns,
    last_ns: one.last_ns > other.last_ns ? one.last_ns : other.last_ns,
  };
}
