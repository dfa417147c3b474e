// D7: a call is told by span before log before metric. A log event joins the call that it repeats:
// by id, by the emitter's own event id, by the span it names, else by time; what joins nothing is a
// call of its own. Metrics are never calls.

import { figuresAgree } from '../usage/agreement.ts';
import { isAttempt, lowerBound, type Calls } from './calls.ts';
import { Contexts } from './context.ts';
import { isAbove, type Forest, type Node } from './forest.ts';
import type { Groups } from './groups.ts';
import { BETWEEN_SERVICES_NS, modelsOf, shareModel } from './likeness.ts';
import { addTo } from './lists.ts';
import type { Because } from './rules.ts';

/** An event is written from just before the call's start to a while after its end. */
export const BEFORE_START_NS = 10e6;
export const AFTER_END_NS = 2e9;
const CANDIDATES_MAX = 256;

export function joinEvents(forest: Forest, calls: Calls, groups: Groups): void {
  if (calls.events.length === 0) return;
  const book = new EventBook(forest, calls, groups);
  let left = calls.events.filter((event) => !book.joinById(event));
  // A span that several calls overwrote shows its last one, so its last event comes first.
  left = left
    .reverse()
    .filter((event) => !book.joinToNamedSpan(event))
    .reverse();
  left = left.filter((event) => !book.joinByTime(event));
  joinLoneEvents(left, groups, calls.capped);
}

class EventBook {
  readonly #calls: Calls;
  readonly #groups: Groups;
  readonly #byResponseId = new Map<string, Node[]>();
  readonly #byEventId = new Map<string, Node>();
  readonly #byPlace = new Map<string, Node[]>();
  readonly #byLostParent = new Map<string, Node[]>();
  /** One node that stands for the call, whichever of its records is asked. */
  readonly #callOf = new Map<Node, Node>();
  /** Of each (scope, event name) a call takes one event. */
  readonly #taken = new Map<Node, Set<string>>();

