// D3 and D4: of the records of one call, which row counts it and whose figures are taken; the
// others become duplicates, echoes or attempts.

import type { UsageReason } from '../doubts.ts';
import { INPUT_CLASSES, OUTPUT_CLASSES, type TokenClass } from '../ledger-row.ts';
import type { Usage } from '../usage.ts';
import { hasUsage, isAttempt, isMeasured, type Calls } from './calls.ts';
import { isAbove, type Node } from './forest.ts';
import type { Group, Groups } from './groups.ts';
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
    const list = tried.get(group);
    if (list === undefined) tried.set(group, [node]);
    else list.push(node);
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
    for (const node of members) {
      if (!verdicts.has(node)) {
        verdicts.set(node, verdict('attempt', '3.2-7 error without usage, id or answer'));
      }
    }
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
    verdicts.set(node, verdict('attempt', '3.2-7 a failed try of the call above', { owner }));
  }
}

/** D3: an emitter's estimate taints its own log event of the same call. */
function untainted(candidates: readonly Node[]): readonly Node[] {
  const tainted = new Set(
    candidates
      .filter(({ fact }) => fact.signal === 'span' && fact.marks.includes('estimate'))
      .map(({ fact }) => fact.scope_name),
  );
  if (tainted.size === 0) return candidates;
  return candidates.filter(({ fact }) => fact.signal === 'span' || !tainted.has(fact.scope_name));
}

/** D3: whose figures count. The first difference decides; the last ones only make it certain. */
function bestLender(candidates: readonly Node[]): Node {
  return candidates.reduce((best, node) => (lends(node, best) > 0 ? node : best));
}

function lends(a: Node, b: Node): number {
  return (
    Number(isMeasured(a)) - Number(isMeasured(b)) ||
    knownSides(a) - knownSides(b) ||
    Number(a.fact.signal === 'span') - Number(b.fact.signal === 'span') ||
    knownClasses(a) - knownClasses(b) ||
    Number(isCertain(a)) - Number(isCertain(b)) ||
    a.depth - b.depth ||
    b.end - b.start - (a.end - a.start) ||
    b.index - a.index
  );
}

/** The row that counts: a span before a log, the client before its server, then as D3. */
function bestOwner(candidates: readonly Node[]): Node {
  const spans = candidates.filter((node) => node.fact.signal === 'span');
  const clients = spans.filter((node) => node.fact.span_kind !== 'server');
  return bestLender(clients.length > 0 ? clients : spans.length > 0 ? spans : candidates);
}

function knownSides(node: Node): number {
  const { input_total, output_total } = node.usage;
  return Number(input_total !== null) + Number(output_total !== null);
}

function knownClasses(node: Node): number {
  return Object.values(node.usage.tokens).filter((count) => count !== null).length;
}

function isCertain(node: Node): boolean {
  return node.usage.doubts.every((doubt) => doubt === 'class_not_reported');
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
  return verdict('owner', ownerRule(owner, lender, others), {
    usage,
    lender: lender === owner ? null : lender,
    usage_reason: usage.reason,
    others,
    attempts: seen,
    doubts: [...joined, ...usage.doubts, ...lender.fact.doubts],
  });
}

function ownerRule(owner: Node, lender: Node, others: readonly Node[]): string {
  if (others.length === 0) return 'D1 a model call';
  if (lender === owner) return `D3 owns: the best record of ${others.length + 1} of this call`;
  return `D3 owns; figures from ${lender.fact.signal} ${lender.fact.span_id || lender.fact.event_id}`;
}

/** D3: another record with equal totals may know classes that the lender leaves out. */
function filled(lender: Node, candidates: readonly Node[]): Usage {
  const input = knowing(lender, candidates, INPUT_CLASSES);
  const output = knowing(lender, candidates, OUTPUT_CLASSES);
  if (input === lender && output === lender) return lender.usage;
  const tokens = { ...lender.usage.tokens };
  for (const name of INPUT_CLASSES) tokens[name] = input.usage.tokens[name];
  for (const name of OUTPUT_CLASSES) tokens[name] = output.usage.tokens[name];
  const sides = lender.usage.arithmetic.split('; ');
  const taken = [input, output].filter((node) => node !== lender);
  const words = taken.map((node) => `classes from ${node.fact.span_id || node.fact.event_id}`);
  return {
    ...input.usage,
    ...keptOf(lender.usage),
    tokens,
    arithmetic: [...sides, ...words].join('; '),
  };
}

function keptOf(usage: Usage): Pick<Usage, 'input_total' | 'output_total' | 'reason'> {
  return { input_total: usage.input_total, output_total: usage.output_total, reason: usage.reason };
}

function knowing(lender: Node, candidates: readonly Node[], classes: readonly TokenClass[]): Node {
  const known = (node: Node): number =>
    classes.filter((name) => node.usage.tokens[name] !== null).length;
  let best = lender;
  for (const node of candidates) {
    const equal =
      isMeasured(node) &&
      node.usage.input_total === lender.usage.input_total &&
      node.usage.output_total === lender.usage.output_total;
    if (equal && known(node) > known(best)) best = node;
  }
  return best;
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
  const why = groups.ruleOf(node) || groups.ruleOf(owner);
  const hint = hasUsage(node) ? node.usage : null;
  if (isAttempt(node) && !isAbove(node, owner)) {
    return verdict('attempt', `${why}; 3.2-7 an error without answer`, { owner });
  }
  if (node.fact.span_kind === 'server' && owner.fact.span_kind !== 'server') {
    return verdict('echo', `${why}; D4 the server’s side of the call`, { owner, hint });
  }
  return verdict('duplicate', `${why}; D3 another record owns the call`, { owner, hint });
}
