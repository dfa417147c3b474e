// D1: which records may be calls. Kind decides; sums and failed attempts are set apart, and each
// call learns the nearest call above it.

import { CALL_KINDS, type Fact } from '../fact.ts';
import { isAbove, type Forest, type Node } from './forest.ts';
import { addTo } from './lists.ts';
import type { Because } from './rules.ts';

export interface Calls {
  /** Spans that may be model calls, in the unit's order. */
  readonly spans: readonly Node[];
  /** Log events that tell of a model call, in the unit's order. */
  readonly events: readonly Node[];
  /** Why a record is an aggregate: it repeats what others used. */
  readonly aggregates: Map<Node, Because>;
  /** The nearest call above, with only plumbing between. */
  readonly above: ReadonlyMap<Node, Node>;
  /**
   * Records for which a cap ended the search for others of the same call. They may be counted
   * twice, so their call is marked `match_cap_reached`; every rule with a cap adds to this.
   */
  readonly capped: Set<Node>;
  is(node: Node): boolean;
}

/** Kinds that look like a model call, whatever settling makes of them; a judge that tells usage is one. */
export function looksLikeCall({ fact }: { readonly fact: Fact }): boolean {
  if (CALL_KINDS.has(fact.kind)) return true;
  return fact.kind === 'evaluation' && (fact.input_tokens ?? fact.output_tokens) !== null;
}

export function hasUsage(node: Node): boolean {
  return node.usage.input_total !== null || node.usage.output_total !== null;
}

/** Usage that was measured by the provider, not counted by the emitter. */
export function isMeasured(node: Node): boolean {
  return hasUsage(node) && node.usage.reason !== 'emitter_estimate_only';
}

/**
 * D1-attempt: an error without usage, provider id or sign of an answer was an attempt and no call.
 * The status alone decides nothing.
 */
export function isAttempt(node: Node): boolean {
  const { fact } = node;
  const failed = fact.status === 'error' || fact.error_type !== '';
  const answered = fact.response_id !== '' || fact.marks.includes('answered') || hasUsage(node);
  return failed && !answered;
}

export function callsOf(forest: Forest): Calls {
  const capped = new Set<Node>();
  const aggregates = aggregatesOf(forest, capped);
  const spans = forest.spans.filter((node) => looksLikeCall(node) && !aggregates.has(node));
  const events = forest.logs.filter((node) => looksLikeCall(node) && !aggregates.has(node));
  const members = new Set(spans);
  return {
    spans,
    events,
    aggregates,
    above: nearestCallsAbove(forest, members),
    capped,
    is: (node) => members.has(node) && !aggregates.has(node),
  };
}

/** D1: agents, chains, steps and tools with figures, and records that an emitter marks as sums. */
function aggregatesOf(forest: Forest, capped: Set<Node>): Map<Node, Because> {
  const aggregates = new Map<Node, Because>();
  for (const node of forest.nodes) {
    if (looksLikeCall(node)) {
      if (node.fact.marks.includes('aggregate')) aggregates.set(node, 'D1 the emitter sums here');
    } else if (hasUsage(node)) {
      aggregates.set(node, `D1 a record of kind ${node.fact.kind} sums, it does not bill`);
    }
  }
  for (const node of inferredSums(forest, aggregates, capped)) {
    aggregates.set(
      node,
      'D1-inferred kind was inferred and calls lie beneath: an application’s own sum',
    );
  }
  return aggregates;
}

/** D1-inferred: an inferred call with a call beneath it, or an orphan call inside its time. */
function inferredSums(
  forest: Forest,
  aggregates: ReadonlyMap<Node, Because>,
  capped: Set<Node>,
): readonly Node[] {
  const isInferred = (node: Node): boolean => node.fact.marks.includes('inferred');
  const inferred = forest.spans.filter((node) => looksLikeCall(node) && isInferred(node));
  if (inferred.length === 0) return [];
  const calls = forest.spans.filter(
    (node) => looksLikeCall(node) && !aggregates.has(node) && !isAttempt(node),
  );
  const covered = new Set<Node>();
  for (const call of calls) {
    for (let up = call.parent; up !== null && !covered.has(up); up = up.parent) covered.add(up);
  }
  const orphans = new Map<string, Node[]>();
  for (const call of calls) {
    if (!call.root.orphan || isInferred(call)) continue;
    addTo(orphans, call.fact.trace_id, call);
  }
  return inferred.filter(
    (node) => covered.has(node) || holdsOrphan(node, orphans.get(node.fact.trace_id) ?? [], capped),
  );
}

const ORPHANS_LOOKED_AT_MAX = 256;

function holdsOrphan(node: Node, orphans: readonly Node[], capped: Set<Node>): boolean {
  let from = lowerBound(orphans, node.start);
  const until = Math.min(orphans.length, from + ORPHANS_LOOKED_AT_MAX);
  for (; from < until; from++) {
    const orphan = orphans[from] as Node;
    if (orphan.start > node.end) return false;
    if (orphan.end <= node.end && !isAbove(orphan, node)) return true;
  }
  if (from < orphans.length && (orphans[from] as Node).start <= node.end) capped.add(node);
  return false;
}

/** The first place in a list sorted by start whose start is not before `start`. */
export function lowerBound(nodes: readonly Node[], start: number): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((nodes[middle] as Node).start < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Through plumbing only: a tool, an agent or a chain between them makes it another bill. */
function nearestCallsAbove(forest: Forest, calls: ReadonlySet<Node>): Map<Node, Node> {
  const above = new Map<Node, Node>();
  for (const node of forest.downward) {
    const { parent } = node;
    if (parent === null) continue;
    const call = calls.has(parent)
      ? parent
      : parent.fact.kind === 'other'
        ? above.get(parent)
        : undefined;
    if (call !== undefined) above.set(node, call);
  }
  return above;
}
