// D3 and D4: of the records of one call, which row counts it and whose figures are taken; the
// others become duplicates, echoes or attempts.

import type { Doubt, UsageReason } from '../doubts.ts';
import { hasUsage, isAttempt, isMeasured, type Calls } from './calls.ts';
import { isAbove, type Node } from './forest.ts';
import type { Group, Groups } from './groups.ts';
import { bestLender, bestOwner, dissenter, filled, placeOf, untainted } from './lender.ts';
import { addTo } from './lists.ts';
import type { Because } from './rules.ts';
import { verdict, type Verdict } from './verdict.ts';

/** Decides every call record of the unit. */
export function judgeCalls(calls: Calls, groups: Groups): Map<Node, Verdict> {
  const verdicts = new Map<Node, Verdict>();
  const seen = new Set<Group>();
  const tried = attemptsBeneath(calls, groups);
  for (const node of [...calls.spans, ...calls.events]) {
    const group = groups.of(node);
    if (seen.has(group)) continue;
    seen.add(group);
    judgeGroup(group, calls, groups, tried.get(group) ?? [], verdicts);
  }
  return verdicts;
}

/** Attempts that lie beneath a call, by the call's group. */
function attemptsBeneath(calls: Calls, groups: Groups): Map<Group, Node[]> {
  const tried = new Map<Group, Node[]>();
  for (const node of calls.spans) {
    const above = calls.above.get(node);
    if (above === undefined || !isAttempt(node)) continue;
    const group = groups.of(above);
    if (group === groups.of(node)) continue;
    addTo(tried, group, node);
  }
  return tried;
}

function judgeGroup(
  group: Group,
  calls: Calls,
  groups: Groups,
  tried: readonly Node[],
  verdicts: Map<Node, Verdict>,
): void {
  const members = [...group.members].sort((a, b) => a.index - b.index);
  const candidates = members.filter((node) => !calls.aggregates.has(node) && !isAttempt(node));
  if (candidates.length === 0) {
    judgeAttempt(members, tried, verdicts);
    return;
  }
  const lender = bestLender(untainted(candidates));
  const owner = bestOwner(candidates);
  const others = members.filter((node) => node !== owner);
  const failed = others.filter((node) => isAttempt(node) && !isAbove(node, owner));
  const attempts = tried.length + failed.length;
  verdicts.set(owner, ownerVerdict(owner, lender, candidates, others, attempts, groups));
  for (const node of others) {
    if (!calls.aggregates.has(node)) verdicts.set(node, otherVerdict(node, owner, groups));
  }
  for (const node of tried) {
    verdicts.set(node, verdict('attempt', 'D1-attempt a failed try of the call above', { owner }));
  }
}

/** A call that nobody answered: one attempt, whatever events and tries beneath it tell of it. */
function judgeAttempt(
  members: readonly Node[],
  tried: readonly Node[],
  verdicts: Map<Node, Verdict>,
): void {
  const open = members.filter((node) => !verdicts.has(node));
  // The span may already be a try of a call above it: its event repeats that.
  const known = members.find((node) => verdicts.has(node));
  const first = known ?? open.find(({ fact }) => fact.signal === 'span') ?? open[0];
  for (const node of open) {
    if (node === first) continue;
    verdicts.set(
      node,
      verdict('duplicate', 'D1-attempt the same failed call', { owner: first ?? null }),
    );
  }
  const attempts = tried.length === 0 ? null : tried.length;
  const failed = 'D1-attempt error without usage, id or answer';
  if (first !== undefined && known === undefined) {
    verdicts.set(first, verdict('attempt', failed, { attempts }));
  }
  for (const node of tried) {
    verdicts.set(
      node,
      verdict('attempt', 'D1-attempt a try of the failed call above', {
        owner: members[0] ?? null,
      }),
    );
  }
}

function ownerVerdict(
  owner: Node,
  lender: Node,
  candidates: readonly Node[],
  others: readonly Node[],
  attempts: number,
  groups: Groups,
): Verdict {
  const seen = attempts > 0 ? attempts + 1 : null;
  const joined = groups.joinDoubtsOf(candidates);
  if (!isMeasured(lender)) {
    const estimate = candidates.find(hasUsage);
    const reason = unknownReason(owner, candidates);
    const rule = 'D3 a call whose usage nobody tells';
    const hint = estimate?.usage ?? null;
    const doubts = [...joined, ...owner.fact.doubts];
    return verdict('unknown', rule, { usage_reason: reason, hint, others, attempts: seen, doubts });
  }
  const usage = filled(lender, candidates);
  const other = dissenter(lender, candidates);
  const differ: Doubt[] = other === undefined ? [] : ['figures_differ'];
  return verdict('owner', ownerRule(owner, lender, others, other), {
    usage,
    lender: lender === owner ? null : lender,
    usage_reason: usage.reason,
    others,
    attempts: seen,
    doubts: [
      ...joined,
      ...differ,
      ...(isBrokenOff(candidates) ? (['stream_aborted'] as const) : []),
      ...usage.doubts,
      ...lender.fact.doubts,
    ],
  });
}

/** A stream whose end nobody saw: one record says so, or it failed and no reason for an end is told. */
function isBrokenOff(candidates: readonly Node[]): boolean {
  if (candidates.some(({ fact }) => fact.doubts.includes('stream_aborted'))) return true;
  const failed = candidates.some(({ fact }) => fact.streaming === true && fact.status === 'error');
  return failed && candidates.every(({ fact }) => fact.finish_reasons.length === 0);
}

function ownerRule(
  owner: Node,
  lender: Node,
  others: readonly Node[],
  dissenting: Node | undefined,
): Because {
  if (others.length === 0) return 'D1 a model call';
  const not_taken =
    dissenting === undefined ? '' : `; ${sumsOf(dissenting)} by ${placeOf(dissenting)} not taken`;
  if (lender !== owner) {
    return `D3 owns; figures from ${lender.fact.signal} ${placeOf(lender)}${not_taken}`;
  }
  return `D3 owns: the best record of ${others.length + 1} of this call${not_taken}`;
}

function sumsOf({ usage }: Node): string {
  return `${usage.input_total ?? 'unknown'}/${usage.output_total ?? 'unknown'}`;
}

function unknownReason(owner: Node, candidates: readonly Node[]): UsageReason {
  const reasons = candidates.map((node) => node.usage.reason);
  if (reasons.includes('emitter_estimate_only')) return 'emitter_estimate_only';
  if (reasons.includes('zero_means_unknown')) return 'zero_means_unknown';
  if (owner.fact.status === 'error') return 'failed_after_answer';
  const streamed = candidates.some((node) => node.fact.streaming === true);
  return streamed ? 'stream_without_usage' : 'emitter_reports_no_usage';
}

/** D4: the server's side of a call is an echo; everything else is a duplicate or an attempt. */
function otherVerdict(node: Node, owner: Node, groups: Groups): Verdict {
  const joined = groups.ruleOf(node) || groups.ruleOf(owner);
  const because = (rule: Because): Because => (joined === '' ? rule : `${joined}; ${rule}`);
  const hint = hasUsage(node) ? node.usage : null;
  if (isAttempt(node) && !isAbove(node, owner)) {
    return verdict('attempt', because('D1-attempt an error without answer'), { owner });
  }
  if (node.fact.span_kind === 'server' && owner.fact.span_kind !== 'server') {
    return verdict('echo', because('D4 the server’s side of the call'), { owner, hint });
  }
  return verdict('duplicate', because('D3 another record owns the call'), { owner, hint });
}
