// Which call records of some facts hang together: by any chain of joins that the rules may make,
// within a trace and between traces. What hangs together must be settled together.

import type { Fact } from '../fact.ts';
import { figuresAgree } from '../usage/agreement.ts';
import { callsOf, looksLikeCall, type Calls } from './calls.ts';
import { joinContained } from './containment.ts';
import { Contexts } from './context.ts';
import { distinct } from './distinct.ts';
import { AFTER_END_NS } from './events.ts';
import { forestOf, hasNoPlace, type Forest, type Node } from './forest.ts';
import { Groups } from './groups.ts';
import { shareModel, WITHIN_SERVICE_NS } from './likeness.ts';
import { addTo } from './lists.ts';
import { isSum, loneSums, SumTimes } from './lone-sums.ts';
import { mayLieElsewhere, partiesOf, type Party } from './pairs.ts';
import { joinByResponseId } from './response-ids.ts';
import { joinStreamEnds } from './streams.ts';
import {
  areBeside,
  isHandle,
  isInTime,
  isMarked,
  isStreamEnd,
  nameOneModel,
  seeksOthers,
} from './surroundings.ts';

/** What is around the records of one's own. */
export interface Surroundings {
  /** The call records that some chain of joins connects to one's own, these included. */
  readonly calls: readonly Fact[];
  /** The sums among those whose billing may depend on calls that lie elsewhere. */
  readonly sums: readonly Fact[];
  /** What may keep these from billing, with all that is connected to it. */
  readonly beside: readonly Fact[];
}

/** The answer is the same for every larger list of facts that adds none of what is around. */
export function surroundingsOf(
  facts: readonly Fact[],
  isOwn: (fact: Fact) => boolean,
): Surroundings {
  const forest = forestOf(distinct(facts));
  const sets = connected(forest);
  const records = forest.nodes.filter(looksLikeCall);
  const own = new Set<number>();
  for (const node of records) if (isOwn(node.fact)) own.add(sets.of(node));
  const calls = records.filter((node) => own.has(sets.of(node))).map(({ fact }) => fact);
  const sums = sumsOf(facts, calls, isOwn);
  const times = new SumTimes(sums);
  const keeping = new Set<number>();
  for (const node of sums.length === 0 ? [] : records) {
    const set = sets.of(node);
    if (own.has(set) || keeping.has(set)) continue;
    if (times.repeat(node.fact) || (hasNoPlace(node) && times.overlap(node.fact))) keeping.add(set);
  }
  const beside = records.filter((node) => keeping.has(sets.of(node))).map(({ fact }) => fact);
  return { calls, sums, beside };
}

/** In the traces of these calls, and among one's own. */
function sumsOf(
  facts: readonly Fact[],
  calls: readonly Fact[],
  isOwn: (fact: Fact) => boolean,
): Fact[] {
  const traces = new Set(calls.map(({ trace_id }) => trace_id));
  const near = facts.filter(
    (fact) => isOwn(fact) || (fact.trace_id !== '' && traces.has(fact.trace_id)),
  );
  return loneSums(near.filter(isSum), near);
}

/** Which records some chain of joins connects. */
function connected(forest: Forest): Sets {
  const calls = callsOf(forest);
  const groups = new Groups(forest.nodes, calls.capped);
  joinByResponseId(calls, groups);
  joinStreamEnds(calls, groups);
  joinContained(calls, groups);
  const sets = new Sets(forest.nodes.length);
  connectGroups(calls, groups, sets);
  connectIds(forest, sets);
  connectParties(calls, groups, sets);
  connectRecords(forest, sets);
  connectEvents(forest, calls, sets);
  return sets;
}

/** Sets of nodes that grow together. */
class Sets {
  readonly #up: number[];

  constructor(size: number) {
    this.#up = Array.from({ length: size }, (_, index) => index);
  }

