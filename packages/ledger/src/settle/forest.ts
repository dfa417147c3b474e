// The facts of a unit as trees: one node per span or log event, parents found, cycles cut, and an
// Euler tour so that "is above" costs two comparisons. Nothing here recurses: traces can be deep.

import type { Fact } from '../fact.ts';
import { reconcile, type Usage } from '../usage.ts';
import { addTo } from './lists.ts';

export class Node {
  readonly fact: Fact;
  readonly usage: Usage;
  /** Place in the unit's order: by start, then longer first, then ids. */
  readonly index: number;
  /** Nanoseconds since the unit's first start. */
  readonly start: number;
  readonly end: number;
  /** The span above; for a log event, the span it names. */
  parent: Node | null = null;
  /** A parent was named but never came. */
  orphan = false;
  root: Node = this;
  depth = 0;
  enter = -1;
  leave = -1;

  constructor(fact: Fact, start: number, end: number, index: number) {
    this.fact = fact;
    this.usage = reconcile(fact);
    this.start = start;
    this.end = end;
    this.index = index;
  }
}

export interface Forest {
  /** Spans and log events in the unit's order. */
  readonly nodes: readonly Node[];
  readonly spans: readonly Node[];
  readonly logs: readonly Node[];
  /** Spans so that every parent comes before its children. */
  readonly downward: readonly Node[];
  span(trace_id: string, span_id: string): Node | undefined;
}

/** `facts` hold each record once (see `distinct`). */
export function forestOf(facts: readonly Fact[]): Forest {
  const base = earliest(facts);
  const nodes = facts
    .map((fact) => ({
      fact,
      start: Number(fact.start_time - base),
      length: Number(fact.duration_ns),
    }))
    .sort((a, b) => a.start - b.start || b.length - a.length || compareIds(a.fact, b.fact))
    .map(({ fact, start, length }, index) => new Node(fact, start, start + length, index));
  const spans = nodes.filter((node) => node.fact.signal === 'span');
  const logs = nodes.filter((node) => node.fact.signal === 'log');
  const byId = new Map(spans.map((node) => [spanKey(node.fact.trace_id, node.fact.span_id), node]));
  const span = (trace_id: string, span_id: string): Node | undefined =>
    byId.get(spanKey(trace_id, span_id));
  linkParents(spans, span);
  for (const log of logs) {
    log.parent =
      log.fact.span_id === '' ? null : (span(log.fact.trace_id, log.fact.span_id) ?? null);
    log.orphan = log.parent === null && log.fact.span_id !== '';
  }
  cutCycles(spans);
  const downward = tour(spans);
  for (const log of logs) placeLog(log);
  return { nodes, spans, logs, downward, span };
}

/** True when `upper` is an ancestor of `lower`, or the same span. */
export function isAbove(upper: Node, lower: Node): boolean {
  return upper.enter <= lower.enter && lower.leave <= upper.leave;
}

/** An orphan or beneath one, a root, or an event whose span never came. */
export function hasNoPlace(node: Node): boolean {
  return node.parent === null || node.root.orphan;
}

type Ids = Pick<Fact, 'trace_id' | 'span_id' | 'event_id'>;

export function compareIds(a: Ids, b: Ids): number {
  return (
    compareText(a.trace_id, b.trace_id) ||
    compareText(a.span_id, b.span_id) ||
    compareText(a.event_id, b.event_id)
  );
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function spanKey(trace_id: string, span_id: string): string {
  return trace_id + span_id;
}

function earliest(facts: readonly Fact[]): bigint {
  let base = facts[0]?.start_time ?? 0n;
  for (const fact of facts) if (fact.start_time < base) base = fact.start_time;
  return base;
}

function linkParents(
  spans: readonly Node[],
  span: (trace_id: string, span_id: string) => Node | undefined,
): void {
  for (const node of spans) {
    const { trace_id, parent_span_id } = node.fact;
    if (parent_span_id === '') continue;
    node.parent = span(trace_id, parent_span_id) ?? null;
    node.orphan = node.parent === null;
  }
}

/** A loop of parents is cut above its first member in the unit's order, so all inputs agree. */
function cutCycles(spans: readonly Node[]): void {
  const seen = new Map<Node, Node>();
  for (const first of spans) {
    let at: Node | null = first;
    while (at !== null && !seen.has(at)) {
      seen.set(at, first);
      at = at.parent;
    }
    if (at === null || seen.get(at) !== first) continue;
    let lowest = at;
    for (let member = at.parent; member !== null && member !== at; member = member.parent) {
      if (member.index < lowest.index) lowest = member;
    }
    lowest.parent = null;
    lowest.orphan = true;
  }
}

/** Numbers the spans on the way down and up, without recursion; returns them parents first. */
function tour(spans: readonly Node[]): readonly Node[] {
  const children = new Map<Node, Node[]>();
  const roots: Node[] = [];
  for (const node of spans) {
    if (node.parent === null) {
      roots.push(node);
      continue;
    }
    addTo(children, node.parent, node);
  }
  const downward: Node[] = [];
  let clock = 0;
  const stack: Node[] = [];
  for (const root of roots) {
    stack.push(root);
    while (stack.length > 0) {
      const node = stack.pop() as Node;
      if (node.enter >= 0) {
        node.leave = clock++;
        continue;
      }
      node.enter = clock++;
      node.root = node.parent?.root ?? node;
      node.depth = node.parent === null ? 0 : node.parent.depth + 1;
      downward.push(node);
      stack.push(node);
      const list = children.get(node);
      if (list !== undefined)
        for (let i = list.length - 1; i >= 0; i--) stack.push(list[i] as Node);
    }
  }
  return downward;
}

/** A log event sits beside the first instant of the span it names; it is above nothing. */
function placeLog(log: Node): void {
  if (log.parent === null) return;
  log.root = log.parent.root;
  log.depth = log.parent.depth + 1;
  log.enter = log.parent.enter + 0.25;
  log.leave = log.parent.enter + 0.5;
}
