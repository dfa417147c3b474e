// D5 and D6: a sum bills only where no call beneath it tells its usage; it then takes the place of
// one of the silent calls beneath, so that there are as many calls as were seen. What a sum says
// beyond its calls is a hint.

import type { Doubt } from '../doubts.ts';
import { hasUsage, isMeasured, lowerBound, type Calls } from './calls.ts';
import { hasNoPlace, type Node } from './forest.ts';
import type { Groups } from './groups.ts';
import type { Because } from './rules.ts';
import { BETWEEN_SERVICES_NS } from './likeness.ts';
import { verdict, type Verdict } from './verdict.ts';

/** Decides every aggregate, innermost first. */
export function judgeAggregates(calls: Calls, groups: Groups, verdicts: Map<Node, Verdict>): void {
  const known = [...calls.spans, ...calls.events].filter((node) => isKnown(node, verdicts));
  const covered = new Cover();
  for (const node of known) covered.add(node);
  const placeless = new Times(known.filter(hasNoPlace));
  const orphans = new Times(known.filter(({ root }) => root.orphan));
  const ids = new ResponseIds(known);
  const deepest = [...calls.aggregates.keys()].sort(
    (a, b) => b.depth - a.depth || a.index - b.index,
  );
  const billing: Node[] = [];
  for (const node of deepest) {
    const why = calls.aggregates.get(node) as Because;
    const doubt = whyNot(node, why, { covered, placeless, orphans, ids });
    const found = aggregateVerdict(node, calls, groups, verdicts, doubt);
    verdicts.set(node, found);
    if (found.role === 'owner') {
      covered.add(node);
      billing.push(node);
    }
  }
  if (billing.length > 0) takePlaces(billing, calls, groups, verdicts);
}

