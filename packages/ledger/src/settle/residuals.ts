// D6: what a sum holds beyond the calls beneath it. Real emitters write their caller's or their
// lifetime's usage there, so the difference is told and never counted.

import type { Calls } from './calls.ts';
import type { Forest, Node } from './forest.ts';
import type { Groups } from './groups.ts';
import type { Because } from './rules.ts';
import type { Verdict } from './verdict.ts';

interface Sum {
  calls: number;
  input: number;
  output: number;
}

/** Tells of each sum that does not bill how it differs from the calls beneath it. */
export function tellResiduals(
  forest: Forest,
  calls: Calls,
  groups: Groups,
  verdicts: Map<Node, Verdict>,
): void {
  const sums = [...calls.aggregates.keys()].filter((node) => verdicts.get(node)?.hint != null);
  if (sums.length === 0) return;
  const beneath = sumsBeneath(forest, groups, verdicts);
  for (const node of sums) {
    const found = verdicts.get(node) as Verdict;
    const below = beneath[node.index] ?? null;
    if (found.role !== 'aggregate' || below === null || agrees(node, below)) continue;
    const { input_total, output_total } = node.usage;
    const own = `${input_total ?? 'unknown'}/${output_total ?? 'unknown'}`;
    const rule: Because = `${found.rule}; D6 sums ${own}, the ${below.calls} calls beneath used ${below.input}/${below.output}`;
    const doubts = isExpected(node)
      ? found.doubts
      : [...found.doubts, 'parent_sum_differs' as const];
    verdicts.set(node, { ...found, rule, doubts });
  }
}

/** Sums that hold more than their calls by design, or only the last call's figures. */
function isExpected({ fact }: Node): boolean {
  return fact.marks.includes('cumulative') || fact.doubts.includes('overwritten_span');
}

/** Inputs and outputs under any reading of the sum's own cache and reasoning. */
function agrees({ fact, usage }: Node, below: Sum): boolean {
  const inputs = [usage.input_total, fact.input_tokens];
  const outputs = [usage.output_total, fact.output_tokens];
  const same = (told: readonly (number | null)[], sum: number): boolean =>
    told.every((count) => count === null) || told.includes(sum);
  return same(inputs, below.input) && same(outputs, below.output);
}

/** What the counted calls beneath each span used, by its place in the unit; each call once. */
function sumsBeneath(
  forest: Forest,
  groups: Groups,
  verdicts: ReadonlyMap<Node, Verdict>,
): readonly (Sum | undefined)[] {
  const sums: (Sum | undefined)[] = [];
  for (const [owner, { role, usage }] of verdicts) {
    if (role !== 'owner' && role !== 'unknown') continue;
    // A call may be told in several traces: it lies beneath the sums of the one that says most.
    const told = groups.of(owner).members.reduce((a, b) => (isFurtherDown(b, a) ? b : a));
    if (told.parent === null) continue;
    add(sums, told.parent, {
      calls: 1,
      input: usage?.input_total ?? 0,
      output: usage?.output_total ?? 0,
    });
  }
  for (let i = forest.downward.length - 1; i >= 0; i--) {
    const node = forest.downward[i] as Node;
    const own = sums[node.index];
    if (own !== undefined && node.parent !== null) add(sums, node.parent, own);
  }
  return sums;
}

function isFurtherDown(a: Node, b: Node): boolean {
  return a.depth > b.depth || (a.depth === b.depth && a.index < b.index);
}

function add(sums: (Sum | undefined)[], node: Node, more: Sum): void {
  const sum = (sums[node.index] ??= { calls: 0, input: 0, output: 0 });
  sum.calls += more.calls;
  sum.input += more.input;
  sum.output += more.output;
}
