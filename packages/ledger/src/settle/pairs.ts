// D2d: records of one call that lie neither above each other nor share an id are matched one to one,
// by service, kind, model, figures and nested times; and only where an emitter is known to write its
// record elsewhere. Equal figures alone prove nothing: four equal requests are four bills.

import type { Fact } from '../fact.ts';
import { figuresAgree } from '../usage/agreement.ts';
import { hasUsage, isAttempt, isMeasured, type Calls } from './calls.ts';
import { compareText, isAbove, type Node } from './forest.ts';
import type { Group, Groups } from './groups.ts';
import { CANDIDATES_MAX, modelsOf, shareModel, WITHIN_SERVICE_NS } from './likeness.ts';
import { addTo } from './lists.ts';

/** One group, as one side of a pair. */
export interface Party {
  readonly head: Node;
  readonly members: readonly Node[];
  /** The member whose figures are compared. */
  readonly figures: Node;
  readonly models: readonly string[];
  /** What its records lie directly beneath, with the trace. */
  readonly parents: ReadonlySet<string>;
  readonly start: number;
  readonly end: number;
}

type Side = readonly Party[];

/**
 * Sets of scopes that are held against each other in one service, each with each: more than four
 * emitters on one client in every combination. Beyond, records stay apart and are marked.
 */
const SIDES_MAX = 16;

/** What is asked of two parties beside time and model. */
interface Step {
  readonly both_known: boolean;
  /** Only records beneath one parent. */
  readonly near: boolean;
}

/**
 * Figures that agree say more than a place. Where none can be compared, records beneath one parent
 * come first, lest calls that run at once take each other’s.
 */
const STEPS: readonly Step[] = [
  { both_known: true, near: false },
  { both_known: false, near: true },
  { both_known: false, near: false },
];

export function joinPairs(calls: Calls, groups: Groups): void {
  for (const sides of sidesByPlace(calls, groups)) {
    for (const step of STEPS) matchSides(sides, step, groups, calls.capped);
  }
}

function matchSides(
  sides: readonly (readonly Party[])[],
  step: Step,
  groups: Groups,
  capped: Set<Node>,
): void {
  for (const [a, b] of pairsOf(sides)) {
    // Either scope may write the longer records: which it is must not depend on the unit.
    match(a, b, step, groups, capped);
    match(b, a, step, groups, capped);
  }
}

/**
 * Those that together have the most scopes come first: two records of a call that is told by three
 * must not be paired with those of another before the rest of their own has taken them.
 */
function pairsOf(sides: readonly Side[]): readonly (readonly [Side, Side])[] {
  const pairs = sides.flatMap((a, i) =>
    sides.slice(i + 1).map((b) => ({ pair: [a, b] as const, scopes: scopesOf(a) + scopesOf(b) })),
  );
  return pairs.sort((a, b) => b.scopes - a.scopes).map(({ pair }) => pair);
}

/** All parties of a side have the same scopes. */
function scopesOf(side: Side): number {
  return new Set(side[0]?.members.map(({ fact }) => fact.scope_name)).size;
}

/** Per service and kind, the parties by the set of scopes that wrote them. */
function sidesByPlace(calls: Calls, groups: Groups): readonly (readonly (readonly Party[])[])[] {
  const places = new Map<string, Map<string, Party[]>>();
  const seen = new Set<Group>();
  const mixed = servicesOfSeveralScopes(calls.spans);
  if (mixed.size === 0) return [];
  for (const node of calls.spans) {
    const group = groups.of(node);
    if (seen.has(group)) continue;
    seen.add(group);
    if (!group.members.some(({ fact }) => mixed.has(fact.service_name))) continue;
    for (const party of partiesOf(group, calls)) addParty(places, party);
  }
  return [...places.values()]
    .filter((sides) => sides.size > 1)
    .map((sides) => sidesOf(sides, calls.capped));
}

/** Services whose calls come from more than one scope: in all others nothing can be a pair. */
function servicesOfSeveralScopes(spans: readonly Node[]): ReadonlySet<string> {
  const scopes = new Map<string, string>();
  const mixed = new Set<string>();
  for (const { fact } of spans) {
    const other = scopes.get(fact.service_name);
    if (other === undefined) scopes.set(fact.service_name, fact.scope_name);
    else if (other !== fact.scope_name) mixed.add(fact.service_name);
  }
  return mixed;
}

function addParty(places: Map<string, Map<string, Party[]>>, party: Party): void {
  const place = `${party.head.fact.service_name}\u0000${party.head.fact.kind}`;
  const scopes = new Set(party.members.map(({ fact }) => fact.scope_name));
  const key = [...scopes].sort().join('\u0000');
  let sides = places.get(place);
  if (sides === undefined) places.set(place, (sides = new Map()));
  addTo(sides, key, party);
}

