// D2c: a call record with exactly one call beneath it, through plumbing only, is that call; with
// several it sums them. Deepest first, so that three layers of one call meet in one group.

import { isAttempt, type Calls } from './calls.ts';
import type { Node } from './forest.ts';
import type { Group, Groups } from './groups.ts';
import { overlap } from './likeness.ts';
import { addTo } from './lists.ts';

/** Run again after other joins: what seemed to be several calls may by then be one. */
export function joinContained(calls: Calls, groups: Groups): void {
  for (const [node, why] of calls.aggregates) {
    if (why.startsWith('D2c ')) calls.aggregates.delete(node);
  }
  const beneath = callsBeneath(calls);
  const deepest = [...beneath.keys()].sort((a, b) => b.depth - a.depth || a.index - b.index);
  for (const upper of deepest) {
    if (calls.aggregates.has(upper)) continue;
    const lower = (beneath.get(upper) ?? []).filter((node) => isBeneath(upper, node));
    if (holdsSeveral(lower, calls, groups)) {
      calls.aggregates.set(upper, 'D2c several calls lie beneath: it sums them');
      continue;
    }
    const only = lower.find((node) => !calls.aggregates.has(node));
    if (only !== undefined && mayJoin(upper, groups.of(only))) {
      groups.join(upper, only, `D2c holds the call ${only.fact.span_id} and nothing else`);
    }
  }
}

/** Calls by the nearest call above them. */
function callsBeneath(calls: Calls): Map<Node, Node[]> {
  const beneath = new Map<Node, Node[]>();
  for (const node of calls.spans) {
    const upper = calls.above.get(node);
    if (upper === undefined) continue;
    addTo(beneath, upper, node);
  }
  return beneath;
}

/** Attempts are no calls, and what says that it is apart from the call above is; within a service a call cannot lie outside the one that holds it. */
function isBeneath(upper: Node, node: Node): boolean {
  if (isAttempt(node) || node.fact.marks.includes('apart_from_above')) return false;
  return upper.fact.service_name !== node.fact.service_name || overlap(upper, node);
}

function holdsSeveral(lower: readonly Node[], calls: Calls, groups: Groups): boolean {
  const found = new Set<Group>();
  for (const node of lower) {
    if (calls.aggregates.has(node)) return true;
    found.add(groups.of(node));
  }
  return found.size > 1;
}

/** Within one scope two different ids are two calls; a gateway may rename an id on its way. */
function mayJoin(upper: Node, group: Group): boolean {
  const id = upper.fact.response_id;
  if (id === '' || group.ids.size === 0 || group.ids.has(id)) return true;
  return !group.scopes.has(upper.fact.scope_name);
}
