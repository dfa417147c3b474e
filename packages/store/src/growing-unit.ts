// A unit while it grows: from the records of one trace outwards to what may tell of the same calls,
// as long as something new is found and its limits allow. It knows its own trace and what was found
// around it, never what else is dirty, so it ends the same however it came to be read.

import { connectedTo, namesConversation, type Fact } from '@spanledger/ledger';
import { recordKey, type CallIndex } from './call-search.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import { compare } from './grouping.ts';
import type { Joined } from './sightings.ts';
import { keyOf, traceKey, type TraceHours } from './trace-hours.ts';
import type { Unit, UnitLimits } from './units.ts';

/** Facts of other traces, read whole or in part. */
export interface Context {
  whole(key: string): readonly Fact[];
  sharing(key: string): readonly Fact[];
}

export class GrowingUnit {
  readonly trace: TraceHours;
  readonly key: string;
  readonly own: readonly Fact[];
  /** Traces that share an id with one of its calls. */
  readonly joined = new Map<string, DirtyTrace>();
  readonly response_ids = new Set<string>();
  /** Records elsewhere that were found without an id. */
  readonly found = new Map<string, Fact>();
  /** Traces of those. */
  readonly found_traces = new Map<string, DirtyTrace>();
  /** What was reached and not looked around yet. */
  frontier: readonly Fact[];
  /** Its surroundings are too large to be read whole. */
  partly = false;
  readonly #limits: UnitLimits;
  readonly #ownKeys: ReadonlySet<string>;
  readonly #looked: Set<string>;
  /** Keys of the records elsewhere that some chain of joins connects to its own. */
  #reached: ReadonlySet<string> = new Set();
  #cut = false;

  constructor(trace: TraceHours, own: readonly Fact[], joined: Joined, limits: UnitLimits) {
    this.trace = trace;
    this.key = keyOf(trace);
    this.own = own;
    this.#limits = limits;
    this.#ownKeys = new Set(own.map(recordKey));
    this.frontier = own;
    this.#looked = new Set(this.#ownKeys);
    this.join(joined);
  }

  get bounded(): boolean {
    return this.#cut || this.partly;
  }

  join({ traces, response_ids, cut }: Joined): void {
    this.#cut ||= cut;
    for (const id of response_ids) this.response_ids.add(id);
    for (const [key, trace] of traces) this.joined.set(key, trace);
  }

  /** Takes from what was found what may tell of the calls at its edge; true when that is new. */
  take(index: CallIndex): boolean {
    const before = this.found.size;
    const { matches_per_record_max, matched_records_max } = this.#limits;
    for (const record of this.frontier) {
      const near = index.near(record).filter((fact) => !this.#isOwn(fact));
      this.#cut ||= near.length > matches_per_record_max;
      for (const fact of near.slice(0, matches_per_record_max)) {
        const key = recordKey(fact);
        if (this.found.has(key)) continue;
        if (this.found.size >= matched_records_max) {
          this.#cut = true;
          break;
        }
        this.found.set(key, fact);
        if (fact.trace_id === '') continue;
        const { org_id, trace_id, start_time } = fact;
        const trace = { org_id, trace_id, first_ns: start_time, last_ns: start_time };
        this.found_traces.set(trace_id, trace);
      }
    }
    return this.found.size > before;
  }

  /** Looks at all that was read: what it connects to its own is the next edge. */
  advance(context: Context): void {
    const pool = this.#pool(context);
    const around = connectedTo(pool, (fact) => this.#isOwn(fact));
    const others = around.filter((fact) => !this.#isOwn(fact));
    this.#reached = new Set(others.map(recordKey));
    const traces = new Set(others.map(({ trace_id }) => trace_id));
    const naming = pool.filter((fact) => traces.has(fact.trace_id) && namesConversation(fact));
    this.frontier = [...others, ...naming].filter((fact) => !this.#looked.has(recordKey(fact)));
    for (const fact of this.frontier) this.#looked.add(recordKey(fact));
  }

  /** Nothing more is looked at. */
  end(): void {
    this.#cut ||= this.frontier.length > 0;
    this.frontier = [];
  }

  #isOwn(fact: Fact): boolean {
    if (fact.trace_id !== '') return fact.trace_id === this.trace.trace_id;
    return this.#ownKeys.has(recordKey(fact));
  }

  #pool(context: Context): Fact[] {
    const keys = new Set([...this.joined.keys(), ...this.found_traces.keys()]);
    const pool = [...this.own];
    for (const key of keys) {
      for (const fact of this.#of(key, context)) pool.push(fact);
    }
    for (const fact of this.found.values()) if (fact.trace_id === '') pool.push(fact);
    return pool;
  }

  /** What it takes of another trace: all, or only the records of the calls that they share. */
  #of(key: string, context: Context): Fact[] {
    const loose = key.startsWith('\n');
    if (!this.partly && !loose) return [...context.whole(key)];
    const facts = new Map<string, Fact>();
    for (const fact of context.sharing(key)) {
      if (this.response_ids.has(fact.response_id)) facts.set(recordKey(fact), fact);
    }
    for (const [record, fact] of this.found) {
      if (!loose && traceKey(fact.trace_id, fact.start_time) === key) facts.set(record, fact);
    }
    return [...facts.values()].filter((fact) => !this.#isOwn(fact));
  }

  /** The traces beside its own whose records it holds. */
  members(context: Context): string[] {
    const members = new Set(this.joined.keys());
    for (const key of this.found_traces.keys()) {
      if (this.#of(key, context).some((fact) => this.#reached.has(recordKey(fact)))) {
        members.add(key);
      }
    }
    return [...members].sort(compare);
  }

  /** Other traces that may hold one of its records in their units. */
  neighbours(context: Context): DirtyTrace[] {
    const found = new Map<string, DirtyTrace>();
    for (const key of this.members(context)) {
      const trace = this.found_traces.get(key) ?? this.joined.get(key);
      if (trace !== undefined) found.set(key, trace);
    }
    for (const { org_id, start_time } of this.#events()) {
      const trace = { org_id, trace_id: '', first_ns: start_time, last_ns: start_time };
      found.set(traceKey('', start_time), trace);
    }
    return [...found.values()];
  }

  /** Events without a trace that it reached. */
  #events(): Fact[] {
    return [...this.found]
      .filter(([key, { trace_id }]) => trace_id === '' && this.#reached.has(key))
      .map(([, fact]) => fact)
      .sort((a, b) => compare(recordKey(a), recordKey(b)));
  }

  unit(context: Context): Unit & { traces: TraceHours[]; name: string } {
    const members = this.members(context);
    const events = this.#events();
    const facts = [...this.own];
    const known = new Set(this.#ownKeys);
    for (const fact of [...members.flatMap((key) => this.#of(key, context)), ...events]) {
      const key = recordKey(fact);
      if (known.has(key)) continue;
      known.add(key);
      facts.push(fact);
    }
    const { org_id, trace_id } = this.trace;
    const loose = trace_id === '';
    const event_ids = loose ? new Set(this.own.map((fact) => fact.event_id)) : null;
    const alone = loose || this.bounded || facts.length === this.own.length;
    const name = alone
      ? [this.key, ...(event_ids ?? [])].join('\r')
      : [...known].sort(compare).join('\r');
    return { org_id, traces: [this.trace], event_ids, facts, bounded: this.bounded, name };
  }
}
