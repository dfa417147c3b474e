// D5: a sum that bills takes the place of one of the silent calls beneath it, so that there are as many
// calls as were seen.

import type { Calls } from './calls.ts';
import type { Node } from './forest.ts';
import type { Groups } from './groups.ts';
import { verdict, type Verdict } from './verdict.ts';

/** Of the silent calls that a sum bills for, the first gives it its place; the others stay calls. */
export function takePlaces(
  billing: readonly Node[],
  calls: Calls,
  groups: Groups,
  verdicts: Map<Node, Verdict>,
): void {
  const told = toldBySums(billing, calls, groups, verdicts);
  const given = new Map<Node, Node>();
  for (const [sum, silent] of told) {
    const [first, ...rest] = [...silent].sort((a, b) => a.index - b.index) as [Node, ...Node[]];
    const own = verdicts.get(sum) as Verdict;
    const { hint, doubts } = verdicts.get(first) as Verdict;
    const rule = 'D5 the sum above bills in its place';
    given.set(first, sum);
    verdicts.set(first, verdict('duplicate', rule, { owner: sum, hint, doubts }));
    for (const call of rest) {
      verdicts.set(call, { ...(verdicts.get(call) as Verdict), usage_reason: 'told_in_sum' });
    }
    // Of one call the sum may take the names; several calls may be of several models.
    if (rest.length === 0) verdicts.set(sum, { ...own, others: [...own.others, first] });
  }
  for (const [node, found] of verdicts) {
    const sum = found.owner === null ? undefined : given.get(found.owner);
    if (sum !== undefined) verdicts.set(node, { ...found, owner: sum });
  }
}

/** For each sum that bills the calls whose usage nobody else tells: beneath it, or of its group. */
function toldBySums(
  billing: readonly Node[],
  calls: Calls,
  groups: Groups,
  verdicts: ReadonlyMap<Node, Verdict>,
): Map<Node, Set<Node>> {
  const told = new Map<Node, Set<Node>>();
  const taken = new Set<Node>();
  const tell = (sum: Node, record: Node): void => {
    const call = verdicts.get(record)?.owner ?? record;
    if (verdicts.get(call)?.role !== 'unknown' || taken.has(call)) return;
    taken.add(call);
    const own = told.get(sum);
    if (own === undefined) told.set(sum, new Set([call]));
    else own.add(call);
  };
  const sumAbove = nearestSums(billing);
  const sumOfTrace = onlySums(billing);
  for (const record of [...calls.spans, ...calls.events]) {
    const lost = record.root.orphan ? sumOfTrace.get(record.fact.trace_id) : undefined;
    const sum = sumAbove(record) ?? lost ?? null;
    if (sum !== null && sum !== record) tell(sum, record);
  }
  for (const sum of billing) for (const record of groups.of(sum).members) tell(sum, record);
  return told;
}

/** The sum of a trace, where one alone bills: a call whose parent was lost lies beneath it. */
function onlySums(billing: readonly Node[]): ReadonlyMap<string, Node | null> {
  const sums = new Map<string, Node | null>();
  for (const sum of billing) {
    const { trace_id } = sum.fact;
    if (trace_id === '') continue;
    sums.set(trace_id, sums.has(trace_id) ? null : sum);
  }
  return sums;
}

/** The nearest of these sums above a record; each step upwards is taken once. */
export function nearestSums(billing: readonly Node[]): (record: Node) => Node | null {
  const found = new Map<Node, Node | null>();
  for (const sum of billing) {
    const place = sum.fact.signal === 'log' ? sum.parent : sum;
    if (place !== null) found.set(place, sum);
  }
  return (record) => {
    const passed: Node[] = [];
    let up = record.parent;
    for (; up !== null && !found.has(up); up = up.parent) passed.push(up);
    const sum = up === null ? null : (found.get(up) ?? null);
    for (const node of passed) found.set(node, sum);
    return sum;
  };
}