function sidesOf(
  byScopes: ReadonlyMap<string, readonly Party[]>,
  capped: Set<Node>,
): readonly (readonly Party[])[] {
  const sides = [...byScopes].sort(([a], [b]) => compareText(a, b));
  for (const [, parties] of sides.slice(SIDES_MAX)) {
    for (const party of parties) capped.add(party.head);
  }
  return sides
    .slice(0, SIDES_MAX)
    .map(([, parties]) => [...parties].sort((a, b) => a.head.index - b.head.index));
}

/** The records of a call in each service by themselves: clocks of another service say nothing here. */
export function partiesOf(group: Group, calls: Calls): readonly Party[] {
  const services = new Map<string, Node[]>();
  for (const node of group.members) {
    if (calls.aggregates.has(node) || isAttempt(node)) continue;
    addTo(services, node.fact.service_name, node);
  }
  return [...services.values()].map(partyOf);
}

function partyOf(nodes: readonly Node[]): Party {
  const members = [...nodes].sort((a, b) => a.index - b.index);
  const head = members[0] as Node;
  const figures = members.find(isMeasured) ?? members.find(hasUsage) ?? head;
  const models = [...new Set(members.flatMap((node) => modelsOf(node.fact)))];
  const end = members.reduce((latest, node) => Math.max(latest, node.end), -Infinity);
  const parents = new Set(members.map(({ fact }) => fact.trace_id + fact.parent_span_id));
  return { head, members, figures, models, parents, start: head.start, end };
}

/**
 * Inner records in order of start; each takes the open outer record with the smallest end that still
 * holds it. For nested intervals that is a greatest matching, so arrival order cannot matter.
 */
function match(
  outers: readonly Party[],
  inners: readonly Party[],
  step: Step,
  groups: Groups,
  capped: Set<Node>,
): void {
  const open: Party[] = [];
  let next = 0;
  for (const inner of inners) {
    for (; next < outers.length; next++) {
      const outer = outers[next] as Party;
      if (outer.start > inner.start + WITHIN_SERVICE_NS) break;
      open.splice(firstEnding(open, outer.end), 0, outer);
    }
    const gone = firstEnding(open, inner.start - WITHIN_SERVICE_NS);
    if (gone > 0) open.splice(0, gone);
    const from = firstEnding(open, inner.end - WITHIN_SERVICE_NS);
    const until = Math.min(open.length, from + CANDIDATES_MAX);
    let at = from;
    while (at < until && !isSameCall(open[at] as Party, inner, step, groups)) at++;
    if (at < until) {
      const [outer] = open.splice(at, 1) as [Party];
      groups.join(inner.head, outer.head, 'D2d same service, model, figures and time, no id');
    } else if (until < open.length && !step.near) {
      capped.add(inner.head);
    }
  }
}

function firstEnding(open: readonly Party[], end: number): number {
  let low = 0;
  let high = open.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((open[middle] as Party).end < end) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isSameCall(outer: Party, inner: Party, step: Step, groups: Groups): boolean {
  if (step.near && !shareParent(outer, inner)) return false;
  const [a, b] = [groups.of(outer.head), groups.of(inner.head)];
  if (a === b || (a.ids.size > 0 && b.ids.size > 0)) return false;
  if ([...a.scopes].some((scope) => b.scopes.has(scope))) return false;
  const known = a.measured !== null && b.measured !== null;
  if (known !== step.both_known) return false;
  if (!shareModel(outer.models, inner.models)) return false;
  if (isAbove(outer.head, inner.head) || isAbove(inner.head, outer.head)) return false;
  if (a.measured !== null && b.measured !== null) {
    if (!figuresAgree(a.measured.fact, b.measured.fact)) return false;
  }
  return mayLieElsewhere(outer, inner);
}

function shareParent({ parents: a }: Party, { parents: b }: Party): boolean {
  for (const parent of a) if (b.has(parent)) return true;
  return false;
}

/**
 * An emitter that makes its span the current one has its duplicates beneath it, not elsewhere. The
 * record that is written elsewhere must hold the other and agree with it by itself: what another
 * record of its call adds to its time, model and figures says nothing of where its duplicates are.
 */
export function mayLieElsewhere(outer: Party, inner: Party): boolean {
  const { head, members } = inner;
  if (head.root.orphan && head.fact.trace_id === outer.head.fact.trace_id) return true;
  return outer.members.some(
    (node) => holds(node, inner) && members.some((other) => mayBeApart(node.fact, other.fact)),
  );
}

function mayBeApart(outer: Fact, inner: Fact): boolean {
  if (!outer.marks.includes('not_current') && !inner.marks.includes('written_after')) return false;
  return shareModel(modelsOf(outer), modelsOf(inner)) && figuresAgree(outer, inner);
}

function holds(node: Node, { start, end }: Party): boolean {
  return node.start <= start + WITHIN_SERVICE_NS && node.end >= end - WITHIN_SERVICE_NS;
}