  of({ index }: Node): number {
    let root = index;
    while (this.#up[root] !== root) root = this.#up[root] as number;
    for (let at = index; at !== root;) {
      const next = this.#up[at] as number;
      this.#up[at] = root;
      at = next;
    }
    return root;
  }

  connect(a: Node, b: Node): void {
    this.#up[this.of(a)] = this.of(b);
  }
}

/** One call's records, and calls above each other: what lies beneath decides what a record is. */
function connectGroups(calls: Calls, groups: Groups, sets: Sets): void {
  for (const node of calls.spans) {
    sets.connect(node, groups.of(node).first);
    const above = calls.above.get(node);
    if (above !== undefined) sets.connect(node, above);
  }
}

/** D2b, D7: equal ids, of the provider or of the emitter. */
function connectIds(forest: Forest, sets: Sets): void {
  const first = new Map<string, Node>();
  for (const node of forest.nodes) {
    if (!looksLikeCall(node)) continue;
    const { response_id, emitter_event_id } = node.fact;
    for (const id of [
      response_id && `r${response_id}`,
      emitter_event_id && `e${emitter_event_id}`,
    ]) {
      if (id === '') continue;
      const known = first.get(id);
      if (known === undefined) first.set(id, node);
      else sets.connect(node, known);
    }
  }
}

/** D2d, by what whole groups say. */
function connectParties(calls: Calls, groups: Groups, sets: Sets): void {
  const seen = new Set<unknown>();
  const places = new Map<string, Party[]>();
  for (const node of calls.spans) {
    const group = groups.of(node);
    if (seen.has(group)) continue;
    seen.add(group);
    for (const party of partiesOf(group, calls)) {
      const place = `${party.head.fact.service_name}\u0000${party.head.fact.kind}`;
      addTo(places, place, party);
    }
  }
  const seeks = (party: Party): boolean => party.members.some(({ fact }) => isMarked(fact));
  for (const parties of places.values()) {
    sweep(parties, seeks, WITHIN_SERVICE_NS, (a, b) => {
      if (mayBeOne(a, b, groups) || mayBeOne(b, a, groups)) sets.connect(a.head, b.head);
    });
  }
}

function mayBeOne(outer: Party, inner: Party, groups: Groups): boolean {
  if (outer.start > inner.start + WITHIN_SERVICE_NS) return false;
  if (outer.end < inner.end - WITHIN_SERVICE_NS) return false;
  const [a, b] = [groups.of(outer.head), groups.of(inner.head)];
  if (a.ids.size > 0 && b.ids.size > 0) return false;
  if ([...a.scopes].some((scope) => b.scopes.has(scope))) return false;
  if (!shareModel(outer.models, inner.models)) return false;
  if (a.measured !== null && b.measured !== null) {
    if (!figuresAgree(a.measured.fact, b.measured.fact)) return false;
  }
  return mayLieElsewhere(outer, inner);
}

/** D7 and the handles of D9, record by record. */
function connectRecords(forest: Forest, sets: Sets): void {
  const services = new Map<string, Node[]>();
  for (const node of forest.nodes) {
    if (!looksLikeCall(node)) continue;
    const { service_name } = node.fact;
    addTo(services, service_name, node);
  }
  const seeks = ({ fact }: Node): boolean =>
    fact.signal === 'span' ? isHandle(fact) || isStreamEnd(fact) : seeksOthers(fact);
  for (const nodes of services.values()) {
    sweep(nodes, seeks, AFTER_END_NS, (a, b) => {
      if (areBeside(a.fact, b.fact)) sets.connect(a, b);
    });
  }
}

/** D7: events, and the calls of their trace or, without one, of their conversation. */
function connectEvents(forest: Forest, calls: Calls, sets: Sets): void {
  const places = new Map<string, Node[]>();
  for (const event of calls.events) {
    const { trace_id, service_name, conversation_id } = event.fact;
    if (trace_id === '' && conversation_id === '') continue;
    const place = trace_id === '' ? `${service_name}\u0000${conversation_id}` : trace_id;
    addTo(places, place, event);
  }
  if (places.size === 0) return;
  const contexts = new Contexts(forest);
  for (const call of calls.spans) {
    const { trace_id, service_name } = call.fact;
    const { conversation_id } = contexts.of(call);
    for (const place of [trace_id, `${service_name}\u0000${conversation_id}`]) {
      for (const event of places.get(place) ?? []) {
        const may = isInTime(event.fact, call.fact) && nameOneModel(event.fact, call.fact);
        if (may || event.parent === call) sets.connect(event, call);
      }
    }
  }
}

interface Timed {
  readonly start: number;
  readonly end: number;
}

/** Shows each two that are near in time and of which one seeks; `list` is in order of start. */
function sweep<T extends Timed>(
  list: readonly T[],
  seeks: (item: T) => boolean,
  reach: number,
  show: (a: T, b: T) => void,
): void {
  let seeking: T[] = [];
  let others: T[] = [];
  for (const item of list) {
    const isOpen = (other: T): boolean => other.end + reach >= item.start;
    seeking = seeking.filter(isOpen);
    for (const other of seeking) show(item, other);
    if (seeks(item)) {
      others = others.filter(isOpen);
      for (const other of others) show(item, other);
      seeking.push(item);
    } else {
      others.push(item);
    }
  }
}
