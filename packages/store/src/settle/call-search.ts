// Finds the call records that may tell of the same calls as some others without sharing an id with
// them. One search serves many records; an index then tells each of them its own.

import {
  looksLikeCall,
  mayTellOneCall,
  REACH_NS,
  seeksOthers,
  type Fact,
} from '@spanledger/ledger';
import type { EventSearch, FactSource, PairSearch, SpanSearch, Window } from './fact-source.ts';
import { compare, groupBy, piecesBySize } from '../usage/grouping.ts';

/** Each question reads the hours around its records, however many these are. */
const NAMES_PER_QUERY_BYTES = 4_000_000;
export const WINDOWS_PER_QUERY_MAX = 64;
/** How far from a call the emitter's own event may lie that names it. */
const EVENT_ID_REACH_NS = 60_000_000_000n;
/** No id of an event or a conversation comes near; longer ones join nothing. */
const ID_LENGTH_MAX = 256;

/** What may be told of the same calls as these records, themselves and what is of no use included. */
export async function searchCalls(
  source: FactSource,
  records: readonly Fact[],
): Promise<CallIndex> {
  const index = new CallIndex();
  for (const piece of piecesBySize(records, newNames(), NAMES_PER_QUERY_BYTES)) {
    const windows = merged(piece.map(windowOf), WINDOWS_PER_QUERY_MAX);
    for (const fact of await source.spansNear(spansFor(piece, windows))) index.add(fact);
    if (!(await source.hasLooseEvents(windows))) continue;
    for (const fact of await source.eventsNear(eventsFor(piece, windows))) index.add(fact);
  }
  return index;
}

/** The text that a record adds to a search, as it is written in a statement, each name once. */
function newNames(): (fact: Fact) => number {
  const known = new Set<string>();
  return ({ service_name, emitter_event_id, conversation_id }) => {
    let size = 0;
    for (const name of [service_name, emitter_event_id, conversation_id]) {
      if (name === '' || known.has(name)) continue;
      known.add(name);
      size += 2 * (2 * Buffer.byteLength(name) + 3);
    }
    return size;
  };
}

/** Spans of the same calls; of a loose event also those of its conversation, and those that it names. */
function spansFor(records: readonly Fact[], windows: readonly Window[]): SpanSearch {
  const span_conversations = new Set<string>();
  const span_event_ids = new Set<string>();
  for (const { signal, trace_id, conversation_id, emitter_event_id } of records) {
    if (signal === 'span' || trace_id !== '') continue;
    if (isId(conversation_id)) span_conversations.add(conversation_id);
    if (isId(emitter_event_id)) span_event_ids.add(emitter_event_id);
  }
  return {
    windows,
    pairs: pairsFor(records.filter((fact) => fact.signal === 'span' && looksLikeCall({ fact }))),
    span_conversations: [...span_conversations],
    span_event_ids: [...span_event_ids],
  };
}

function eventsFor(records: readonly Fact[], windows: readonly Window[]): EventSearch {
  const event_services = new Set<string>();
  const event_conversations = new Set<string>();
  const emitter_event_ids = new Set<string>();
  for (const fact of records) {
    const { service_name, emitter_event_id, conversation_id } = fact;
    if (fact.signal === 'span') {
      if (isId(conversation_id)) event_conversations.add(conversation_id);
      if (isId(emitter_event_id)) emitter_event_ids.add(emitter_event_id);
    } else if (fact.trace_id === '') {
      event_services.add(service_name);
    }
  }
  return {
    windows,
    event_services: [...event_services],
    event_conversations: [...event_conversations],
    emitter_event_ids: [...emitter_event_ids],
  };
}

function pairsFor(calls: readonly Fact[]): PairSearch {
  const byService = [...groupBy(calls, ({ service_name }) => service_name)];
  const where = (holds: (call: Fact) => boolean): string[] =>
    byService.filter(([, own]) => own.some(holds)).map(([service]) => service);
  return {
    services: byService.map(([service]) => service),
    seeking: where(seeksOthers),
    scopes: byService.flatMap(([service, own]) => {
      const [scope, ...more] = new Set(own.map(({ scope_name }) => scope_name));
      return scope === undefined || more.length > 0 ? [] : [[service, scope] as const];
    }),
    without_id: where(({ response_id }) => response_id === ''),
    roots: where(isRoot),
    seeking_roots: where((call) => isRoot(call) && seeksOthers(call)),
  };
}

function isRoot({ parent_span_id }: Fact): boolean {
  return parent_span_id === '';
}

