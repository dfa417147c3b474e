// What the reading of units asks of the facts: the same questions for facts in ClickHouse and for
// facts in memory.

import type { Fact, Outline, Underway } from '@spanledger/ledger';
import type { DirtyTrace } from './dirty-traces.ts';
import type { TraceHours } from './trace-hours.ts';

/** A record that saw a response id. */
export interface Sighting {
  readonly trace_id: string;
  readonly response_id: string;
  readonly start_time: bigint;
  readonly service_name: string;
  readonly scope_name: string;
  readonly event: number;
}

/** Spans to look for in a time, in the ledger's words. */
export interface SpanSearch {
  /** Records that are under way at some time in one of these. */
  readonly windows: readonly Window[];
  readonly pairs: PairSearch;
  /** Spans that name one of these conversations. */
  readonly span_conversations: readonly string[];
  /** Spans with one of these ids, whatever their service. */
  readonly span_event_ids: readonly string[];
}

/** Log events without a trace: of these services or conversations, or with one of these ids. */
export interface EventSearch {
  readonly windows: readonly Window[];
  readonly event_services: readonly string[];
  readonly event_conversations: readonly string[];
  readonly emitter_event_ids: readonly string[];
}

/** Calls that spans of these services may be paired with, told by what the known ones are like. */
export interface PairSearch {
  readonly services: readonly string[];
  /** Those of which a known call seeks others: in all others the one that is looked for must. */
  readonly seeking: readonly string[];
  /** Service and scope where all known calls are of one scope: no pair is of one scope alone. */
  readonly scopes: readonly (readonly [service_name: string, scope_name: string])[];
  /** Those of which a known call has no response id: in all others what is looked for has none. */
  readonly without_id: readonly string[];
  /** Those of which a known call is a root, and of these the ones where such a call seeks others. */
  readonly roots: readonly string[];
  readonly seeking_roots: readonly string[];
}

/** What is under way at some time in one of these windows, of these services. */
export interface BesideSearch {
  readonly windows: readonly Window[];
  readonly services: readonly string[];
}

/** What of a sum tells whether it is alone, and where it lies. */
export type Sum = Outline & Underway & Pick<Fact, 'org_id'>;

export interface Window {
  readonly first_ns: bigint;
  readonly last_ns: bigint;
}

/** The facts of one organisation; versions of a record that were replaced may be among them. */
export interface FactSource {
  /** All hours that each trace has facts in, not only those of its new ones. */
  hoursOf(dirty: readonly DirtyTrace[]): Promise<TraceHours[]>;
  /** How many facts each of these traces has, by id. */
  sizesOf(traces: readonly TraceHours[]): Promise<Map<string, number>>;
  factsOf(traces: readonly TraceHours[], response_ids?: readonly string[]): Promise<Fact[]>;
  /**
   * Who saw one of these ids between these hours, the earliest first; nothing of an id that only one
   * trace saw.
   */
  sightingsOf(
    ids: readonly string[],
    first_hour_s: number,
    last_hour_s: number,
  ): Promise<Sighting[]>;
  spansNear(search: SpanSearch): Promise<Fact[]>;
  eventsNear(search: EventSearch): Promise<Fact[]>;
  /** Whether there are any log events without a trace in the hours of these windows. */
  hasLooseEvents(windows: readonly Window[]): Promise<boolean>;
  /** Call records of spans and of log events, with a trace or without. */
  callsBeside(search: BesideSearch): Promise<Fact[]>;
  /** Sums, as spans or events. */
  sumsBeside(search: BesideSearch): Promise<Sum[]>;
  /** All spans of these traces, in what tells their place. */
  outlinesOf(traces: readonly TraceHours[]): Promise<Outline[]>;
}