/** Of the silent calls that a sum bills for, the first gives it its place; the others stay calls. */
function takePlaces(
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

function isKnown(node: Node, verdicts: ReadonlyMap<Node, Verdict>): boolean {
  const own = verdicts.get(node);
  const counted = own?.owner == null ? own : verdicts.get(own.owner);
  return counted?.role === 'owner' && counted.usage !== null;
}

/** What lies above records whose usage is known; each step upwards is taken once. */
class Cover {
  readonly #any = new Set<Node>();
  /** The same up to the first sum that holds its own calls only. */
  readonly #own = new Set<Node>();

  add(node: Node): void {
    for (let up = node.parent; up !== null && !this.#any.has(up); up = up.parent) this.#any.add(up);
    if (isOwnSum(node)) return;
    for (let up = node.parent; up !== null && !this.#own.has(up); up = up.parent) {
      this.#own.add(up);
      if (isOwnSum(up)) return;
    }
  }

  has(node: Node): boolean {
    return (isOwnSum(node) ? this.#own : this.#any).has(node);
  }
}

function isOwnSum({ fact }: Node): boolean {
  return fact.marks.includes('own_calls_only');
}

/** '' when nothing speaks against billing the sum, else the doubt that says why it does not bill. */
interface Known {
  readonly covered: Cover;
  readonly placeless: Times;
  readonly orphans: Times;
  readonly ids: ResponseIds;
}

function whyNot(
  node: Node,
  why: Because,
  { covered, placeless, orphans, ids }: Known,
): Doubt | 'covered' | '' {
  const { fact } = node;
  const place = fact.signal === 'log' ? node.parent : node;
  if (place !== null && covered.has(place)) return 'covered';
  if (fact.marks.includes('cumulative')) return 'cumulative_aggregate_only';
  if (!isMeasured(node)) return '';
  if (ids.repeats(node)) return 'aggregate_repeats_call';
  // A record that is a call by its kind is no run: it is held against its own trace only.
  const calls = why.startsWith('D1 ') ? placeless.everywhere : placeless.of(fact.trace_id);
  if (calls?.overlap(fact.service_name, node.start, node.end) === true) {
    return 'aggregate_beside_calls';
  }
  // A server whose client was lost may have served this run; its clock is its own.
  const [from, until] = [node.start - BETWEEN_SERVICES_NS, node.end + BETWEEN_SERVICES_NS];
  const served = orphans.of(fact.trace_id)?.overlapElsewhere(fact.service_name, from, until);
  return served === true ? 'aggregate_beside_calls' : '';
}

function aggregateVerdict(
  node: Node,
  calls: Calls,
  groups: Groups,
  verdicts: ReadonlyMap<Node, Verdict>,
  doubt: Doubt | 'covered' | '',
): Verdict {
  const why = calls.aggregates.get(node) as Because;
  const hint = hasUsage(node) ? node.usage : null;
  const same = groups.of(node).members.find((other) => verdicts.get(other)?.role === 'owner');
  const owner = same ?? null;
  const repeats = owner !== null && owner !== node;
  if (doubt === '' && !repeats && isMeasured(node)) {
    const doubts: Doubt[] = ['aggregate_only', ...node.usage.doubts, ...node.fact.doubts];
    const rule: Because = `${why}; D5 no call beneath tells its usage, so the sum bills`;
    return verdict('owner', rule, { usage: node.usage, usage_reason: node.usage.reason, doubts });
  }
  const doubts: Doubt[] = doubt === '' || doubt === 'covered' ? [] : [doubt];
  return verdict('aggregate', why, { hint, owner: repeats ? owner : null, doubts });
}

/** Who told which response id; what `repeatsId` says of two, for all calls at once. */
class ResponseIds {
  readonly #byId = new Map<string, { events: number; traces: Set<string>; scopes: Set<string> }>();

  constructor(known: readonly Node[]) {
    for (const { fact } of known) {
      if (fact.response_id === '') continue;
      let seen = this.#byId.get(fact.response_id);
      if (seen === undefined) {
        this.#byId.set(
          fact.response_id,
          (seen = { events: 0, traces: new Set(), scopes: new Set() }),
        );
      }
      if (fact.signal === 'log') seen.events++;
      seen.traces.add(fact.trace_id);
      seen.scopes.add(fact.scope_name);
    }
  }

  repeats({ fact }: Node): boolean {
    const seen = this.#byId.get(fact.response_id);
    if (seen === undefined) return false;
    if (fact.signal === 'log' || seen.events > 0 || seen.traces.has(fact.trace_id)) return true;
    return seen.scopes.size > 1 || !seen.scopes.has(fact.scope_name);
  }
}

/** Times of calls, of all together and of each trace. */
class Times {
  readonly everywhere: Intervals;
  readonly #byTrace = new Map<string, Node[]>();
  readonly #made = new Map<string, Intervals>();

  constructor(nodes: readonly Node[]) {
    this.everywhere = new Intervals(nodes);
    for (const node of nodes) {
      const { trace_id } = node.fact;
      const own = this.#byTrace.get(trace_id);
      if (own === undefined) this.#byTrace.set(trace_id, [node]);
      else own.push(node);
    }
  }

  of(trace_id: string): Intervals | undefined {
    const nodes = this.#byTrace.get(trace_id);
    if (nodes === undefined) return undefined;
    let made = this.#made.get(trace_id);
    if (made === undefined) this.#made.set(trace_id, (made = new Intervals(nodes)));
    return made;
  }
}

/** Times of calls by service, so that "does one overlap" is a binary search. */
class Intervals {
  readonly #byService = new Map<string, { readonly nodes: Node[]; readonly latest: number[] }>();

  constructor(nodes: readonly Node[]) {
    for (const node of [...nodes].sort((a, b) => a.index - b.index)) {
      const service = node.fact.service_name;
      let list = this.#byService.get(service);
      if (list === undefined) this.#byService.set(service, (list = { nodes: [], latest: [] }));
      list.nodes.push(node);
      list.latest.push(Math.max(list.latest.at(-1) ?? -Infinity, node.end));
    }
  }

  overlapElsewhere(service: string, start: number, end: number): boolean {
    for (const other of this.#byService.keys()) {
      if (other !== service && this.overlap(other, start, end)) return true;
    }
    return false;
  }

  overlap(service: string, start: number, end: number): boolean {
    const list = this.#byService.get(service);
    if (list === undefined) return false;
    const before = lowerBound(list.nodes, end + 1);
    return before > 0 && (list.latest[before - 1] as number) >= start;
  }
}
