// D5: a sum bills only where no call beneath it tells its usage, and nothing else speaks against it.
// What it says is a hint otherwise.

import type { Doubt } from '../doubts.ts';
import { hasUsage, isMeasured, type Calls } from './calls.ts';
import { hasNoPlace, type Node } from './forest.ts';
import type { Groups } from './groups.ts';
import { Cover, ResponseIds, Times } from './known-calls.ts';
import { BETWEEN_SERVICES_NS } from './likeness.ts';
import { takePlaces } from './places.ts';
import type { Because } from './rules.ts';
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

function isKnown(node: Node, verdicts: ReadonlyMap<Node, Verdict>): boolean {
  const own = verdicts.get(node);
  const counted = own?.owner == null ? own : verdicts.get(own.owner);
  return counted?.role === 'owner' && counted.usage !== null;
}

interface Known {
  readonly covered: Cover;
  readonly placeless: Times;
  readonly orphans: Times;
  readonly ids: ResponseIds;
}

/** '' when nothing speaks against billing the sum, else the doubt that says why it does not bill. */
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
