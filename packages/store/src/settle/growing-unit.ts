// A unit while it grows: from the records of one trace outwards to what may tell of the same calls,
// as long as something new is found and its limits allow. It knows its own trace and what was found
// around it, never what else is dirty, so it ends the same however it came to be read.

import {
  isSum,
  looksLikeCall,
  namesConversation,
  Places,
  surroundingsOf,
  type Fact,
} from '@spanledger/ledger';
import { recordKey, type CallIndex } from './call-search.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import { compare } from '../usage/grouping.ts';
import type { Joined } from './sightings.ts';
import { tellsUsage, type CallsBeside } from './sum-search.ts';
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
  /** Sums among that, whose billing may depend on calls elsewhere. */
  sums: readonly Fact[] = [];
  /** Its surroundings are too large to be read whole. */
  partly = false;
  readonly #limits: UnitLimits;
  readonly #ownKeys: ReadonlySet<string>;
  readonly #places: Places;
  readonly #looked: Set<string>;
  readonly #lookedSums = new Set<string>();
  /** Reached for a sum's sake only: they tell nothing of its own calls. */
  readonly #beside = new Set<string>();
  #cut = false;

  constructor(trace: TraceHours, own: readonly Fact[], joined: Joined, limits: UnitLimits) {
    this.trace = trace;
    this.key = keyOf(trace);
    this.own = own;
    this.#limits = limits;
    this.#ownKeys = new Set(own.map(recordKey));
    this.#places = new Places(own);
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
    for (const [key, trace] of traces) {
      // Of the records without a trace, those of its own minute may belong to another unit.
      if (key !== this.key || this.trace.trace_id === '') this.joined.set(key, trace);
    }
  }

  /** Records of other traces at its edge, with ids that it was not joined by yet. */
  unknownIds(): Fact[] {
    return this.frontier.filter((fact) => {
      const { response_id } = fact;
      return response_id !== '' && !this.response_ids.has(response_id) && !this.#isOwn(fact);
    });
  }

  /** Takes from what was found what may tell of the calls at its edge; true when that is new. */
  take(index: CallIndex, beside: CallsBeside): boolean {
    const before = this.found.size;
    const { matches_per_record_max } = this.#limits;
    for (const record of this.frontier) {
      const near = index.near(record).filter((fact) => !this.#isOwn(fact));
      this.#cut ||= near.length > matches_per_record_max;
      this.#find(near.slice(0, matches_per_record_max));
    }
    for (const sum of this.sums) {
      const near = beside.near(sum).filter((fact) => !this.#isOwn(fact));
      const some = near.slice(0, matches_per_record_max);
      // One that tells its usage decides; how many others there are does not matter then.
      this.#cut ||= near.length > some.length && !some.some(tellsUsage);
      this.#find(some);
      this.#lookedSums.add(recordKey(sum));
    }
    this.sums = [];
    return this.found.size > before;
  }

  /**
   * Call records that may keep sums of other traces from billing: its own without a place, and all
   * of others that it knows, also those that turned out not to belong to its own. They may have done
   * so before, and what they kept from billing may bill since.
   */
  callsBesideSums(context: Context): Fact[] {
    return this.#pool(context).filter((fact) => {
      if (!looksLikeCall({ fact }) || this.#beside.has(recordKey(fact))) return false;
      return !this.#isOwn(fact) || this.#places.hasNoPlace(fact);
    });
  }

  /** Takes the nearest, as far as there is room. */
  #find(near: readonly Fact[]): void {
    for (const fact of near) {
      const key = recordKey(fact);
      if (this.found.has(key)) continue;
      if (this.found.size >= this.#limits.matched_records_max) {
        this.#cut = true;
        return;
      }
      this.found.set(key, fact);
      if (fact.trace_id === '') continue;
      const { org_id, trace_id, start_time } = fact;
      const trace = { org_id, trace_id, first_ns: start_time, last_ns: start_time };
      this.found_traces.set(trace_id, trace);
    }
  }

  /** Looks at all that was read: what it connects to its own is the next edge. */
  advance(context: Context): void {
    const pool = this.#pool(context);
    const { calls, sums, beside } = surroundingsOf(pool, (fact) => this.#isOwn(fact));
    const others = [...calls, ...beside].filter((fact) => !this.#isOwn(fact));
    const traces = new Set(others.map(({ trace_id }) => trace_id));
    const naming = pool.filter((fact) => traces.has(fact.trace_id) && namesConversation(fact));
    for (const fact of beside) this.#beside.add(recordKey(fact));
    for (const fact of calls) {
      // What turns out to belong to its own calls is looked around as such.
      if (this.#beside.delete(recordKey(fact))) this.#looked.delete(recordKey(fact));
    }
    this.frontier = [...others, ...naming].filter((fact) => !this.#looked.has(recordKey(fact)));
    for (const fact of this.frontier) this.#looked.add(recordKey(fact));
    this.#lookAt(sums);
  }

  /** Its own records, before anything around them is known. */
  begin(): void {
    const sums = this.own.filter((fact) => isSum(fact) && !this.#places.isCovered(fact));
    const own = this.own.filter((fact) => looksLikeCall({ fact }) || namesConversation(fact));
    this.frontier = [...own, ...this.frontier.filter((fact) => !this.#isOwn(fact))];
    this.#lookAt([...this.sums, ...sums]);
  }

  #lookAt(sums: readonly Fact[]): void {
    const fresh = new Map<string, Fact>();
    for (const sum of sums) fresh.set(recordKey(sum), sum);
    this.sums = [...fresh.values()].filter((sum) => !this.#lookedSums.has(recordKey(sum)));
  }

  /** Whether something was reached that was not looked around. */
  get isGrowing(): boolean {
    return this.frontier.length + this.sums.length > 0;
  }

  /** Nothing more is looked at. */
  end(): void {
    this.#cut ||= this.isGrowing;
    this.frontier = [];
    this.sums = [];
  }

  #isOwn(fact: Fact): boolean {
    if (fact.trace_id !== '') return fact.trace_id === this.trace.trace_id;
    return this.#ownKeys.has(recordKey(fact));
  }

  /** Its own facts and those around them, each once. */
  #pool(context: Context): Fact[] {
    const keys = new Set([...this.joined.keys(), ...this.found_traces.keys()]);
    const pool = new Map(this.own.map((fact) => [recordKey(fact), fact]));
    const add = (fact: Fact): void => {
      if (!this.#isOwn(fact)) pool.set(recordKey(fact), fact);
    };
    for (const key of [...keys].sort(compare)) this.#of(key, context).forEach(add);
    for (const fact of this.found.values()) if (fact.trace_id === '') add(fact);
    return [...pool.values()];
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
    return [...facts.values()];
  }

  /** Other traces that may hold one of its records in their units. */
  neighbours(): DirtyTrace[] {
    const found = new Map([...this.joined, ...this.found_traces]);
    for (const { org_id, trace_id, start_time } of this.found.values()) {
      if (trace_id !== '') continue;
      const trace = { org_id, trace_id, first_ns: start_time, last_ns: start_time };
      found.set(traceKey('', start_time), trace);
    }
    return [...found.values()];
  }

  /**
   * With all that was looked at, also what turned out not to belong to its own: it may be what keeps
   * others apart from that.
   */
  unit(context: Context): Unit & { traces: TraceHours[]; name: string } {
    const facts = this.#pool(context);
    const { org_id, trace_id } = this.trace;
    const loose = trace_id === '';
    const event_ids = loose ? new Set(this.own.map((fact) => fact.event_id)) : null;
    const alone = loose || this.bounded || facts.length === this.own.length;
    const name = alone
      ? [this.key, ...(event_ids ?? [])].join('\r')
      : facts.map(recordKey).sort(compare).join('\r');
    return { org_id, traces: [this.trace], event_ids, facts, bounded: this.bounded, name };
  }
}