function isId(text: string): boolean {
  return text !== '' && text.length <= ID_LENGTH_MAX;
}

function windowOf(fact: Fact): Window {
  const reach = fact.emitter_event_id === '' ? REACH_NS : EVENT_ID_REACH_NS;
  const first_ns = fact.start_time > reach ? fact.start_time - reach : 0n;
  return { first_ns, last_ns: fact.start_time + fact.duration_ns + reach };
}

/** The same times in at most so many windows: those with the least between them become one. */
export function merged(windows: readonly Window[], count_max: number): Window[] {
  const sorted = windows.toSorted((a, b) => (a.first_ns < b.first_ns ? -1 : 1));
  const apart: Window[] = [];
  for (const window of sorted) {
    const last = apart.at(-1);
    if (last === undefined || window.first_ns > last.last_ns) apart.push(window);
    else if (window.last_ns > last.last_ns) {
      apart[apart.length - 1] = { first_ns: last.first_ns, last_ns: window.last_ns };
    }
  }
  if (apart.length <= count_max) return apart;
  const gaps = apart.slice(1).map((window, i) => window.first_ns - apart[i]!.last_ns);
  const least = gaps.toSorted((a, b) => (a < b ? 1 : -1))[count_max - 2] ?? 0n;
  const joined: Window[] = [apart[0]!];
  let cuts = 0;
  for (const [i, window] of apart.slice(1).entries()) {
    const last = joined.at(-1)!;
    if (gaps[i]! >= least && cuts < count_max - 1) {
      joined.push(window);
      cuts++;
    } else {
      joined[joined.length - 1] = { first_ns: last.first_ns, last_ns: window.last_ns };
    }
  }
  return joined;
}

/** Records by service or conversation and time, and by the emitter's own id. */
export class CallIndex {
  readonly #places = new Map<string, { facts: Fact[]; sorted: boolean; longest_ns: bigint }>();
  readonly #byEventId = new Map<string, Fact[]>();

  add(fact: Fact): void {
    for (const name of placesOf(fact)) {
      let place = this.#places.get(name);
      if (place === undefined) {
        this.#places.set(name, (place = { facts: [], sorted: true, longest_ns: 0n }));
      }
      place.facts.push(fact);
      place.sorted = false;
      if (fact.duration_ns > place.longest_ns) place.longest_ns = fact.duration_ns;
    }
    if (fact.emitter_event_id === '') return;
    const named = this.#byEventId.get(fact.emitter_event_id);
    if (named === undefined) this.#byEventId.set(fact.emitter_event_id, [fact]);
    else named.push(fact);
  }

  /** Those that may be told of the record's call, the nearest first. */
  near(record: Fact): Fact[] {
    const found = new Set<Fact>();
    for (const name of placesOf(record)) {
      for (const fact of this.#inTime(name, record)) {
        if (mayTellOneCall(record, fact)) found.add(fact);
      }
    }
    for (const fact of this.#byEventId.get(record.emitter_event_id) ?? []) {
      if (mayTellOneCall(record, fact)) found.add(fact);
    }
    const apart = ({ start_time }: Fact): bigint => distance(start_time, record.start_time);
    return [...found].sort((a, b) => {
      const [x, y] = [apart(a), apart(b)];
      return x === y ? compare(recordKey(a), recordKey(b)) : x < y ? -1 : 1;
    });
  }

  *#inTime(name: string, { start_time, duration_ns }: Fact): Generator<Fact> {
    const place = this.#places.get(name);
    if (place === undefined) return;
    const { facts, longest_ns } = place;
    if (!place.sorted) facts.sort((a, b) => (a.start_time < b.start_time ? -1 : 1));
    place.sorted = true;
    const last = start_time + duration_ns + REACH_NS;
    for (let i = firstFrom(facts, start_time - REACH_NS - longest_ns); i < facts.length; i++) {
      if (facts[i]!.start_time > last) return;
      yield facts[i]!;
    }
  }
}

function placesOf({ service_name, conversation_id }: Fact): string[] {
  const service = `s${service_name}`;
  return conversation_id === '' ? [service] : [service, `c${conversation_id}`];
}

/** A record's own identity, whatever its version. */
export function recordKey({
  trace_id,
  span_id,
  event_id,
}: Pick<Fact, 'trace_id' | 'span_id' | 'event_id'>): string {
  return `${trace_id}\n${span_id}\n${event_id}`;
}

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b;
}

function firstFrom(calls: readonly Fact[], time: bigint): number {
  let low = 0;
  let high = calls.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (calls[middle]!.start_time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
