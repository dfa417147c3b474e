// What has to meet. The rules join records of different traces also where they share no id; settling
// trace by trace must therefore read around a trace what such a rule could join to it, and no more.
// This mirrors the rules from the wide side: it may connect what they keep apart, never the reverse.

import type { Fact } from '../fact.ts';
import { figuresAgree } from '../usage/agreement.ts';
import { callsOf, looksLikeCall, type Calls } from './calls.ts';
import { joinContained } from './containment.ts';
import { Contexts } from './context.ts';
import { distinct } from './distinct.ts';
import { AFTER_END_NS, BEFORE_START_NS } from './events.ts';
import { forestOf, type Forest, type Node } from './forest.ts';
import { Groups } from './groups.ts';
import { modelsOf, shareModel, WITHIN_SERVICE_NS } from './likeness.ts';
import { mayLieElsewhere, partiesOf, type Party } from './pairs.ts';
import { joinByResponseId } from './response-ids.ts';
import { HANDLE_AFTER_NS, HANDLE_BEFORE_NS, STREAM_APART_NS, joinStreamEnds } from './streams.ts';

/** No rule joins records without an id that lie further apart in time than this. */
export const REACH_NS = BigInt(Math.max(AFTER_END_NS, STREAM_APART_NS, WITHIN_SERVICE_NS));

/**
 * A call record that may belong to one in another trace without sharing its id. Of two that are
 * joined so, at least one is such; an ordinary emitter writes none.
 */
export function seeksOthers(fact: Fact): boolean {
  if (!looksLikeCall({ fact })) return false;
  if (fact.signal !== 'span') return isLoose(fact);
  return isMarked(fact) || isHandle(fact) || isStreamEnd(fact);
}

/** Written somewhere else than beneath the call, or after it: D2d. */
function isMarked({ marks }: Fact): boolean {
  return marks.includes('not_current') || marks.includes('written_after');
}

/** D9: a root without figures and id may be the handle of a stream that another root reads. */
function isHandle(fact: Fact): boolean {
  return fact.response_id === '' && isSilentRoot(fact);
}

function isSilentRoot({ parent_span_id, input_tokens, output_tokens }: Fact): boolean {
  return parent_span_id === '' && !input_tokens && !output_tokens;
}

/** D9: the second record of a stream, as a root of its own. */
function isStreamEnd({ parent_span_id, marks }: Fact): boolean {
  return parent_span_id === '' && marks.includes('stream_end');
}

/** A span whose conversation the calls beneath it inherit, be it a call itself or not. */
export function namesConversation({ signal, conversation_id }: Fact): boolean {
  return signal === 'span' && conversation_id !== '';
}

/**
 * Whether two call records of one organisation may be told of one call, as far as they say; of an
 * event and a span that names a conversation, whether that span or a call beneath it may.
 */
export function mayTellOneCall(a: Fact, b: Fact): boolean {
  return mayBePair(a, b) || areBeside(a, b);
}

/** The rules of D7 and D9 that need no group to decide. */
function areBeside(a: Fact, b: Fact): boolean {
  if (isLoose(a) || isLoose(b)) {
    if (a.emitter_event_id !== '' && a.emitter_event_id === b.emitter_event_id) return true;
    if (isLoose(a)) return isLoose(b) ? areLone(a, b) : isOfConversation(a, b);
    return isOfConversation(b, a);
  }
  if (a.signal !== 'span' || b.signal !== 'span' || a.service_name !== b.service_name) return false;
  return mayBeHandle(a, b) || mayBeHandle(b, a) || mayBeStream(a, b) || mayBeStream(b, a);
}

/** A log event without trace context. */
function isLoose({ signal, trace_id }: Fact): boolean {
  return signal === 'log' && trace_id === '';
}