  constructor(forest: Forest, calls: Calls, groups: Groups) {
    this.#calls = calls;
    this.#groups = groups;
    const contexts = new Contexts(forest);
    for (const node of forest.spans) {
      if (!calls.is(node) || isAttempt(node)) continue;
      const { response_id, emitter_event_id, trace_id, service_name } = node.fact;
      // The span of a call need not name its conversation: one above it may.
      const { conversation_id } = contexts.of(node);
      this.#callOf.set(node, groups.of(node).first);
      if (response_id !== '') addTo(this.#byResponseId, response_id, node);
      if (emitter_event_id !== '') this.#byEventId.set(emitter_event_id, node);
      addTo(this.#byPlace, trace_id, node);
      if (node.orphan) addTo(this.#byLostParent, `${trace_id}${node.fact.parent_span_id}`, node);
      if (conversation_id !== '')
        addTo(this.#byPlace, `${service_name}\u0000${conversation_id}`, node);
    }
  }

  joinById(event: Node): boolean {
    const { response_id, emitter_event_id } = event.fact;
    const same = response_id === '' ? [] : (this.#byResponseId.get(response_id) ?? []);
    const call = this.#nearest(event, same) ?? this.#near(event, same);
    if (call !== undefined) return this.#take(event, call, `D7 same response id ${response_id}`);
    const own = emitter_event_id === '' ? undefined : this.#byEventId.get(emitter_event_id);
    return own !== undefined && this.#take(event, own, `D7 same event id ${emitter_event_id}`);
  }

  joinToNamedSpan(event: Node): boolean {
    const named = event.parent;
    if (named === null || !this.#calls.is(named)) return false;
    // The event of a failed try tells of that try, and no other event does.
    if (isAttempt(named) !== isAttempt(event)) return false;
    return this.#take(event, named, `D7 names the span ${named.fact.span_id}`);
  }

  joinByTime(event: Node): boolean {
    const { trace_id, service_name, conversation_id, span_id } = event.fact;
    const place = trace_id === '' ? `${service_name}\u0000${conversation_id}` : trace_id;
    if (place === `${service_name}\u0000`) return false;
    const named = event.parent;
    if (span_id !== '' && named === null && this.#joinBesideLost(event)) return true;
    const calls = this.#byPlace.get(place) ?? [];
    const call = this.#nearest(event, calls, named);
    return (
      call !== undefined && this.#take(event, call, `D7 within the time of ${call.fact.span_id}`)
    );
  }

  /** The span that it names was lost: a call beneath that span may still have come. */
  #joinBesideLost(event: Node): boolean {
    const { trace_id, span_id } = event.fact;
    const call = this.#near(event, this.#byLostParent.get(`${trace_id}${span_id}`) ?? []);
    return (
      call !== undefined &&
      this.#take(event, call, `D7 names the lost span above ${call.fact.span_id}`)
    );
  }

  /** The first that fits, whatever the clocks of services: for calls that are few. */
  #near(event: Node, calls: readonly Node[]): Node | undefined {
    return calls
      .slice(0, CANDIDATES_MAX)
      .find(
        (call) =>
          isNear(event, call) &&
          !this.#isTaken(event, call) &&
          agree(event, call, this.#groups.of(call).measured ?? call),
      );
  }

  /** The call whose end is nearest, among the latest that had begun. */
  #nearest(event: Node, calls: readonly Node[], named: Node | null = null): Node | undefined {
    const until = lowerBound(calls, event.end + BEFORE_START_NS);
    const from = Math.max(0, until - CANDIDATES_MAX);
    let best: Node | undefined;
    for (let i = until - 1; i >= from; i--) {
      const call = calls[i] as Node;
      if (call.end + AFTER_END_NS < event.end || this.#isTaken(event, call)) continue;
      if (named !== null && !isAbove(named, call)) continue;
      if (!agree(event, call, this.#groups.of(call).measured ?? call)) continue;
      const distance = Math.abs(call.end - event.end);
      if (best === undefined || distance < Math.abs(best.end - event.end)) best = call;
    }
    if (best === undefined && from > 0) this.#calls.capped.add(event);
    return best;
  }

  #isTaken(event: Node, call: Node): boolean {
    return this.#taken.get(this.#key(call))?.has(eventKind(event)) === true;
  }

  #take(event: Node, call: Node, rule: Because): boolean {
    if (this.#isTaken(event, call)) return false;
    const key = this.#key(call);
    const kinds = this.#taken.get(key) ?? new Set<string>();
    kinds.add(eventKind(event));
    this.#groups.join(event, call, rule);
    this.#taken.set(key, kinds);
    return true;
  }

  #key(call: Node): Node {
    return this.#callOf.get(call) ?? call;
  }
}

/** Whether an event is written while the call runs or a while after; other services' clocks differ. */
function isNear(event: Node, call: Node): boolean {
  const same = event.fact.service_name === call.fact.service_name;
  const slack = same ? 0 : BETWEEN_SERVICES_NS;
  return (
    event.end + BEFORE_START_NS + slack >= call.start &&
    call.end + AFTER_END_NS + slack >= event.end
  );
}

function eventKind(event: Node): string {
  return `${event.fact.scope_name}\u0000${event.fact.name}`;
}

/** `figures` is the record whose figures the call is known by: its own span may tell none. */
function agree(event: Node, call: Node, figures: Node): boolean {
  const [own, other] = [modelsOf(event.fact), modelsOf(call.fact)];
  const sameModel = own.length === 0 || other.length === 0 || shareModel(own, other);
  return sameModel && figuresAgree(event.fact, figures.fact);
}

/** One call that no span tells of: its first event, and the names that told of it so far. */
interface LoneCall {
  readonly first: Node;
  readonly names: Set<string>;
}

/** Events of different names within a moment, with nothing else known, tell of one call. */
function joinLoneEvents(events: readonly Node[], groups: Groups, capped: Set<Node>): void {
  let open: LoneCall[] = [];
  for (const event of events) {
    const still = open.findIndex(({ first }) => first.start + AFTER_END_NS >= event.start);
    if (still !== 0) open = still < 0 ? [] : open.slice(still);
    const call = open.find((other) => tellsOf(event, other, groups));
    if (call !== undefined) {
      groups.join(event, call.first, 'D7 another event of the same call');
      call.names.add(event.fact.name);
    } else if (open.length < CANDIDATES_MAX) {
      open.push({ first: event, names: new Set([event.fact.name]) });
    } else {
      capped.add(event);
    }
  }
}

function tellsOf(event: Node, { first, names }: LoneCall, groups: Groups): boolean {
  const [x, y] = [first.fact, event.fact];
  if (names.has(y.name) || x.service_name !== y.service_name) return false;
  if (x.trace_id !== y.trace_id || x.conversation_id !== y.conversation_id) return false;
  return agree(event, first, groups.of(first).measured ?? first);
}