/** D2d, whichever is the outer one, and whatever the groups of the two add. */
function mayBePair(a: Fact, b: Fact): boolean {
  if (a.signal !== 'span' || b.signal !== 'span' || a.service_name !== b.service_name) return false;
  if (!isMarked(a) && !isMarked(b)) return false;
  if (a.kind !== b.kind || a.scope_name === b.scope_name) return false;
  if (a.response_id !== '' && b.response_id !== '') return false;
  if (a.start_time > endOf(b) + WITHIN || b.start_time > endOf(a) + WITHIN) return false;
  // One that has an id may stand beside others with that id, whose figures are asked instead.
  const grouped = (isMarked(a) && a.response_id !== '') || (isMarked(b) && b.response_id !== '');
  return nameOneModel(a, b) && (grouped || figuresAgree(a, b));
}

function mayBeHandle(handle: Fact, call: Fact): boolean {
  if (!isHandle(handle) || call.parent_span_id !== '') return false;
  if (handle.scope_name === call.scope_name) return false;
  const after = Number(call.start_time - endOf(handle));
  if (after < -HANDLE_BEFORE_NS || after > HANDLE_AFTER_NS) return false;
  return shareModel(modelsOf(handle), modelsOf(call));
}

function mayBeStream(end: Fact, request: Fact): boolean {
  if (!isStreamEnd(end) || !isSilentRoot(request)) return false;
  if (end.scope_name !== request.scope_name || isStreamEnd(request)) return false;
  if (Math.abs(Number(endOf(request) - end.start_time)) > STREAM_APART_NS) return false;
  return modelsOf(end)[0] === modelsOf(request)[0];
}

/** D7: an event without a trace and a span of its conversation, in time. */
function isOfConversation(event: Fact, span: Fact): boolean {
  const same = event.conversation_id === span.conversation_id;
  return same && namesConversation(span) && isInTime(event, span, AFTER_END_NS);
}

function isInTime(event: Fact, call: Fact, before_ns = BEFORE_START_NS): boolean {
  const before = Number(call.start_time - endOf(event));
  const after = Number(endOf(event) - endOf(call));
  return before <= before_ns && after <= AFTER_END_NS;
}

/** Another record of the same call may name the model that this one leaves out. */
function nameOneModel(event: Fact, other: Fact): boolean {
  const [models, others] = [modelsOf(event), modelsOf(other)];
  return models.length === 0 || others.length === 0 || shareModel(models, others);
}

/** D7: two events of one moment with different names. */
function areLone(a: Fact, b: Fact): boolean {
  if (a.trace_id !== b.trace_id || a.name === b.name) return false;
  if (a.service_name !== b.service_name) return false;
  if (a.conversation_id !== b.conversation_id) return false;
  if (Math.abs(Number(a.start_time - b.start_time)) > AFTER_END_NS) return false;
  return nameOneModel(a, b);
}

const WITHIN = BigInt(WITHIN_SERVICE_NS);

function endOf({ start_time, duration_ns }: Fact): bigint {
  return start_time + duration_ns;
}

/**
 * The call records that some chain of joins connects to one of one's own, these themselves included.
 * The answer is the same for every larger list of facts that adds none of them.
 */
export function connectedTo(facts: readonly Fact[], isOwn: (fact: Fact) => boolean): Fact[] {
  const forest = forestOf(distinct(facts));
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
  const own = new Set<number>();
  for (const node of forest.nodes) {
    if (looksLikeCall(node) && isOwn(node.fact)) own.add(sets.of(node));
  }
  return forest.nodes
    .filter((node) => looksLikeCall(node) && own.has(sets.of(node)))
    .map(({ fact }) => fact);
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
    for (let at = index; at !== root;) [at, this.#up[at]] = [this.#up[at] as number, root];
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
      const parties = places.get(place);
      if (parties === undefined) places.set(place, [party]);
      else parties.push(party);
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
    const nodes = services.get(service_name);
    if (nodes === undefined) services.set(service_name, [node]);
    else nodes.push(node);
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
    const events = places.get(place);
    if (events === undefined) places.set(place, [event]);
    else events.push(event);
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
